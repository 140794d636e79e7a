"""The terminal view: the line in the order of the material, and nothing hidden behind a colour."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from edge.view import Scene, branches, frame
from lineside.api.models import HealthView, LineView, MachineView
from lineside.site import read_site
from tests.api.conftest import advisory

HEALTH = HealthView(
    status="degraded",
    troubles=("the inbox cannot be written (disk full)",),
    site="north",
    version="1",
    started_at="2025-03-03T06:00:00Z",
    counters={"received": 1_234, "stored": 1_200, "duplicate": 30, "quarantined": 4},
)


def machine(name: str, state: str, alarms: tuple[str, ...] = ()) -> MachineView:
    return MachineView(
        id=name, thing=name, declared=True, state=state, since=None, seen_at=None, age_seconds=3,
        feeds=(), values={}, alarms=alarms,
    )  # fmt: skip


def text_of(scene: Scene, width: int = 165) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(frame(scene))
    return console.export_text()


def test_each_branch_is_a_row_that_ends_where_it_joins_another(samples: Path) -> None:
    line = read_site(samples / "site.yaml").lines[0]

    first, second = branches(line)

    assert first[0] == "Cookie Former"
    assert first[-1] == "Labeller"
    assert second == ["Box Erector", "Liner Inserter", "Conveyor Right Turn", "Vertical Conveyor"]
    assert "Vertical Conveyor" in first


def test_the_view_says_in_words_what_it_colours(samples: Path) -> None:
    line = read_site(samples / "site.yaml").lines[0]
    machines = (
        machine("Vertical Conveyor", "down", ("a-1",)),
        machine("Box Sealer", "starved"),
        machine("New", "idle"),
    )
    view = LineView(site="north", id=line.id, name=line.name, as_of="2025-03-03T06:10:00Z", machines=machines)

    text = text_of(Scene(line, view, HEALTH, advisory(1), ("06:10 a message",), "http://127.0.0.1:1"))

    for expected in (
        *("down", "ALARM", "starved", "idle", "unknown  never", "buffer  never", "→ Vertical Conveyor"),
        *("Freezer Tunnel stopped", "1. Press STOP.  [SOP-1]"),
        *("received 1,234", "quarantined 4", "the inbox cannot be written", "06:10 a message"),
    ):
        assert expected in text


def test_a_line_in_a_ring_is_drawn_all_the_same() -> None:
    from lineside.site import Line, Machine

    ring = Line(id="ring", machines=(Machine(id="A", feeds=("B",)), Machine(id="B", feeds=("A",))))

    assert sorted(device for row in branches(ring) for device in row) == ["A", "B"]
