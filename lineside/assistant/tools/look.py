"""What every tool is given: the plant, the time of asking, and the words of one language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lineside.advice.text import clean
from lineside.answering.evidence import Fact
from lineside.answering.orders import gives_orders, without_orders
from lineside.assistant.found import Found, Item
from lineside.assistant.phrases import Say
from lineside.assistant.plant import Plant
from lineside.detection.memory import LineMemory
from lineside.line.states import StateHistory
from lineside.site.model import Line, Machine

MOST_ITEMS = 60
"""A small model's context is small; what is beyond this is counted in the summary and left out."""


_WITHHELD = "..."
_PRINTED_CALL = re.compile(
    r"</?\|?(?:tool_call|function_call|tool_response|python_tag)|\[/?(?:TOOL_CALLS|TOOL_RESULTS|INST)\]"
    r"|\b(?:propose_command|search_manuals|recent_advisories|list_machines|line_state|current_time)\b",
    re.IGNORECASE,
)


def quoted(text: str, longest: int) -> str:
    """Words that other people wrote, on one line; "" where they speak to an assistant instead of a person."""
    return "" if speaks_to_an_assistant(text) else clean(text, longest)


def speaks_to_an_assistant(text: str) -> bool:
    """Whether a text gives orders to an assistant, or is written like a call of one of its tools."""
    return gives_orders(text) or _PRINTED_CALL.search(text) is not None


@dataclass(frozen=True)
class Look:
    """One turn's view of the plant. `line` is what the person is looking at, or ""."""

    plant: Plant
    now_us: int
    say: Say
    line: str = ""

    def item(
        self, topic: str, tool: str, text: str, *, machine: str = "", value: float | None = None, unit: str = "",
        observed_us: int = 0,
    ) -> Item:  # fmt: skip
        """One fact. Sentences in it that address an assistant are left out, whoever wrote them into the plant."""
        return Item(topic, Fact(without_orders(text) or _WITHHELD, tool, value, unit, observed_us), machine)

    def lines(self) -> tuple[Line, ...]:
        return self.plant.lines_seen(self.line)

    def unheard(self, tool: str) -> Found | None:
        """That nothing is known, where no machine of these lines has ever been heard and no alarm was ever raised."""
        site = self.plant.site.site
        if any(self.plant.twin.line(site, line.id) for line in self.lines()):
            return None
        if any(self.plant.alarms.history(site, line.id, 0, self.now_us + 1) for line in self.lines()):
            return None
        text = self.say("line.unheard")
        return Found(
            tool,
            text,
            nothing=text,
            searched=tuple(self.say("looked.states", line=line.name or line.id) for line in self.lines()),
        )

    def history(self, line: Line) -> StateHistory:
        """Who was in which state, as the newest look at the line left it."""
        return LineMemory.decode(self.plant.memory.load(self.plant.site.site, line.id)).history

    def label(self, machine: Machine, attribute: str) -> str:
        """What people call an attribute of this machine."""
        return clean(machine.label(attribute), 60)


def locate(look: Look, said: str, tool: str) -> Machine | Found:
    """The machine that `said` names. Where it is not clear, nothing is guessed: the near names come back."""
    meant = look.plant.names.resolve(said)
    machine = look.plant.machine(meant.machine) if meant.machine else None
    return machine or which(look, said, meant.choices, tool)


def which(look: Look, said: str, choices: tuple[str, ...], tool: str) -> Found:
    """ "Which one do you mean?" where several fit; "there is no such machine" where none does."""
    say, shown = look.say, clean(said, 60)
    fits = len(choices) > 1 and look.plant.names.may_mean_several(said)
    if fits:
        text = say("name.which", said=shown, names=say.choices(choices))
    else:
        known = look.plant.names.machines
        near = say("name.known", names=say.names(known, 20))
        near = say("name.near", names=say.choices(choices)) if choices else near
        text = say("name.unknown", said=shown, near=near)
    return Found(tool, text, choices=choices, nothing=text, searched=(say("looked.site"),))
