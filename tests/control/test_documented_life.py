"""The table of moves in docs/control.md is the one in the code."""

from __future__ import annotations

from pathlib import Path

from lineside.control.lifecycle import TABLE, EventName
from lineside.control.record import Status

PAGE = Path(__file__).parents[2] / "docs" / "control.md"


def test_the_page_tells_every_move_and_no_other() -> None:
    moves: dict[tuple[str, str], tuple[dict[Status, None], dict[EventName, None]]] = {}
    for row in TABLE:
        statuses, events = moves.setdefault((row.next or "no change", row.why), ({}, {}))
        statuses[row.status] = None
        events[row.event] = None

    told = [
        f"| {', '.join(statuses)} | {', '.join(events)} | {after} | {why} |".replace("_", " ")
        for (after, why), (statuses, events) in moves.items()
    ]

    assert len(TABLE) == sum(len(statuses) * len(events) for statuses, events in moves.values())
    section = PAGE.read_text(encoding="utf-8").partition("## Life cycle")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| ")][1:] == told
