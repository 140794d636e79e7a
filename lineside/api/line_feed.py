"""The line for everybody who holds a stream of it open: looked at once a second, however many listen."""

from __future__ import annotations

import threading
from typing import Final

from lineside.api.line_view import etag_of, line_view
from lineside.api.models import LineView
from lineside.api.services import Services
from lineside.site.model import Line

FRESH_US: Final = 900_000
"""A little less than a second, so that a listener who comes once a second always gets a new look."""


class LineFeed:
    """Any thread may use it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: dict[str, tuple[int, LineView, str]] = {}
        self._lock = threading.Lock()

    def now(self, line: Line) -> tuple[LineView, str]:
        """The line as it stands, and what changes when it does."""
        with self._lock:
            now_us = self._services.now_us()
            seen = self._seen.get(line.id)
            if seen is None or abs(now_us - seen[0]) >= FRESH_US:
                view = line_view(self._services, line)
                seen = self._seen[line.id] = (now_us, view, etag_of(view))
            return seen[1], seen[2]
