"""The built console: files with a hash in their name are kept for good, the page itself is asked for every time."""

from __future__ import annotations

import mimetypes
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from lineside.api.headers import page_policy
from lineside.api.ports import Console

NEVER_A_PAGE: Final = ("/api", "/ngsi-ld", "/health", "/openapi.json")
HASHED: Final = "/assets/"
FOREVER: Final = "public, max-age=31536000, immutable"
ASK_EVERY_TIME: Final = "no-cache"
PRECOMPRESSED: Final = {"br": ".br", "gzip": ".gz"}
TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
"""Where a machine's own table of types may lack one, or has an old one."""
NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Lineside</title>
<p>The console is not built yet: run <code>make console</code> (it needs Node.js 20), then load this page again.
The <a href="/openapi.json">API</a> works without it.</p></html>
"""


_KEPT: Final = ("ETag", "Cache-Control", "Vary", "Content-Security-Policy")
"""What an answer without a body repeats, since a browser writes it over what it has kept."""


class ConsoleFiles:
    """ASGI application for every address that no route has. A path without a file is the page: it routes by itself."""

    def __init__(self, console: Console) -> None:
        self._folder = console.folder.resolve() if console.folder is not None else None
        oidc = console.oidc
        self._policy = page_policy([oidc.authority, oidc.logout_url] if oidc else [])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or any(_under(scope["path"], one) for one in NEVER_A_PAGE):
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is nothing at this address")
        if scope["method"] != "GET":
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, "pages can only be read", {"Allow": "GET, HEAD"})
        answer = await run_in_threadpool(self._answer, scope["path"], Headers(scope=scope))
        await answer(scope, receive, send)

    def _answer(self, path: str, headers: Headers) -> Response:
        if self._folder is None or not (self._folder / "index.html").is_file():
            return HTMLResponse(NOT_BUILT, headers={"Content-Security-Policy": self._policy})
        file = self._file(self._folder, path)
        if file is None:
            if path.startswith(HASHED) or "." in path.rpartition("/")[2]:
                raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such file")
            file = self._folder / "index.html"
        return self._sent(file, headers, lasting=path.startswith(HASHED))

    def _file(self, folder: Path, path: str) -> Path | None:
        """The file at this path, inside the folder only, whatever dots, links and odd bytes the path has."""
        try:
            found = (folder / path.lstrip("/")).resolve()
            inside = found.is_relative_to(folder) and found.is_file()
        except (OSError, ValueError):
            return None
        return found if inside else None

    def _sent(self, file: Path, headers: Headers, *, lasting: bool) -> Response:
        packed, encoding = _packed(file, headers.get("accept-encoding", ""))
        media_type = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        answer = FileResponse(packed, media_type=media_type, stat_result=packed.stat())
        answer.headers["Cache-Control"] = FOREVER if lasting else ASK_EVERY_TIME
        answer.headers["Vary"] = "Accept-Encoding"
        if encoding:
            answer.headers["Content-Encoding"] = encoding
            answer.headers["ETag"] = answer.headers["ETag"].replace('"', f'"{encoding}-', 1)
        if media_type == "text/html":
            answer.headers["Content-Security-Policy"] = self._policy
        if answer.headers["ETag"] in headers.get("if-none-match", ""):
            kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
        return answer


def _packed(file: Path, accepted: str) -> tuple[Path, str]:
    """The smallest ready-made form of the file that the browser takes, and its encoding; else the file itself."""
    offered = {one.strip() for one in accepted.lower().split(",")}
    for encoding, suffix in PRECOMPRESSED.items():
        packed = file.with_name(file.name + suffix)
        if encoding in offered and packed.is_file():
            return packed, encoding
    return file, ""


def _under(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")
