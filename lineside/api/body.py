"""How long a request's body may be. What people send here is short; a long one would be held in memory whole."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES: Final = 1_048_576


class BodyLimit:
    """ASGI middleware: a longer body is refused with 413, by its Content-Length or once it has grown too long.

    `of_path` holds the paths, with placeholders as routes have them, that take another length than `most_bytes`.
    """

    def __init__(
        self, app: ASGIApp, most_bytes: int = MAX_BODY_BYTES, of_path: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._of_path = [(compile_path(path)[0], most) for path, most in (of_path or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        of_path = (most for pattern, most in self._of_path if pattern.match(scope["path"]))
        most_bytes = next(of_path, self._most_bytes)
        announced = Headers(scope=scope).get("content-length", "")
        too_long = announced.isdecimal() and int(announced[:20]) > most_bytes
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if too_long:
                raise _refusal(most_bytes)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most_bytes:
                raise _refusal(most_bytes)
            return message

        await self._app(scope, counted, send)


def _refusal(most_bytes: int) -> HTTPException:
    detail = f"a request here has at most {most_bytes:,} bytes"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
