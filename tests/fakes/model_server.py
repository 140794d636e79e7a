"""A model server on 127.0.0.1 that speaks as Ollama does (`/api/chat`) and as OpenAI does (`/v1/chat/completions`).

    with ModelServer() as server:
        server.says("The conveyor ", "stands.")
        ... ModelRow(provider="ollama", url=server.url, model="small", ...)

Tests that use it are marked `loopback`.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Request:
    """One request as it came over the wire."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def user_text(self) -> str:
        (*_, newest) = [message for message in self.body["messages"] if message["role"] == "user"]
        return str(newest["content"])

    @property
    def system_text(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"] if message["role"] == "system")


@dataclass
class Scripted:
    """What comes back once. `raw` is sent as it is; `tools` are (name, arguments) pairs."""

    pieces: tuple[str, ...] = ()
    status: int = 200
    error: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    thinking: str = ""
    finish: str = "stop"
    tools: tuple[tuple[str, dict[str, Any]], ...] = ()
    cut_after: int | None = None
    first_piece_seconds: float = 0.0
    between_seconds: float = 0.0


class ModelServer:
    """Answers in the order scripted; the last one again when there are no more."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.cut_off = threading.Event()
        """Set when a client went away before its answer was finished."""
        self.tells: dict[str, Any] = {}
        """What a GET of a path is answered with, such as `/api/tags`; 404 for every other path."""
        self._scripted: deque[Scripted] = deque()
        self._routes: Callable[[Request], Scripted | None] = lambda request: None
        self._closing = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                request = Request(self.path, body, dict(self.headers))
                fake.requests.append(request)
                fake._serve(self, request)

            def do_GET(self) -> None:
                told = fake.tells.get(self.path)
                _whole(self, 404 if told is None else 200, json.dumps(told).encode(), {})
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def says(self, *pieces: str, **how: Any) -> None:
        self.answers(Scripted(pieces, **how))

    def calls_tool(self, name: str, arguments: dict[str, Any]) -> None:
        self.answers(Scripted(tools=((name, arguments),), finish="tool_calls"))

    def fails(self, status: int, error: str = "no", **how: Any) -> None:
        self.answers(Scripted(status=status, error=error, **how))

    def answers(self, scripted: Scripted) -> None:
        self._scripted.append(scripted)

    def route(self, choose: Callable[[Request], Scripted | None]) -> None:
        """Let a function answer by what was asked; None leaves it to the script."""
        self._routes = choose

    def _serve(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        scripted = self._routes(request) or (
            self._scripted.popleft() if len(self._scripted) > 1 else self._scripted[0]
        )  # fmt: skip
        try:
            self._send(handler, request, scripted)
        except (BrokenPipeError, ConnectionResetError):
            self.cut_off.set()
        finally:
            handler.close_connection = True

    def _send(self, handler: BaseHTTPRequestHandler, request: Request, scripted: Scripted) -> None:
        if scripted.status != 200:
            body = json.dumps({"error": scripted.error}).encode()
            return _whole(handler, scripted.status, body, scripted.headers)
        ollama = request.path.endswith("/api/chat")
        streams = request.body.get("stream", ollama)
        if not streams:
            self._closing.wait(scripted.first_piece_seconds)
            body = scripted.raw or json.dumps((_ollama_whole if ollama else _openai_whole)(scripted)).encode()
            return _whole(handler, 200, body, {})
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        chunks = [scripted.raw] if scripted.raw is not None else list((_ollama if ollama else _openai)(scripted))
        self._closing.wait(scripted.first_piece_seconds)
        for chunk in chunks if scripted.cut_after is None else chunks[: scripted.cut_after]:
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            handler.wfile.flush()
            self._closing.wait(scripted.between_seconds)
        if scripted.cut_after is None:
            handler.wfile.write(b"0\r\n\r\n")
        return None


def _whole(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _ollama_message(scripted: Scripted) -> dict[str, Any]:
    calls = [{"function": {"name": name, "arguments": arguments}} for name, arguments in scripted.tools]
    return {"tool_calls": calls} if calls else {}


def _ollama_whole(scripted: Scripted) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(scripted.pieces), **_ollama_message(scripted)}
    return {"model": "fake", "message": message, "done": True, "done_reason": scripted.finish}


def _ollama(scripted: Scripted) -> Iterator[bytes]:
    def line(content: str, **more: Any) -> bytes:
        message = {"role": "assistant", "content": content, **more}
        return json.dumps({"model": "fake", "message": message, "done": False}).encode() + b"\n"

    if scripted.thinking:
        yield line("", thinking=scripted.thinking)
    for piece in scripted.pieces:
        yield line(piece)
    if scripted.tools:
        yield line("", **_ollama_message(scripted))
    reason = "stop" if scripted.finish == "tool_calls" else scripted.finish
    end = {"model": "fake", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason}
    yield json.dumps({**end, "prompt_eval_count": 10, "eval_count": 5}).encode() + b"\n"


def _openai_calls(scripted: Scripted) -> list[dict[str, Any]]:
    return [
        {"index": index, "id": f"call-{index}", "type": "function",
         "function": {"name": name, "arguments": json.dumps(arguments)}}
        for index, (name, arguments) in enumerate(scripted.tools)
    ]  # fmt: skip


def _openai_whole(scripted: Scripted) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "".join(scripted.pieces)}
    if scripted.tools:
        message["tool_calls"] = _openai_calls(scripted)
    return {"id": "fake", "choices": [{"index": 0, "message": message, "finish_reason": scripted.finish}]}


def _openai(scripted: Scripted) -> Iterator[bytes]:
    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        body = {"id": "fake", "object": "chat.completion.chunk", "created": int(time.time()), "model": "fake"}
        return b"data: " + json.dumps(
            {**body, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        ).encode() + b"\n\n"  # fmt: skip

    yield event({"role": "assistant", "content": ""})
    if scripted.thinking:
        yield event({"reasoning_content": scripted.thinking})
    for piece in scripted.pieces:
        yield event({"content": piece})
    if scripted.tools:
        yield event({"tool_calls": _openai_calls(scripted)})
    yield event({}, scripted.finish)
    yield b"data: [DONE]\n\n"


@contextlib.contextmanager
def a_closed_port() -> Iterator[str]:
    """An address at which nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    server.server_close()
    yield url
