"""Signing in and out, and the accounts of a plant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response

from lineside.api.access import Admin, Person, Viewer
from lineside.api.chat_models import LANGUAGES
from lineside.api.line_routes import Ports
from lineside.api.models import at
from lineside.api.people_models import (
    AccountView,
    ChangeAccount,
    NewAccount,
    SessionView,
    SignIn,
    SignInView,
)
from lineside.api.ports import Accounts
from lineside.api.services import Services
from lineside.api.sessions import clear_cookie, comes_from_here, cookie_of, set_cookie

router = APIRouter(prefix="/api")
Name = Annotated[str, Path(max_length=256)]


@router.get("/sign-in")
def how_to_sign_in(services: Ports) -> SignInView:
    """How people sign in here; open to everybody."""
    accounts = services.accounts
    return SignInView(
        password=accounts is not None,
        oidc=services.console.oidc,
        first_start=accounts is not None and not accounts.list(),
        site=services.site.site,
    )


@router.post("/session")
def sign_in(given: SignIn, services: Ports, request: Request, response: Response) -> SessionView:
    """Sign in with a name and a password; the answer sets the session's cookie."""
    accounts = _accounts(services)
    if not comes_from_here(request.method, request.headers):
        raise HTTPException(403, "sign in on Lineside's own page")
    source = request.client.host if request.client else ""
    session = accounts.sign_in(given.name, given.password, source, services.now_us())
    set_cookie(response, session.secret, secure=request.url.scheme == "https")
    return _session_view(session.person)


@router.get("/session")
def session(person: Viewer) -> SessionView:
    """Who is signed in."""
    return _session_view(person)


@router.delete("/session", status_code=204)
def sign_out(_: Viewer, services: Ports, request: Request, response: Response) -> None:
    """End this session. A token, of a program or of an identity provider, is not ended by it."""
    secret = cookie_of(request.headers)
    if services.accounts is not None and secret:
        services.accounts.sign_out(secret)
    clear_cookie(response)


@router.get("/accounts")
def accounts(_: Admin, services: Ports) -> list[AccountView]:
    return _accounts(services).list()


@router.post("/accounts", status_code=201)
def add_account(account: NewAccount, _: Admin, services: Ports) -> AccountView:
    return _accounts(services).add(account, services.now_us())


@router.patch("/accounts/{name}")
def change_account(name: Name, change: ChangeAccount, _: Admin, services: Ports) -> AccountView:
    """A new password or role ends the sessions of that person. The last admin stays one."""
    return _accounts(services).change(name, change)


@router.delete("/accounts/{name}", status_code=204)
def remove_account(name: Name, _: Admin, services: Ports) -> None:
    """The last admin cannot be removed."""
    _accounts(services).remove(name)


def _accounts(services: Services) -> Accounts:
    if services.accounts is None:
        raise HTTPException(404, "there are no accounts here; people sign in at the identity provider")
    return services.accounts


def _session_view(person: Person) -> SessionView:
    return SessionView.model_validate(
        {
            "name": person.name,
            "role": person.role.word,
            "sites": person.sites,
            "language": person.language if person.language in LANGUAGES else "en",
            "by": person.by,
            "expires_at": at(person.expires_us),
        }
    )
