"""Which machines there are, and what feeds what."""

from __future__ import annotations

from lineside.advice.text import clean
from lineside.assistant.found import Found, Item
from lineside.assistant.tools.look import MOST_ITEMS, Look
from lineside.site.model import Line, Machine

TOOL = "list_machines"


def list_machines(look: Look) -> Found:
    """Every line with its machines in the order of the site file, and the flow between them."""
    items: list[Item] = []
    for line in look.lines():
        items.append(look.item("machines", TOOL, _line_sentence(look, line), value=float(len(line.machines))))
        for machine in line.machines:
            items += flow_items(look, line, machine, TOOL)
    summary = " ".join(item.fact.text for item in items if item.topic == "machines")
    searched = (look.say("looked.site"),)
    if not items:
        return Found(TOOL, look.say("line.empty", line=look.plant.site.site), searched=searched)
    return Found(TOOL, summary, tuple(items[:MOST_ITEMS]), searched=searched)


def flow_items(look: Look, line: Line, machine: Machine, tool: str) -> list[Item]:
    """What this machine feeds and what feeds it."""
    say, name = look.say, clean(machine.id, 60)
    feeds = line.downstream.get(machine.id, ())
    feeders = line.upstream.get(machine.id, ())
    down = say("machine.feeds", machine=name, names=say.names(feeds)) if feeds else say("machine.last", machine=name)
    up = say("machine.fed", machine=name, names=say.names(feeders)) if feeders else say("machine.first", machine=name)
    return [
        look.item("feeds", tool, down, machine=machine.id),
        look.item("fed_by", tool, up, machine=machine.id),
    ]


def _line_sentence(look: Look, line: Line) -> str:
    name = clean(line.name or line.id, 60)
    if not line.machines:
        return look.say("line.empty", line=name)
    names = look.say.names([machine.id for machine in line.machines], 20)
    return look.say("line.machines", line=name, count=len(line.machines), names=names)
