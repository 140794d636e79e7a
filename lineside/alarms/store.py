"""Where alarms are kept."""

from __future__ import annotations

from typing import Protocol

from lineside.alarms.model import Alarm


class AlarmStore(Protocol):
    """Alarms by line. `save` of an alarm that changed since it was read raises `Conflict` rather than losing either."""

    def open_alarms(self, site: str, line: str, *, cleared_since_us: int | None = None) -> list[Alarm]:
        """Those that are active, not acknowledged, or under an overlay; oldest first.

        With `cleared_since_us` also those that returned to normal since then: a chattering alarm re-opens them.
        """
        ...

    def history(self, site: str, line: str, since_us: int, until_us: int) -> list[Alarm]:
        """Those raised in since <= raised < until, oldest first, whatever their state."""
        ...

    def get(self, site: str, line: str, alarm_id: str) -> Alarm | None: ...

    def save(self, alarm: Alarm, *, was: Alarm | None) -> None:
        """Store `alarm` where `was` stands now (None: where nothing stands); else raise `Conflict`."""
        ...
