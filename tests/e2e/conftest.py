"""A real browser in front of a real plant: `lineside up --demo` as a process of its own, Debian's Chromium, two screens.

These tests run in their own pytest process (`make test` does so): the browser's driver keeps an event loop open, and
tests elsewhere want one of their own.
"""

from __future__ import annotations

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
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "frontend" / "dist" / "index.html"
CHROMIUM = os.environ.get("CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
TOKEN = "the-token-of-the-browser-tests"
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
START_SECONDS, TOLD_SECONDS = 60.0, 150.0


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
    """`lineside up --demo` and everything that it has said."""

    data: Path
    port: int = 0
    said: list[str] = field(default_factory=list)

    def start(self) -> None:
        command = [
            sys.executable, "-c", "from edge.cli import main; main()", "up", "--demo", "--data", str(self.data),
            "--port", str(self.port), "--mqtt-port", "0", "--token", TOKEN,
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

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> Any:
        answer = httpx.get(self.url + path, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, object]) -> Any:
        answer = httpx.post(self.url + path, json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantProcess]:
    """A plant whose line has failed, and whose people have been told why."""
    process = PlantProcess(tmp_path_factory.mktemp("plant"))
    process.start()
    try:
        process.until(r"people were told", TOLD_SECONDS)
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def people(plant: PlantProcess) -> dict[str, str]:
    """An account for each role; name -> password."""
    made = {}
    for role in ("viewer", "operator", "engineer", "admin"):
        made[role] = f"a-good-{role}-password"
        plant.post(
            "/api/accounts",
            {"name": role, "password": made[role], "role": role, "sites": ["bakery-north"], "language": "en"},
        )
    return made


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = [
        "--no-sandbox", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]  # fmt: skip
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    """Every test that asks for it runs on a desk's screen and on a phone's."""
    return str(request.param)


@dataclass
class Screen:
    """A page, signed in, with what its console complained of."""

    page: Page
    size: str
    url: str
    troubles: list[str]

    @property
    def is_phone(self) -> bool:
        return self.size == "phone"

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page


Opened = Callable[..., Screen]


@pytest.fixture
def opened(browser: Browser, plant: PlantProcess) -> Iterator[Opened]:
    """Open the console at a size, as the owner of the first start or, by name and password, as somebody."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_console(size: str = "desk", path: str = "/", *, signed_in: bool = True) -> Screen:
        context = browser.new_context(viewport=SIZES[size], locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(troubles, message))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        if signed_in:
            page.goto(f"{plant.url}/?token={TOKEN}")
        if path != "/" or not signed_in:
            page.goto(plant.url + path)
        return Screen(page, size, plant.url, troubles)

    yield open_console
    for context in contexts:
        context.close()


def _note(troubles: list[str], message: ConsoleMessage) -> None:
    if message.type == "error":
        troubles.append(message.text)
