"""Doing a thing every so often, on a clock that nobody sets."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from lineside.errors import Conflict, Unavailable

logger = logging.getLogger(__name__)


def now_us() -> int:
    """The wall clock, in microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


def every(
    seconds: float, act: Callable[[], None], stop: threading.Event, *, name: str, first_seconds: float | None = None
) -> None:
    """Call `act` every `seconds` until `stop`. One that overruns skips the beats it missed; they never pile up.

    A neighbour that does not answer is said, and tried again at the next beat. Any other error rises.
    """
    due = time.monotonic() + (seconds if first_seconds is None else first_seconds)
    while not stop.wait(max(0.0, due - time.monotonic())):
        try:
            act()
        except (Unavailable, Conflict) as error:
            logger.error("%s did not finish and runs again in %g s: %s", name, seconds, error)
        missed = int(max(0.0, time.monotonic() - due) // seconds)
        if missed:
            logger.warning("%s took longer than its %g s; %d skipped", name, seconds, missed)
        due += (missed + 1) * seconds
