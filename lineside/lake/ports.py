"""What others may ask the lake, without knowing how it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lineside.lake.history import Rise, Summary, Trace
    from lineside.lake.runs import Run


class Telemetry(Protocol):
    """Questions about the past (`lineside.lake.history.History` answers them). Times are microseconds since 1970."""

    def traces(
        self, site: str, line: str, device: str, attributes: Sequence[str] | None, start_us: int, end_us: int, most: int
    ) -> list[Trace]: ...

    def summaries(
        self, site: str, line: str, device: str, attributes: Sequence[str] | None, start_us: int, end_us: int
    ) -> list[Summary]: ...

    def rises(
        self, site: str, line: str, device: str, counters: Sequence[str], start_us: int, end_us: int, step_us: int
    ) -> dict[str, list[Rise]]: ...

    def state_runs(
        self, site: str, line: str, state_attributes: dict[str, str], start_us: int, end_us: int
    ) -> dict[str, list[Run]]: ...
