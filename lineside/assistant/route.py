"""Which tools answer a question that was understood by rules: the first calls, and what follows from their results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lineside.assistant.shown import Shown
from lineside.assistant.toolbox import Call
from lineside.assistant.understand import Topic, Understood

_FROM_ALARMS: frozenset[Topic] = frozenset(("acknowledged", "lost", "victims", "cause", "since", "next", "alarms"))
_NORMAL = re.compile(r"\b(normal|recommended|nominal|should|according|rated|sollwert|ublich|empfohlen)\b")
MOST_CALLS = 6
MOST_COMPARED = 3


def first_calls(asked: Understood) -> list[Call]:
    """What to look at first, in the order of the topics."""
    calls = [call for topic in asked.topics for call in _calls_of(topic, asked)]
    return _once(calls, ())


def next_calls(asked: Understood, results: Sequence[Shown], done: Sequence[Call]) -> list[Call]:
    """What the results so far make necessary; nothing once the question can be answered."""
    if any(result.choices or _is_unknown_machine(result) for result in results):
        return []
    calls: list[Call] = []
    if "next" in asked.topics:
        calls += _steps(asked, results)
    if "value" in asked.topics:
        calls += _beside_values(asked, results)
    if "cause" in asked.topics and not _alarm(results):
        calls += [Call("line_state", _machine(asked)), *(_manual(asked) if asked.subjects else ())]
    return _once(calls, done)


def _calls_of(topic: Topic, asked: Understood) -> list[Call]:
    if topic in _FROM_ALARMS:
        return _alarm_calls(topic, asked)
    if topic == "value":
        more: dict[str, Any] = {"attribute": asked.attribute} | ({"minutes": asked.minutes} if asked.minutes else {})
        compared = asked.machines[:MOST_COMPARED] if asked.machine in asked.machines and asked.attribute else ()
        machines = [{"machine": machine} for machine in compared] or [_machine(asked)]
        return [Call("telemetry", machine | more) for machine in machines]
    if topic == "propose":
        return _proposal(asked)
    if topic == "flow":
        return [Call("line_state", _machine(asked)) if asked.machine else Call("list_machines")]
    rows = {
        "manual": Call("search_manuals", {"query": asked.text, **({} if asked.unclear else _machine(asked))}),
        "state": Call("line_state", _machine(asked)),
        "machines": Call("list_machines"),
        "advisory": Call("recent_advisories", _machine(asked)),
        "time": Call("current_time"),
    }
    return [rows[topic]] if topic in rows else []


def _alarm_calls(topic: Topic, asked: Understood) -> list[Call]:
    arguments: dict[str, Any] = dict(_machine(asked))
    if asked.minutes:
        arguments["hours"] = max(asked.minutes / 60, 0.1)
    calls = [Call("alarms", arguments)]
    if topic in ("since", "cause") and asked.machine:
        calls.append(Call("line_state", _machine(asked)))
    return calls


def _proposal(asked: Understood) -> list[Call]:
    if asked.value is None or not asked.attribute:
        return []
    return [Call("propose_command", {**_machine(asked), "attribute": asked.attribute, "value": asked.value})]


def _steps(asked: Understood, results: Sequence[Shown]) -> list[Call]:
    """The steps of the trouble that stands; where there is no advisory about it, what the manuals say."""
    alarm = _alarm(results)
    told = next((result for result in results if result.tool == "recent_advisories"), None)
    if told is not None and told.about("step"):
        return []
    if alarm and told is None:
        return [Call("recent_advisories", {"machine": alarm})]
    query = f"{alarm} stop restart" if alarm else asked.text
    return [Call("search_manuals", {"query": query, **({"machine": alarm} if alarm else _machine(asked))})]


def _beside_values(asked: Understood, results: Sequence[Shown]) -> list[Call]:
    """What is not measured, or has no declared limit, may stand in a manual."""
    measured = [result for result in results if result.tool == "telemetry"]
    if not measured:
        return []
    none = all(result.nothing for result in measured)
    limits = [fact for result in measured for fact in result.about("limits")]
    limitless = "limits" in asked.statistics and not any(fact.value is not None for fact in limits)
    return _manual(asked) if none or limitless or _NORMAL.search(asked.text.casefold()) else []


def _manual(asked: Understood) -> list[Call]:
    return [Call("search_manuals", {"query": asked.text, **({} if asked.unclear else _machine(asked))})]


def _machine(asked: Understood) -> dict[str, str]:
    return {"machine": asked.machine} if asked.machine else {}


def _alarm(results: Sequence[Shown]) -> str:
    """The machine of the newest trouble that was found."""
    found = [fact for result in results if result.tool == "alarms" for fact in result.about("alarm")]
    return found[0].machine if found else ""


def _is_unknown_machine(result: Shown) -> bool:
    return bool(result.nothing) and not result.facts and result.tool not in ("search_manuals", "telemetry")


def _once(calls: Sequence[Call], done: Sequence[Call]) -> list[Call]:
    seen = {call.key for call in done}
    new: dict[str, Call] = {}
    for call in calls:
        if call.key not in seen:
            new.setdefault(call.key, call)
    return list(new.values())[: max(0, MOST_CALLS - len(done))]
