"""The tools as rows: what a model is told of them, and how a call of one is checked and made.

A call comes from a model, so its arguments are data like any other: an unknown tool or argument is refused with a
sentence that says what is known, and nothing is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from lineside.advice.text import clean
from lineside.assistant.found import Found
from lineside.assistant.tools.advisories import recent_advisories
from lineside.assistant.tools.alarms import alarms
from lineside.assistant.tools.clock import current_time
from lineside.assistant.tools.look import Look
from lineside.assistant.tools.machines import list_machines
from lineside.assistant.tools.manuals import search_manuals
from lineside.assistant.tools.propose import propose_command
from lineside.assistant.tools.states import line_state
from lineside.assistant.tools.telemetry import telemetry
from lineside.errors import Refused

LONGEST_ARGUMENT = 400

ArgumentType = Literal["string", "number", "boolean"]


@dataclass(frozen=True)
class Argument:
    name: str
    type: ArgumentType
    description: str
    required: bool = False


@dataclass(frozen=True)
class Tool:
    """One tool: its name, what a person reads while it runs, what a model is told, and the function."""

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    function: Callable[..., Found]

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments; kept small, because small models choose better among little."""
        return {
            "type": "object",
            "properties": {each.name: {"type": each.type, "description": each.description} for each in self.arguments},
            "required": [each.name for each in self.arguments if each.required],
        }


class Call(msgspec.Struct, frozen=True):
    """A tool and its arguments, as a model or the rules chose them."""

    tool: str
    arguments: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """The same for the same call, however its arguments are ordered or written."""
        said = sorted(
            (name, str(value).casefold()) for name, value in self.arguments.items() if value not in ("", None)
        )
        return f"{self.tool} {msgspec.json.encode(said).decode()}"


_MACHINE = Argument("machine", "string", "The machine, in the person's own words; leave it out for the whole line.")

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "list_machines", "Listing the machines",
            "Which machines the line has, and which machine feeds which.", (), list_machines,
        ),
        Tool(
            "line_state", "Looking at the line",
            "What machines do now: running, down, blocked or starved, since when, because of whom, what feeds them.",
            (_MACHINE,), line_state,
        ),
        Tool(
            "alarms", "Reading the alarms",
            "Why something stopped: open and recent alarms with the cause, the machines it held up, minutes lost,"
            " since when, and who acknowledged or shelved it. Give the machine that stopped, cause or victim.",
            (
                _MACHINE,
                Argument("hours", "number", "How many hours to look back; 24 if left out."),
                Argument("only_open", "boolean", "True for open alarms only."),
            ),
            alarms,
        ),
        Tool(
            "telemetry", "Reading the values",
            "Measured values of one machine: newest value with its age, lowest, highest, mean, trend, and its limits.",
            (
                Argument("machine", "string", "The machine, in the person's own words."),
                Argument("attribute", "string", "Which value, such as temperature; leave it out for all."),
                Argument("minutes", "number", "How many minutes to look back; 60 if left out."),
            ),
            telemetry,
        ),
        Tool(
            "search_manuals", "Searching the manuals",
            "What manuals and procedures say: steps, codes, limits, maintenance. Use the person's words and codes.",
            (
                Argument("query", "string", "What to look for.", required=True),
                Argument("machine", "string", "Only documents about this machine."),
            ),
            search_manuals,
        ),
        Tool(
            "recent_advisories", "Reading the advisories",
            "The newest advisories: what people were told about an alarm, with the steps of its procedure.",
            (_MACHINE, Argument("count", "number", "How many; 1 if left out.")), recent_advisories,
        ),
        Tool(
            "propose_command", "Writing a proposal",
            "Write down a proposed change of one value of one machine, for a person to approve. Nothing is sent."
            " Only when the person asks for a change and says the number.",
            (
                Argument("machine", "string", "The machine.", required=True),
                Argument("attribute", "string", "Which value.", required=True),
                Argument("value", "number", "The number it should become.", required=True),
            ),
            propose_command,
        ),
        Tool("current_time", "Looking at the clock", "The date and time at the plant.", (), current_time),
    )
}  # fmt: skip


def run(look: Look, call: Call) -> Found:
    """Make a call. One that is wrong in itself gives a result that is not ok and says what would be right."""
    try:
        tool, arguments = checked(call)
    except Refused as refused:
        return Found(call.tool, str(refused), ok=False)
    return tool.function(look, **arguments)


def checked(call: Call) -> tuple[Tool, dict[str, Any]]:
    """The tool and its arguments in their types. Raises `Refused` with a sentence for whoever called."""
    tool = TOOLS.get(call.tool)
    if tool is None:
        raise Refused(f"there is no tool {clean(call.tool, 40)!r}; the tools are {', '.join(TOOLS)}")
    known = {argument.name: argument for argument in tool.arguments}
    unknown = [name for name in call.arguments if name not in known]
    if unknown:
        takes = ", ".join(known) or "no arguments"
        raise Refused(f"{tool.name} does not take {clean(', '.join(unknown), 80)}; it takes {takes}")
    given = {name: value for name, value in call.arguments.items() if value is not None and value != ""}
    missing = [name for name, argument in known.items() if argument.required and name not in given]
    if missing:
        raise Refused(f"{tool.name} needs {', '.join(missing)}")
    return tool, {name: _typed(tool.name, known[name], value) for name, value in given.items()}


def _typed(tool: str, argument: Argument, value: object) -> object:
    if argument.type == "string":
        if not isinstance(value, str | int | float):
            raise Refused(f"{tool}: {argument.name} must be text")
        return clean(str(value), LONGEST_ARGUMENT)
    if argument.type == "boolean":
        return value is True or str(value).strip().casefold() in {"true", "yes", "1"}
    return _number(tool, argument, value)


def _number(tool: str, argument: Argument, value: object) -> float | int:
    try:
        number = float(str(value).replace(",", ".")) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Refused(f"{tool}: {argument.name} must be a number, not {clean(str(value), 30)!r}")
    return int(number) if argument.name == "count" else number


def title_of(call: Call) -> str:
    """What a person reads while the tool runs: `Reading the values: Freezer Tunnel, temperature`."""
    tool = TOOLS.get(call.tool)
    title = tool.title if tool else clean(call.tool, 40)
    words = [clean(str(value), 60) for value in call.arguments.values() if isinstance(value, str) and value]
    return f"{title}: {', '.join(words)}" if words else title
