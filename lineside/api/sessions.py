"""The session's cookie, and how a request shows that it comes from our own pages. Pure."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response

COOKIE: Final = "lineside-session"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
IDLE_US: Final = 30 * 60 * 1_000_000
"""A session that is not used for so long ends."""
LONGEST_US: Final = 12 * 3_600 * 1_000_000
"""A session ends after so long however much it is used: a shift, and the overlap of two."""


def bearer_of(headers: Headers) -> str:
    """The token of `Authorization: Bearer`, or ""."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cookie_of(headers: Headers) -> str:
    """The secret in the session's cookie, or ""."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def comes_from_here(method: str, headers: Headers) -> bool:
    """Whether a cookie that came along may act.

    A page of another site, or of another port here, may send our cookie along; its Origin gives it away.
    """
    origin = headers.get("origin", "")
    return method in SAFE_METHODS or not origin or _is_ours(origin, headers.get("host", ""))


def set_cookie(response: Response, secret: str, *, secure: bool) -> None:
    """`secure` where the page came over TLS; a plant on 127.0.0.1 has none."""
    response.set_cookie(
        COOKIE, secret, httponly=True, samesite="strict", secure=secure, max_age=LONGEST_US // 1_000_000
    )


def clear_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _is_ours(origin: str, host: str) -> bool:
    return origin.partition("://")[2].lower() == host.lower()
