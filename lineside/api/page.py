"""A page without scripts until the console is there: every machine, its state, and how old that is."""

from __future__ import annotations

from html import escape

from lineside.api.models import LineView, MachineView

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Lineside: {site}</title>
<style>body{{font:16px system-ui;margin:2rem}}td,th{{padding:.2rem 1rem .2rem 0;text-align:left}}</style>
<h1>{site}</h1>{lines}<p>The console comes later; <a href="/alarms">alarms</a>, <a href="/advisories">advisories</a>
and <a href="/health">health</a> are here.</p></html>"""


def page(site: str, views: list[LineView]) -> str:
    lines = "".join(_line(view) for view in views) or "<p>No device has been heard yet.</p>"
    return _PAGE.format(site=escape(site), lines=lines)


def _line(view: LineView) -> str:
    rows = "".join(_row(machine) for machine in view.machines)
    head = "<tr><th>Machine</th><th>State</th><th>Heard</th><th>Alarms</th></tr>"
    return f"<h2>{escape(view.name or view.id)}</h2><table>{head}{rows}</table>"


def _row(machine: MachineView) -> str:
    heard = "never" if machine.age_seconds is None else f"{machine.age_seconds:.0f} s ago"
    cells = (machine.id, machine.state or "unknown", heard, str(len(machine.alarms) or ""))
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
