"""Who stands at the door of the plant's HTTP application: sessions, the token of the start, an identity provider."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection

import httpx
from starlette.datastructures import Headers
from starlette.types import ASGIApp

from edge.accounts import FIRST_START, SqliteAccounts
from lineside.api.access import EVERY_SITE, Identify, Person, Role
from lineside.api.app import create_app
from lineside.api.services import Services
from lineside.api.sessions import bearer_of, comes_from_here, cookie_of
from lineside.api.token import TokenDoor
from lineside.errors import Unavailable

FETCH_SECONDS = 5.0
LARGEST_FETCH = 1_048_576


class PlantDoor:
    """An `Identify`. A program sends the token, a browser its session's cookie, people of a provider their own token.

    Who sends a token is judged by that alone: a wrong one is not made good by a cookie beside it.
    """

    def __init__(
        self, accounts: SqliteAccounts, token: str, now_us: Callable[[], int], provider: Identify | None = None
    ) -> None:
        self._accounts, self._token, self._now_us, self._provider = accounts, token, now_us, provider

    def __call__(self, method: str, headers: Headers) -> Person | None:
        if "authorization" in headers:
            return self._with_token(method, headers)
        secret = cookie_of(headers)
        if not secret or not comes_from_here(method, headers):
            return None
        return self._accounts.person_of(secret, self._now_us())

    def _with_token(self, method: str, headers: Headers) -> Person | None:
        if hmac.compare_digest(bearer_of(headers).encode(), self._token.encode()):
            return Person(FIRST_START, Role.ADMIN, (EVERY_SITE,), by="token")
        return self._provider(method, headers) if self._provider else None


def plant_application(
    services: Services, accounts: SqliteAccounts, token: str, hosts: Collection[str], provider: Identify | None = None
) -> ASGIApp:
    """What uvicorn serves in a plant. `token` is the one printed at the start; `hosts` the names we answer to."""
    accounts.end_sessions_of_other_tokens(token)
    door = PlantDoor(accounts, token, services.now_us, provider)
    app = create_app(services, door)
    return TokenDoor(app, token, hosts, lambda: accounts.sign_in_with_token(token, services.now_us()))


def fetch(url: str) -> bytes:
    """What stands at an identity provider's address, 1 MiB at most; `Unavailable` where nothing good comes."""
    try:
        with httpx.stream("GET", url, timeout=FETCH_SECONDS) as answer:
            answer.raise_for_status()
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LARGEST_FETCH:
                    raise Unavailable(f"{url} answers with more than {LARGEST_FETCH:,} bytes")
            return content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"{url} did not answer: {error or type(error).__name__}") from error
