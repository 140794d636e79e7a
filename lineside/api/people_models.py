"""Signing in, and the accounts of a plant, as bytes. JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lineside.api.chat_models import Language
from lineside.api.models import Body, View

RoleName = Literal["viewer", "operator", "engineer", "admin"]
AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._@+-]{1,80}$")]
Password = Annotated[str, Field(min_length=10, max_length=256)]
SiteId = Annotated[str, Field(pattern=r"^(\*|[a-zA-Z0-9:_-]{1,128})$")]


class OidcView(View):
    """What a browser needs to sign in at the identity provider (authorization code with PKCE; no secret)."""

    authority: str
    client_id: str
    scope: str
    logout_url: str = ""


class SignInView(View):
    """How people sign in here. Open to everybody: it is what the sign-in page is drawn from."""

    password: bool
    oidc: OidcView | None
    first_start: bool
    """True while there is no account yet: the address with the token, printed at the start, is the way in."""
    site: str


class SignIn(Body):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class SessionView(View):
    """The person who is signed in, here."""

    name: str
    role: RoleName
    sites: tuple[str, ...]
    language: Language
    by: str
    expires_at: str | None


class AccountView(View):
    name: str
    role: RoleName
    sites: tuple[str, ...]
    language: Language
    created_at: str
    last_signed_in_at: str | None


class NewAccount(Body):
    name: AccountName
    password: Password
    role: RoleName
    sites: Annotated[tuple[SiteId, ...], Field(max_length=100)]
    language: Language = "en"


class ChangeAccount(Body):
    """What is left out stays as it is."""

    password: Password | None = None
    role: RoleName | None = None
    sites: Annotated[tuple[SiteId, ...], Field(max_length=100)] | None = None
    language: Language | None = None
