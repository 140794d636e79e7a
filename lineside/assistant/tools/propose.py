"""A change of a set point, as a proposal. There is no way from here to a machine: a person approves, code disposes."""

from __future__ import annotations

from collections.abc import Mapping

from lineside.advice.text import clean
from lineside.assistant.attributes import best
from lineside.assistant.found import Found, Proposal
from lineside.assistant.phrases import measured
from lineside.assistant.tools.look import Look, locate
from lineside.control.case import Unusable, converted
from lineside.control.readback import number_in
from lineside.line.twin import CurrentValue
from lineside.site.commands import CommandPoint
from lineside.site.model import Attribute, Machine

TOOL = "propose_command"


def propose_command(look: Look, machine: str, attribute: str, value: float) -> Found:
    """What would change from what to what; refused, with the reason, where the site file's limits do not allow it."""
    located = locate(look, machine, TOOL)
    if isinstance(located, Found):
        return located
    known = [(name, located.label(name)) for name in look.plant.attributes(located.id)]
    meant = best(attribute, known)
    if len(meant) != 1:
        names = look.say.names([look.label(located, name) for name, _ in known])
        why = look.say(
            "value.unknown", machine=clean(located.id, 60), what=clean(attribute, 60), names=names
        )  # fmt: skip
        return _found(look, Proposal(located.id, clean(attribute, 60), None, value, "", why))
    return _found(look, _proposal(look, located, meant[0], value))


def _proposal(look: Look, machine: Machine, attribute: str, value: float) -> Proposal:
    values = _values(look, machine)
    told = values.get(attribute)
    declared = machine.attributes.get(attribute)
    unit = declared.unit if declared and declared.unit else told.unit if told else ""
    label = look.label(machine, attribute)
    if told is not None and isinstance(told.value, str):
        return Proposal(
            machine.id, attribute, None, value, unit, look.say("propose.text", **_words(look, machine, attribute))
        )
    if point := _point(machine, attribute):
        return _of_point(look, machine, point, attribute, value, unit)
    why = _why_not(look, machine, attribute, value, *_limits(declared), unit)
    return Proposal(machine.id, attribute, _number(told, unit, attribute), value, unit, why, label=label)


def _of_point(look: Look, machine: Machine, point: CommandPoint, attribute: str, said: float, unit: str) -> Proposal:
    """A person says "the freezer temperature"; what is set is the set-point that is read back in it, in its unit."""
    values, own = _values(look, machine), machine.unit(point.attribute)
    try:
        value = converted(said, unit or own, own, point.attribute)
    except Unusable as error:
        return Proposal(machine.id, attribute, None, said, unit, f"{error}.")
    now = _number(values.get(point.attribute), own, point.attribute)
    if now is None:
        now = _number(values.get(attribute), own, attribute)
    why = _why_not(look, machine, attribute, value, point.min, point.max, own)
    return Proposal(machine.id, attribute, now, value, own, why, point.attribute, look.label(machine, attribute))


def _point(machine: Machine, attribute: str) -> CommandPoint | None:
    """The one command point that is meant; none where several could be."""
    points = machine.points_for(attribute)
    own = next((point for point in points if point.attribute == attribute), None)
    return own or (points[0] if len(points) == 1 else None)


def _values(look: Look, machine: Machine) -> Mapping[str, CurrentValue]:
    twin = look.plant.twin.device(look.plant.site.site, look.plant.line_id(machine.id), machine.id)
    return twin.values if twin else {}


def _number(told: CurrentValue | None, unit: str, attribute: str) -> float | None:
    return number_in(told, unit, attribute) if told else None


def _limits(declared: Attribute | None) -> tuple[float | None, float | None]:
    """Outside of which an alarm is raised; where none are declared, what is physically possible."""
    if declared is None:
        return None, None
    if declared.low is None and declared.high is None:
        return declared.physical_low, declared.physical_high
    return declared.low, declared.high


def _why_not(
    look: Look, machine: Machine, attribute: str, value: float, low: float | None, high: float | None, unit: str
) -> str:
    say, words = look.say, _words(look, machine, attribute)
    if low is None and high is None:
        return say("propose.undeclared", **words)
    if (low is not None and value < low) or (high is not None and value > high):
        shown = ["-∞" if low is None else measured(low, unit), "∞" if high is None else measured(high, unit)]
        return say("propose.limits", value=measured(value, unit), low=shown[0], high=shown[1], **words)
    return ""


def _words(look: Look, machine: Machine, attribute: str) -> dict[str, str]:
    return {"label": look.label(machine, attribute), "machine": clean(machine.id, 60)}


def _found(look: Look, proposal: Proposal) -> Found:
    say = look.say
    machine = look.plant.machine(proposal.machine)
    label = look.label(machine, proposal.attribute) if machine else proposal.attribute
    if proposal.refused:
        text = say("propose.refused", why=proposal.refused)
    else:
        now = say("word.unknown") if proposal.from_value is None else measured(proposal.from_value, proposal.unit)
        text = say(
            "propose.done", label=label, machine=clean(proposal.machine, 60), now=now,
            value=measured(proposal.to_value, proposal.unit),
        )  # fmt: skip
    topic = "refused" if proposal.refused else "proposal"
    items = (look.item(topic, TOOL, text, machine=proposal.machine, value=proposal.to_value, unit=proposal.unit),)
    return Found(TOOL, text, items, searched=(say("looked.site"),), proposal=proposal)
