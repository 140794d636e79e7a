"""How long a request's body may be. What people send here is short; a long one would be held in memory whole."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES: Final = 1_048_576


class BodyLimit:
    """ASGI middleware: a longer body is refused with 413, by its Content-Length or once it has grown too long."""

    def __init__(self, app: ASGIApp, most_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        too_long = announced.isdecimal() and int(announced[:20]) > self._most_bytes
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if too_long:
                raise self._refusal()
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most_bytes:
                raise self._refusal()
            return message

        await self._app(scope, counted, send)

    def _refusal(self) -> HTTPException:
        detail = f"a request here has at most {self._most_bytes:,} bytes"
        return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
