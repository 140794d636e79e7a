"""What every answer carries so that a browser does with it what we mean and nothing else; and HEAD wherever GET is."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD_ONLY: Final = "lineside.head_only"
"""In the scope of a HEAD that is answered as a GET: a stream then ends before it begins."""

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTHING_RUNS: Final = "default-src 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of what is no page: JSON, streams, pictures."""
NOT_KEPT: Final = "no-store"


def page_policy(elsewhere: Iterable[str] = ()) -> str:
    """The policy of the console. `elsewhere` are addresses it calls besides its own: those of an identity provider."""
    origins = sorted({f"{url.scheme}://{url.netloc}" for url in map(urlsplit, elsewhere) if url.netloc})
    calls = " ".join(["'self'", *origins])
    return (
        "default-src 'none'; script-src 'self'; worker-src 'self'; manifest-src 'self';"
        # Cloudscape positions through the object model, which this allows; markup with a style of its own is refused.
        " style-src 'self'; font-src 'self' data:; img-src 'self' data: blob:; media-src 'self' blob:;"
        f" connect-src {calls}; frame-src {calls};"
        " base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """ASGI middleware: adds them where the route set none of its own; what is no page is not kept by caches either."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if message["status"] != HTTPStatus.NOT_MODIFIED:
                    # A browser writes the headers of a 304 over those of the page that it has kept.
                    headers.setdefault("Content-Security-Policy", NOTHING_RUNS)
                headers.setdefault("Cache-Control", NOT_KEPT)
            await send(message)

        await self._app(scope, receive, dressed)


class HeadAsGet:
    """ASGI middleware: HEAD answers with the headers that GET would have, and no body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] != "http.response.pathsend":
                await send(message)

        await self._app({**scope, "method": "GET", HEAD_ONLY: True}, receive, without_body)
