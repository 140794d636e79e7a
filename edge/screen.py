"""Who watches a running plant: a person at a terminal, or a log."""

from __future__ import annotations

import io
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from edge.plant import Plant
from lineside.advice.model import Advisory, Notification
from lineside.errors import Unavailable
from lineside.site import UNASSIGNED_LINE, Line

if TYPE_CHECKING:
    from edge.view import Scene

REFRESH_SECONDS = 1.0
MESSAGES = 8
PICTURE_WIDTH = 170


class Messages(logging.Handler):
    """The newest log lines, for the view."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=MESSAGES)

    def emit(self, record: logging.LogRecord) -> None:
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        self.lines.append(f"{at} {record.getMessage().splitlines()[0]}")


class Explained:
    """Remembers what people were told. `first` is set once they were told of a cause and its victims."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self.first = threading.Event()

    @property
    def messages(self) -> int:
        """How many different messages there have been."""
        return len(self._told)

    def hear(self, notification: Notification) -> bool:
        """Whether this message is new; a repeat after a failed sending is not."""
        if notification.fingerprint in self._told:
            return False
        self._told.add(notification.fingerprint)
        if notification.affected:
            self.first.set()
        return True


def scene_of(plant: Plant, messages: Messages) -> Scene:
    """The first line of the site as it stands, or the devices that no line names."""
    from edge.view import Scene
    from lineside.api.line_view import line_view

    services = plant.services()
    lines = services.lines()
    line = lines[0] if lines else Line(id=UNASSIGNED_LINE)
    newest: list[Advisory] = services.advisories.recent(plant.site.site, line.id, 1)
    return Scene(
        line, line_view(services, line), plant.health(), newest[0] if newest else None,
        tuple(messages.lines), plant.http.url,
    )  # fmt: skip


def show(plant: Plant, messages: Messages, console: Console, stop: threading.Event) -> None:
    """Redraw until `stop`. While a store does not answer the last picture stays."""
    from rich.live import Live

    from edge.view import frame

    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not stop.wait(REFRESH_SECONDS):
            try:
                live.update(frame(scene_of(plant, messages)), refresh=True)
            except Unavailable:
                continue  # the log and /health say it; a picture is not worth more


def picture(plant: Plant, messages: Messages, file: Path) -> None:
    """The view as it is now, as an SVG file."""
    from edge.view import frame

    console = Console(record=True, width=PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
    without_token = replace(scene_of(plant, messages), url=plant.http.url.partition("?")[0])
    console.print(frame(without_token))
    svg = console.export_svg(title="lineside up --demo")
    # The reader's own fonts will do: a picture must not call other people's servers.
    file.write_text(re.sub(r",\s*url\([^)]*\) format\([^)]*\)", "", svg), encoding="utf-8")


def picture_when_explained(
    plant: Plant,
    messages: Messages,
    file: Path,
    explained: Explained,
    stop: threading.Event,
    then: Callable[[], object],
) -> None:
    """Wait until a cause and its victims were told, take the picture, and end."""
    while not explained.first.wait(0.2):
        if stop.is_set():
            return
    stop.wait(REFRESH_SECONDS)
    picture(plant, messages, file)
    then()
