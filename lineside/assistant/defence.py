"""What small models print instead of calling: tool calls as text, and JSON that is nearly JSON.

A call that is printed is read, checked like any other, and run or refused. What also stands in the data that the
model was shown is no call of the model's: it repeats what a document or a person wrote.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lineside.assistant.toolbox import TOOLS, Call

LONGEST = 20_000
MOST_PRINTED = 8
_LEAST_REPEATED = 12

_TAGGED = re.compile(r"<(tool_call|function_call|tool|function)(?:=([\w.]+))?>(.*?)(?:</\1>|\Z)", re.DOTALL)
_FENCED = re.compile(r"```(?:json|tool_code|tool|python)?\s*\n?(.*?)(?:```|\Z)", re.DOTALL)
_MARKED = re.compile(r"(?:\[TOOL_CALLS\]|<\|python_tag\|>|<\|tool_call\|>|\[TOOL_REQUEST\])\s*(.+)", re.DOTALL)
_CALLED = re.compile(
    r"(?<![\w.])(?:functions\.|tools\.|default_api\.)?([a-z_]+)\s*\((.*?)\)\s*;?\s*(?=$|\n|\]|,)", re.DOTALL
)
_NAME_KEYS = ("name", "tool", "tool_name", "function", "action", "recipient_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "tool_input", "action_input", "params")


@dataclass(frozen=True)
class Printed:
    """A call found in text. `text` is what the model printed for it."""

    call: Call
    text: str


def printed_calls(text: str, data: Iterable[str] = ()) -> list[Call]:
    """The tool calls that a model printed, in order. `data` is what it was shown: what stands there is not its own."""
    bounded = text[:LONGEST]
    found = [one for one in _found(bounded) if not _is_repeated(one, data)]
    calls: dict[str, Call] = {}
    for one in found:
        calls.setdefault(one.call.key, one.call)
    return list(calls.values())[:MOST_PRINTED]


def repaired(text: str) -> dict[str, Any] | None:
    """The JSON object that a text was meant to be; None where that cannot be told.

    Trailing commas, single quotes, Python's True and None, comments, and brackets that were never closed are mended.
    """
    for attempt in _attempts(text.strip()[:LONGEST]):
        for read in (json.loads, ast.literal_eval):
            try:
                value = read(attempt)
            except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
                continue
            if isinstance(value, dict) and all(isinstance(key, str) for key in value):
                return value
    return None


def _attempts(text: str) -> Iterator[str]:
    """The text, and the text mended a little more each time."""
    yield text or "{}"
    start = text.find("{")
    if start < 0:
        return
    inner = re.sub(r"//[^\n\"]*$", "", text[start:], flags=re.MULTILINE)
    yield inner
    closed = _closed(inner)
    without_commas = re.sub(r",\s*([}\]])", r"\1", closed)
    yield without_commas
    worded = re.sub(
        r"\b(true|false|null)\b",
        lambda word: {"true": "True", "false": "False", "null": "None"}[word[1]],
        without_commas,
    )
    yield worded
    yield re.sub(r"([{,]\s*)([A-Za-z_]\w*)\s*:", r'\1"\2":', without_commas)


def _closed(text: str) -> str:
    """The text up to the end of its first object; brackets and a quotation that are still open are closed."""
    waiting: list[str] = []
    quote = ""
    skip = False
    for at, character in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "{[":
            waiting.append("}" if character == "{" else "]")
        elif character in "}]" and waiting:
            waiting.pop()
            if not waiting:
                return text[: at + 1]
    return text.rstrip().rstrip(",") + quote + "".join(reversed(waiting))


def _found(text: str) -> Iterator[Printed]:
    """Calls in every form that is known, the most explicit form first; the first form that is used is the one."""
    for find in (_tagged, _marked, _fenced, _bare, _called):
        found = list(find(text))
        if found:
            yield from found
            return


def _tagged(text: str) -> Iterator[Printed]:
    for tag in _TAGGED.finditer(text):
        name, body = tag[2] or "", tag[3].strip()
        yield from _of_object(body, tag[0], name) if name or "{" in body else _called(body)


def _marked(text: str) -> Iterator[Printed]:
    marked = _MARKED.search(text)
    if marked:
        body = marked[1].strip()
        named = re.match(r"([a-z_]+)\s*(?:\[ARGS\])?\s*(\{.*)", body, re.DOTALL)
        if named and named[1] in TOOLS:
            yield from _of_object(named[2], marked[0], named[1])
        else:
            yield from _of_json(body) or _called(body)


def _fenced(text: str) -> Iterator[Printed]:
    for fence in _FENCED.finditer(text):
        body = fence[1].strip()
        yield from _of_json(body) if body.startswith(("{", "[")) else _called(body)


def _bare(text: str) -> Iterator[Printed]:
    """JSON that is the whole message, or stands on lines of its own."""
    for start in re.finditer(r"(?m)^\s*[\[{]", text):
        found = _of_json(text[start.start() :].strip())
        if found:
            yield from found
            return


def _called(text: str) -> Iterator[Printed]:
    """`search_manuals("x")`, as a line of its own. Only of known tools: prose has brackets too."""
    for line in text.splitlines():
        stripped = line.strip().strip("`").removeprefix("[").removesuffix("]")
        for call in _CALLED.finditer(stripped):
            if call[1] in TOOLS and stripped.startswith((call[1], "functions.", "tools.", "default_api.", "print(")):
                arguments = _python_arguments(call[1], call[2])
                if arguments is not None:
                    yield Printed(Call(call[1], arguments), call[0])


def _of_json(text: str) -> list[Printed]:
    """One object or a list of them."""
    if not text.startswith("["):
        return list(_of_object(text, text, ""))
    objects = re.split(r"(?<=\})\s*,\s*(?=\{)", text.strip("[] \n"))
    return [printed for each in objects for printed in _of_object(each, each, "")]


def _of_object(body: str, whole: str, name: str) -> Iterator[Printed]:
    value = repaired(body) if body else {}
    if value is None:
        return
    said = name or _text_under(value, _NAME_KEYS)
    if not said:
        return
    short = said.rsplit(".", 1)[-1]
    arguments = value if name and not _has_arguments(value) else _arguments(value)
    # A name that is none of the tools is refused by name, so that the model hears what there is.
    yield Printed(Call(short, arguments), _closed(whole) if whole.startswith("{") else whole)


def _text_under(value: dict[str, Any], keys: Collection[str]) -> str:
    for key in keys:
        under = value.get(key)
        if isinstance(under, str) and re.fullmatch(r"[\w.]{1,64}", under):
            return under
        if isinstance(under, dict) and isinstance(under.get("name"), str):
            return str(under["name"])
    return ""


def _has_arguments(value: dict[str, Any]) -> bool:
    return any(key in value for key in _ARGUMENT_KEYS)


def _arguments(value: dict[str, Any]) -> dict[str, Any]:
    nested = value.get("function")
    holder = nested if isinstance(nested, dict) else value
    for key in _ARGUMENT_KEYS:
        under = holder.get(key)
        if isinstance(under, dict):
            return under
        if isinstance(under, str):
            return repaired(under) or {}
    return {}


def _python_arguments(tool: str, text: str) -> dict[str, Any] | None:
    """The arguments of a Python-like call; positional ones take the tool's names in order."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(call, ast.Call):
            return None
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
        names = [argument.name for argument in TOOLS[tool].arguments]
        placed = dict(zip(names, (ast.literal_eval(value) for value in call.args), strict=False))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return {**placed, **named}


def _is_repeated(printed: Printed, data: Iterable[str]) -> bool:
    said = _plain(printed.text)
    return len(said) >= _LEAST_REPEATED and any(said in _plain(text) for text in data)


def _plain(text: str) -> str:
    return re.sub(r"[\s\"'`\\]+", "", text)
