"""The HTTP API in a thread of its own, so that a slow answer never delays an acknowledgement."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from typing import TYPE_CHECKING

from edge.settings import PlantSettings
from lineside.errors import Unavailable

if TYPE_CHECKING:
    from starlette.types import ASGIApp

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0


class HttpServer:
    """Bound when made, served by `run`. `url` is what a person opens; it carries the token."""

    def __init__(self, settings: PlantSettings) -> None:
        self._settings = settings
        self._socket = listen(settings.host, settings.port, any_if_taken=settings.any_port_if_taken)
        self._stop = threading.Event()
        self.token = settings.token or secrets.token_urlsafe(24)
        self.port = int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Where a program on this machine calls it."""
        host = "127.0.0.1" if self._settings.host in ("0.0.0.0", "::") else self._settings.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.address}/?token={self.token}"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which we may be called; a page that resolves another name to us is turned away."""
        return frozenset({"127.0.0.1", "localhost", "[::1]", self._settings.host, *self._settings.allow_hosts})

    def run(self, application: ASGIApp) -> None:
        """Serve until `stop`."""
        # Imported here: it takes a while, and the broker should not wait for it.
        import uvicorn

        config = uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=int(STOP_SECONDS),
        )
        server = uvicorn.Server(config)
        watcher = threading.Thread(target=self._stop_when_told, args=(server,), name="api-stop", daemon=True)
        watcher.start()
        server.run(sockets=[self._socket])

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._socket.close()

    def _stop_when_told(self, server: object) -> None:
        self._stop.wait()
        server.should_exit = True  # type: ignore[attr-defined]


def listen(host: str, port: int, *, any_if_taken: bool = False) -> socket.socket:
    """A listening socket; another port than the one asked for only where `any_if_taken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # whoever opens the printed address at once waits a moment, and is not refused
    except OSError as error:
        listening.close()
        if any_if_taken and port:
            return listen(host, 0)
        raise Unavailable(f"the HTTP API cannot listen on {host}:{port}: {error.strerror}; see --port") from error
    return listening
