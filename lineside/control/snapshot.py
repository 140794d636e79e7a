"""The line as the checks see it: current values, what was sent lately, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lineside.control.request import SentCommand
from lineside.line.twin import CurrentValue


@dataclass(frozen=True)
class Snapshot:
    """`values`: device -> attribute -> its newest value, as the twin holds them. `recent`: what was sent, any order."""

    now_us: int
    values: Mapping[str, Mapping[str, CurrentValue]]
    recent: tuple[SentCommand, ...] = ()
    automation_stopped: bool = False
    """The emergency stop-all switch: while it is on, nothing automatic is allowed."""
