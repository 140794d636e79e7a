"""The line as it stands: who runs, who stands, since when and because of whom."""

from __future__ import annotations

from collections import Counter

from lineside.advice.text import clean
from lineside.assistant.found import Found, Item
from lineside.assistant.tools.look import MOST_ITEMS, Look, locate
from lineside.assistant.tools.machines import flow_items
from lineside.line.flow import losses
from lineside.line.states import FLOW_STATES, RUNNING, SECOND_US, STOPPED_BY_OTHERS, Run, StateHistory
from lineside.line.twin import DeviceTwin
from lineside.site.model import Line, Machine

TOOL = "line_state"
_EXPLAINED_US = 1800 * SECOND_US
"""How far back a machine's present standstill is explained by the walk along the flow."""


def line_state(look: Look, machine: str = "") -> Found:
    """The state of one machine, or of every machine of the line."""
    if machine:
        located = locate(look, machine, TOOL)
        if isinstance(located, Found):
            return located
        line = look.plant.line_of(located.id) or Line(id=look.plant.line_id(located.id), machines=(located,))
        items = _of_line(look, line, (located,))
        items += flow_items(look, line, located, TOOL)
        return Found(TOOL, items[0].fact.text, tuple(items), searched=(_looked(look, line),))
    if unheard := look.unheard(TOOL):
        return unheard
    items, searched = [], []
    for line in look.lines():
        items += _of_line(look, line, line.machines)
        searched.append(_looked(look, line))
    counted = [item.fact.text for item in items if item.topic == "count"]
    return Found(TOOL, " ".join(counted), tuple(items[:MOST_ITEMS]), searched=tuple(searched))


def _of_line(look: Look, line: Line, machines: tuple[Machine, ...]) -> list[Item]:
    history = look.history(line)
    twins = {twin.device: twin for twin in look.plant.twin.line(look.plant.site.site, line.id)}
    causes = _causes(look, line, history)
    runs = {machine.id: run_of(machine, twins.get(machine.id), history, look.now_us) for machine in machines}
    items = [
        item
        for machine in machines
        for item in _of_machine(look, machine, twins.get(machine.id), runs[machine.id], causes.get(machine.id, ""))
    ]
    return [*_count(look, runs), *items] if len(machines) > 1 else items


def run_of(machine: Machine, twin: DeviceTwin | None, history: StateHistory, now_us: int) -> Run | None:
    """The state and since when: what the machine said last, unless the newest look at the line knows it longer."""
    known = history.machines.get(machine.id)
    run = known.current if known else None
    told = twin.values.get(machine.state) if twin else None
    said = told.value.strip().casefold() if told and isinstance(told.value, str) else ""
    if told and said and (run is None or (said != run.state and told.as_of_us > history.now_us)):
        return Run(said, told.as_of_us, max(now_us, told.as_of_us))
    return run


def _of_machine(look: Look, machine: Machine, twin: DeviceTwin | None, run: Run | None, cause: str) -> list[Item]:
    say, name = look.say, clean(machine.id, 60)
    items: list[Item] = []
    if run is None:
        key = "state.buffer" if machine.buffer else "state.none" if twin else "state.never"
        items.append(look.item("state", TOOL, say(key, machine=name), machine=machine.id))
    else:
        items.append(_state_item(look, machine, run, cause))
    if twin and twin.seen_us:
        heard = say("state.heard", machine=name, at=say.time(twin.seen_us), ago=say.ago(twin.seen_us))
        items.append(look.item("heard", TOOL, heard, machine=machine.id, observed_us=twin.seen_us))
    return items


def _state_item(look: Look, machine: Machine, run: Run, cause: str) -> Item:
    say = look.say
    words = {
        "machine": clean(machine.id, 60),
        "state": say.word("word", run.state),
        "at": say.time(run.start_us),
        "long": say.ago(run.start_us),
    }
    held = bool(cause) and run.state in STOPPED_BY_OTHERS
    text = say("state.held", cause=clean(cause, 60), **words) if held else say("state.is", **words)
    seconds = round((look.now_us - run.start_us) / 1e6, 1)
    topic = "state" if run.state == RUNNING else "waiting" if held else "standing"
    return look.item(
        topic, TOOL, text, machine=machine.id, value=seconds, unit="SEC", observed_us=run.start_us
    )  # fmt: skip


def _causes(look: Look, line: Line, history: StateHistory) -> dict[str, str]:
    """Machine -> who holds it up now: by the open alarms, else by a walk along the flow."""
    walked = losses(line, history, (), max(0, look.now_us - _EXPLAINED_US), look.now_us) if history.machines else []
    causes = {loss.device: loss.fault.device for loss in sorted(walked, key=lambda loss: loss.end_us)}
    for alarm in look.plant.alarms.open_alarms(look.plant.site.site, line.id):
        if alarm.active:
            causes |= {victim.device: alarm.cause for victim in alarm.victims}
    return causes


def _count(look: Look, runs: dict[str, Run | None]) -> list[Item]:
    say = look.say
    states = {device: run.state for device, run in runs.items() if run}
    if not states:
        return []
    counted = Counter(states.values())
    rest = [
        f"{say.word('word', state)}: {say.names([device for device in states if states[device] == state])}"
        for state in sorted(counted, key=lambda state: (state not in FLOW_STATES, state))
        if state != RUNNING
    ]
    text = say("state.count", count=len(states), running=counted[RUNNING], rest="".join(f"; {each}" for each in rest))
    return [look.item("count", TOOL, text, value=float(counted[RUNNING]))]


def _looked(look: Look, line: Line) -> str:
    return look.say("looked.states", line=clean(line.name or line.id, 60))
