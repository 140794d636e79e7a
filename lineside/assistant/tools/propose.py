"""A change of a set point, as a proposal. There is no way from here to a machine: a person approves, code disposes."""

from __future__ import annotations

from lineside.advice.text import clean
from lineside.assistant.attributes import best
from lineside.assistant.found import Found, Proposal
from lineside.assistant.phrases import measured
from lineside.assistant.tools.look import Look, locate
from lineside.site.model import Machine

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
    twin = look.plant.twin.device(look.plant.site.site, look.plant.line_id(machine.id), machine.id)
    told = twin.values.get(attribute) if twin else None
    now = told.value if told else None
    declared = machine.attributes.get(attribute)
    unit = declared.unit if declared and declared.unit else told.unit if told else ""
    number = float(now) if isinstance(now, int | float) and not isinstance(now, bool) else None
    return Proposal(
        machine.id, attribute, number, value, unit, _refused(look, machine, attribute, value, isinstance(now, str))
    )


def _refused(look: Look, machine: Machine, attribute: str, value: float, is_text: bool) -> str:
    say, declared = look.say, machine.attributes.get(attribute)
    words = {"label": look.label(machine, attribute), "machine": clean(machine.id, 60)}
    if is_text:
        return say("propose.text", **words)
    low, high = (declared.low, declared.high) if declared else (None, None)
    if declared and low is None and high is None:
        low, high = declared.physical_low, declared.physical_high
    if declared is None or (low is None and high is None):
        return say("propose.undeclared", **words)
    if (low is not None and value < low) or (high is not None and value > high):
        shown = [
            ("-∞" if low is None else measured(low, declared.unit)),
            ("∞" if high is None else measured(high, declared.unit)),
        ]
        return say("propose.limits", value=measured(value, declared.unit), low=shown[0], high=shown[1], **words)
    return ""


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
