"""The line as the checks see it: current values, what was sent lately, which alarms stand, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lineside.control.request import SentCommand
from lineside.line.twin import CurrentValue


class StandingAlarm(NamedTuple):
    """An alarm that is active now. `cause` is the machine at fault."""

    alarm_id: str
    kind: str
    cause: str


@dataclass(frozen=True)
class Snapshot:
    """`values`: device -> attribute -> its newest value, as the twin holds them. `recent`: what was sent, any order."""

    now_us: int
    values: Mapping[str, Mapping[str, CurrentValue]]
    recent: tuple[SentCommand, ...] = ()
    automation_stopped: bool = False
    """The emergency stop-all switch: while it is on, nothing automatic is allowed."""
    alarms: tuple[StandingAlarm, ...] = ()
    """What gives Lineside a reason to act by itself; without one it does nothing."""

    @cached_property
    def sent_ids(self) -> frozenset[str]:
        return frozenset(sent.id for sent in self.recent)

    @cached_property
    def _sent_to(self) -> dict[tuple[str, str], tuple[SentCommand, ...]]:
        by_point: dict[tuple[str, str], list[SentCommand]] = {}
        for sent in self.recent:
            by_point.setdefault((sent.device, sent.attribute), []).append(sent)
        return {point: tuple(commands) for point, commands in by_point.items()}

    def sent_to(self, device: str, attribute: str) -> tuple[SentCommand, ...]:
        """What was sent to one point."""
        return self._sent_to.get((device, attribute), ())

    def value(self, device: str, attribute: str) -> CurrentValue | None:
        return self.values.get(device, {}).get(attribute)
