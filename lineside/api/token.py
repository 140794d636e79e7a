"""The front door of the plant's HTTP application: only under our own name, and the printed address becomes a session.

The token comes once in the address that is printed at the start (`/?token=...`), is exchanged for a session's cookie,
and leaves the address bar. The Host header must be one of ours: a page elsewhere that resolves its own name to
127.0.0.1 (DNS rebinding) carries that name and is turned away.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lineside.api.ports import Session
from lineside.api.sessions import SAFE_METHODS, set_cookie


class TokenDoor:
    """ASGI middleware. `hosts` are the names under which we may be called, without port.

    `open_session` begins the session of whoever holds the token.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str], open_session: Callable[[], Session]) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts)
        self._open_session = open_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            # There is no WebSocket here yet; one that is added must not find the door open.
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = await self._answer(scope)
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if _hostname(headers.get("host", "")) not in self._hosts:
            return _problem(421, "Misdirected Request", "this address is not one under which Lineside may be called")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        in_address = next((value for name, value in query if name == "token"), "")
        if not in_address or scope["method"] not in SAFE_METHODS or not self._is_right(in_address):
            return None
        session = await run_in_threadpool(self._open_session)
        return _entered(scope, session, [pair for pair in query if pair[0] != "token"])

    def _is_right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())


def _entered(scope: Scope, session: Session, rest: list[tuple[str, str]]) -> Response:
    address = scope["path"] + (f"?{urlencode(rest)}" if rest else "")
    # One slash in front, else "//elsewhere" would lead to another site; a browser takes "\" for a slash.
    response = RedirectResponse("/" + address.lstrip("/\\"), status_code=303)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    set_cookie(response, session.secret, secure=scope.get("scheme") == "https")
    return response


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _problem(status: int, title: str, detail: str) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
