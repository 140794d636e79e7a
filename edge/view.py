"""The live terminal view: the line as a flow of machines, the newest advisory, the counters, the last messages.

Colour is kept for what is not normal, and never says alone what a word says too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from lineside.advice.model import Advisory
from lineside.api.models import HealthView, LineView, MachineView
from lineside.site import Line

STYLES = {
    "running": "grey70",
    "blocked": "yellow",
    "starved": "dark_orange",
    "down": "bold white on red",
    "offline": "bold magenta",
}
SEVERITY_STYLES = {"critical": "bold white on red", "high": "bold red", "medium": "yellow", "low": "cyan"}
MOST_STEPS = 4
BOX_WIDTH = 23
"""Nineteen letters of a machine's name. Seven boxes with arrows side by side need 167 columns; fewer make more rows."""


@dataclass(frozen=True)
class Scene:
    """Everything that one frame shows."""

    line: Line
    view: LineView
    health: HealthView
    advisory: Advisory | None
    messages: Sequence[str]
    url: str


def frame(scene: Scene) -> RenderableType:
    """One picture of the line."""
    parts = [_head(scene), flow(scene.line, scene.view), _advisory(scene.advisory)]
    if scene.messages:
        parts.append(
            Panel(Text("\n".join(scene.messages)), title="messages", title_align="left", border_style="grey50")
        )
    parts.append(_counters(scene.health))
    return Group(*parts)


def branches(line: Line) -> list[list[str]]:
    """The flow as rows of machines: each row runs until it meets a machine that is drawn already."""
    drawn: set[str] = set()
    rows: list[list[str]] = []
    for machine in line.machines:
        if machine.id in drawn or line.upstream[machine.id]:
            continue
        rows.append(_row_from(machine.id, line, drawn))
    rows += [[machine.id] for machine in line.machines if machine.id not in drawn]
    return rows


def _row_from(device: str, line: Line, drawn: set[str]) -> list[str]:
    row = [device]
    drawn.add(device)
    while line.downstream[row[-1]]:
        following = line.downstream[row[-1]][0]
        row.append(following)
        if following in drawn:
            break
        drawn.add(following)
    return row


def flow(line: Line, view: LineView) -> RenderableType:
    """The machines as boxes in the order of the material; a join is named where a branch ends in it."""
    machines = {machine.id: machine for machine in view.machines}
    shown: set[str] = set()
    rows = []
    for row in branches(line):
        cells: list[RenderableType] = []
        for device in row:
            if device in shown:
                cells.append(Text(f"\n {device}", style="grey50"))
                continue
            box = _box(machines.get(device), device, line)
            cells.append(_with_arrow(box) if device != row[-1] else box)
            shown.add(device)
        rows.append(Columns(cells, padding=(0, 0)))
    others = [_box(machine, machine.id, line) for machine in view.machines if machine.id not in shown]
    if others:
        rows.append(Columns(others, title="devices that the site file does not name", padding=(0, 0)))
    return Group(*rows) if rows else Text("No device has been heard yet.", style="grey50")


def _with_arrow(box: Panel) -> Table:
    pair = Table.grid()
    pair.add_row(box, Text("\n→", style="grey50"))
    return pair


def _box(machine: MachineView | None, device: str, line: Line) -> Panel:
    stores = device in line.by_id and bool(line.by_id[device].buffer)
    state = machine.state if machine and machine.state else ("buffer" if stores else "unknown")
    alarmed = bool(machine and machine.alarms)
    age = "never" if machine is None or machine.age_seconds is None else f"{machine.age_seconds:.0f} s"
    body = Text(device[: BOX_WIDTH - 4], style="bold" if alarmed else "")
    body.append(f"\n{state}", style=STYLES.get(state, ""))
    body.append(f"  {age}", style="grey50")
    border = "bold red" if alarmed else STYLES.get(state, "grey50").replace(" on red", "").replace("white", "red")
    return Panel(body, width=BOX_WIDTH, border_style=border, subtitle="ALARM" if alarmed else None)


def _head(scene: Scene) -> Text:
    text = Text(f"Lineside  {scene.view.site} / {scene.view.name or scene.view.id}", style="bold")
    text.append(f"   {scene.view.as_of[:19]}Z   {scene.url}", style="grey50")
    for trouble in scene.health.troubles:
        text.append(f"\n{trouble}", style="bold red")
    return text


def _advisory(advisory: Advisory | None) -> Panel:
    if advisory is None:
        return Panel(Text("Nothing to tell: no alarm so far.", style="grey50"), title="advisory", title_align="left")
    text = Text(advisory.headline + "\n", style="bold")
    text.append(advisory.what_happened + "\n", style="not bold")
    for check in advisory.check_first[:2]:
        text.append(f"Check first: {check}\n", style="not bold")
    for step in advisory.steps[:MOST_STEPS]:
        text.append(f"{step.number}. {step.text}  [{step.document}]\n", style="not bold")
    style = SEVERITY_STYLES[advisory.severity]
    text.rstrip()
    return Panel(text, title=f"{advisory.severity}: {advisory.device}", title_align="left", border_style=style)


def _counters(health: HealthView) -> Table:
    names = ("received", "stored", "duplicate", "quarantined")
    table = Table.grid(padding=(0, 3))
    values = [f"{name} {health.counters.get(name, 0):,}" for name in names]
    table.add_row(*values, f"in the inbox {health.inbox_backlog:,}", f"refused {health.refused:,}")
    return table
