"""One tick of detection over a line."""

from __future__ import annotations

from collections.abc import Sequence

from lineside.detection.defects import Inspected
from lineside.detection.finding import Finding
from lineside.detection.memory import LineMemory
from lineside.detection.settings import DEFAULT, SECOND_US, Settings
from lineside.detection.signals import find_signals
from lineside.detection.slow import find_slow
from lineside.detection.stops import find_stops
from lineside.lake.window import Window
from lineside.line.states import advance
from lineside.site.model import Line

__all__ = ["INSPECTED_US", "LineMemory", "watch"]

INSPECTED_US = 3600 * SECOND_US
"""How far back the images of a tick go."""


def watch(
    memory: LineMemory,
    window: Window,
    line: Line,
    now_us: int,
    settings: Settings = DEFAULT,
    inspected: Sequence[Inspected] = (),
) -> list[Finding]:
    """Advance `memory` to `now_us` with what `window` holds, and return everything wrong with the line now.

    `window` begins at `memory.reads_from_us(now_us)` or before; readings that were taken by an earlier tick are not
    taken again, so it may overlap as far as it likes. `inspected` are the pieces whose images were taken in the last
    hour (`INSPECTED_US`) and were judged by now, all of them at every tick: an image may be judged late, or anew.
    """
    memory.history = advance(memory.history, window, line, now_us)
    return [
        *find_stops(memory.history, line, now_us),
        *find_slow(memory.history, line, now_us),
        *find_signals(memory, window, line, now_us, settings, inspected),
    ]
