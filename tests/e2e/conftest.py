"""A real browser in front of real plants: `lineside up --demo` as its own process, Debian's Chromium, two screens.

These tests run in their own pytest process (`make test` does so): the browser's driver keeps an event loop open, and
tests elsewhere want one of their own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from edge.credentials import PasswordFile
from tests.edge.devices import Device
from tests.fakes.model_server import ModelServer

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "frontend" / "dist" / "index.html"
CHROMIUM = os.environ.get("CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
TOKEN = "the-token-of-the-browser-tests"
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
START_SECONDS, TOLD_SECONDS = 60.0, 180.0
# A first question loads the assistant, and two plants with their browsers share two cores.
expect.set_options(timeout=30_000)
ROLES = ("viewer", "operator", "engineer", "admin")
HEARD = "Why did the vertical conveyor stop?"
MODELS = """
models:
  - {{name: slow-writer, provider: ollama, model: small, url: "{model}", roles: [answerer], timeout_seconds: 60}}
  - {{name: offline, provider: offline, roles: [router, answerer]}}
speech: {{url: "{speech}"}}
"""


def password_of(role: str) -> str:
    return f"a-good-{role}-password"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in Path(item.path).parents]
    why = "" if CHROMIUM else "Chromium is not installed"
    why = why or ("" if CONSOLE.is_file() else "the console is not built; `make console` does it")
    for item in here:
        item.add_marker(pytest.mark.loopback)
        if why:
            item.add_marker(pytest.mark.skip(reason=why))


@dataclass
class PlantProcess:
    """`lineside up`, with the demonstration unless said otherwise, and everything that it has said."""

    data: Path
    port: int = 0
    options: tuple[str, ...] = ()
    demo: bool = True
    said: list[str] = field(default_factory=list)
    told: bool = False

    def start(self) -> None:
        command = [
            sys.executable, "-c", "from edge.cli import main; main()", "up", *(["--demo"] if self.demo else []),
            "--data", str(self.data), "--port", str(self.port), "--mqtt-port", "0", "--token", TOKEN, *self.options,
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.port = int(self.until(r"http://127\.0\.0\.1:(\d+)/", START_SECONDS).group(1))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    def stop(self, ending: int = signal.SIGTERM) -> None:
        self.process.send_signal(ending)
        self.process.wait(30)
        self._listener.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def until(self, pattern: str, seconds: float) -> re.Match[str]:
        """Wait until the plant has said something that matches."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            found = re.search(pattern, "\n".join(list(self.said)))
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"the plant never said {pattern!r}; it said:\n" + "\n".join(self.said[-40:]))

    def take_in(self, *roles: str) -> None:
        """Somebody of each role may sign in."""
        for role in roles:
            account = {"name": role, "password": password_of(role), "role": role, "sites": ["bakery-north"]}
            self.post("/api/accounts", account)

    def after_the_first_alarm(self) -> PlantProcess:
        """Wait until people were told, once; a plant that is started again need not say it again."""
        if not self.told:
            self.until(r"people were told", TOLD_SECONDS)
            self.told = True
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def device(self, thing: str) -> Device:
        """A machine at the plant's broker, with the password that it was given."""
        port = int(self.until(r"MQTT +127\.0\.0\.1:(\d+)", START_SECONDS).group(1))
        return Device(port, thing, PasswordFile(self.data / "logins").password(thing))

    def get(self, path: str) -> Any:
        answer = httpx.get(self.url + path, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, object]) -> Any:
        answer = httpx.post(self.url + path, json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@pytest.fixture(scope="session")
def plants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, PlantProcess]]:
    """A plant for each screen, so that what one acknowledges is still open on the other."""
    running = {size: PlantProcess(tmp_path_factory.mktemp(size)) for size in SIZES}
    try:
        for process in running.values():
            process.start()
        for process in running.values():
            process.take_in(*ROLES)
        yield running
    finally:
        for process in running.values():
            process.stop()


@pytest.fixture
def plant(plants: dict[str, PlantProcess], size: str) -> PlantProcess:
    """Its line has failed, and its people have been told why."""
    return plants[size].after_the_first_alarm()


@pytest.fixture(scope="session")
def quiet_plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantProcess]:
    """The demonstration's site with nothing on its line: what happens there, a test does."""
    process = PlantProcess(tmp_path_factory.mktemp("quiet"), options=("--site", "samples/site.yaml"), demo=False)
    process.start()
    try:
        process.take_in("viewer", "operator", "engineer")
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """A model that answers slowly, so that there is time to stop it."""
    with ModelServer() as server:
        words = [f"The Vertical Conveyor is part of the line, and this is sentence {n}. " for n in range(60)]
        server.says(*words, between_seconds=0.4)
        yield server


@pytest.fixture(scope="session")
def plant_with_models(
    tmp_path_factory: pytest.TempPathFactory, model_server: ModelServer, speech_server: str
) -> Iterator[PlantProcess]:
    """A plant with a model server and a speech-to-text server."""
    folder = tmp_path_factory.mktemp("with-models")
    models = folder / "models.yaml"
    models.write_text(MODELS.format(model=model_server.url, speech=speech_server))
    process = PlantProcess(folder / "data", options=("--models", str(models)))
    process.start()
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def speech_server() -> Iterator[str]:
    """Writes down the same words whatever it hears, as long as what it hears is a recording."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert b"\x1a\x45\xdf\xa3" in body  # EBML: a WebM recording
            answer = json.dumps({"text": HEARD}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = [
        "--no-sandbox", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]  # fmt: skip
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@dataclass
class Screen:
    """A page in front of one plant, and what its console complained of."""

    page: Page
    url: str
    troubles: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page


Opened = Callable[..., Screen]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open the console of a plant at a size; as whoever holds the token of the start, unless said otherwise."""
    contexts: list[BrowserContext] = []

    def open_console(plant: PlantProcess, size: str = "desk", *, signed_in: bool = True) -> Screen:
        context = browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            locale="en-GB",
            reduced_motion="reduce",
            permissions=["microphone"],
        )
        contexts.append(context)
        page = context.new_page()
        troubles: list[str] = []
        page.on("console", lambda message: _note(troubles, message))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        if signed_in:
            page.goto(f"{plant.url}/?token={TOKEN}")
        return Screen(page, plant.url, troubles)

    yield open_console
    for context in contexts:
        context.close()


def _note(troubles: list[str], message: ConsoleMessage) -> None:
    if message.type == "error":
        troubles.append(message.text)
