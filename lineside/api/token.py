"""The door of the plant's HTTP application: one random token, as Jupyter has it, and only under our own name.

The token comes once in the address that is printed at the start (`/?token=...`), is exchanged for a cookie, and
leaves the address bar; programs send it as `Authorization: Bearer`. The Host header must be one of ours: a page
elsewhere that resolves its own name to 127.0.0.1 (DNS rebinding) carries that name and is turned away.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "lineside-token"
OPEN_PATHS = frozenset({"/health"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenDoor:
    """ASGI middleware. `hosts` are the names under which we may be called, without port."""

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str]) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            # There is no WebSocket here yet; one that is added must not find the door open.
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if _hostname(headers.get("host", "")) not in self._hosts:
            return _problem(421, "Misdirected Request", "this address is not one under which Lineside may be called")
        if scope["path"] in OPEN_PATHS:
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        in_address = next((value for name, value in query if name == "token"), "")
        if in_address and scope["method"] in SAFE_METHODS and self._is_right(in_address):
            return self._exchanged(scope, [pair for pair in query if pair[0] != "token"])
        if self._is_right(_bearer(headers)) or self._is_right_cookie(scope, headers):
            return None
        return _problem(401, "Unauthorized", "open the address with ?token=... that was printed at the start")

    def _is_right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())

    def _is_right_cookie(self, scope: Scope, headers: Headers) -> bool:
        if not self._is_right(_cookie(headers)):
            return False
        # A page of another site, or of another port here, may send our cookie along; its Origin gives it away.
        origin = headers.get("origin", "")
        return scope["method"] in SAFE_METHODS or not origin or _is_ours(origin, headers.get("host", ""))

    def _exchanged(self, scope: Scope, rest: list[tuple[str, str]]) -> Response:
        address = scope["path"] + (f"?{urlencode(rest)}" if rest else "")
        # One slash in front, else "//elsewhere" would lead to another site.
        response = RedirectResponse("/" + address.lstrip("/"), status_code=303)
        response.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", max_age=30 * 86_400)
        return response


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _is_ours(origin: str, host: str) -> bool:
    return origin.partition("://")[2].lower() == host.lower()


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _problem(status: int, title: str, detail: str) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
