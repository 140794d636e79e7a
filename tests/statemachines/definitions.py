"""What can be said of a state machine's definition without running it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonata

import lineside.errors
from app import ROOT
from lineside.errors import LinesideError

FILES = sorted((ROOT / "statemachines").glob("*.asl.json"))
OURS = {
    name for name, each in vars(lineside.errors).items() if isinstance(each, type) and issubclass(each, LinesideError)
}
JSONPATH_FIELDS = {"Parameters", "InputPath", "OutputPath", "ResultPath", "ResultSelector", "ItemsPath"}


class Scope(NamedTuple):
    """States that can go to one another: a whole definition, the items of a Map, or a branch of a Parallel."""

    where: str
    start: str
    states: dict[str, dict[str, Any]]


def read(path: Path) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return definition


def scopes(definition: dict[str, Any], where: str = "the machine") -> Iterator[Scope]:
    yield Scope(where, definition["StartAt"], definition["States"])
    for name, state in definition["States"].items():
        inner = [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", [])
        for each in inner:
            yield from scopes(each, name)


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for scope in scopes(definition):
        yield from scope.states.items()


def ways(state: dict[str, Any]) -> set[str]:
    """The states that this one may go to."""
    rules = [*state.get("Choices", []), *state.get("Catch", [])]
    return {*(rule["Next"] for rule in rules), *(state[key] for key in ("Next", "Default") if key in state)}


def mistakes(definition: dict[str, Any]) -> Iterator[str]:
    """Everything that Step Functions would refuse, or never reach."""
    for scope in scopes(definition):
        yield from _dangling(scope)
        yield from _unreached(scope)
        for name, state in scope.states.items():
            yield from (f"{name}: {each}" for each in _unended(state))
            yield from (f"{name}: {each} is JSONPath" for each in JSONPATH_FIELDS & state.keys())
    yield from (f"{text}: {why}" for text in expressions(definition) if (why := _does_not_compile(text)))


def errors_named(definition: dict[str, Any]) -> set[str]:
    """Every name in an `ErrorEquals`."""
    rules = [rule for _, state in states(definition) for key in ("Retry", "Catch") for rule in state.get(key, [])]
    return {name for rule in rules for name in rule["ErrorEquals"]}


def is_known(error: str) -> bool:
    """A class of ours, or one that AWS names: `States.Timeout`, `Bedrock.ThrottlingException`."""
    return error in OURS or bool(re.fullmatch(r"[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*", error))


def expressions(value: Any) -> Iterator[str]:
    """Every JSONata expression in a definition."""
    if isinstance(value, dict):
        for each in value.values():
            yield from expressions(each)
    elif isinstance(value, list):
        for each in value:
            yield from expressions(each)
    elif isinstance(value, str) and value.startswith("{%"):
        yield value.removeprefix("{%").removesuffix("%}")


def _dangling(scope: Scope) -> Iterator[str]:
    if scope.start not in scope.states:
        yield f"{scope.where} starts at {scope.start}, which is no state"
    for name, state in scope.states.items():
        yield from (
            f"{name} goes to {each}, which is no state of {scope.where}" for each in ways(state) - scope.states.keys()
        )


def _unreached(scope: Scope) -> Iterator[str]:
    reached, ahead = set(), {scope.start}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= ways(scope.states.get(name, {})) - reached
    yield from (f"nothing goes to {name}" for name in scope.states.keys() - reached)


def _unended(state: dict[str, Any]) -> Iterator[str]:
    kind = state["Type"]
    last = kind in {"Succeed", "Fail"}
    goes_on = "Next" in state or state.get("End") is True
    if kind == "Choice" and "Default" not in state:
        yield "a choice without a default fails where none of its conditions holds"
    if not last and kind != "Choice" and not goes_on:
        yield "neither goes on nor ends"


def _does_not_compile(expression: str) -> str:
    try:
        # A substitution in an expression is a number by the time it is read.
        jsonata.Jsonata(re.sub(r"\$\{\w+\}", "1", expression))
    except jsonata.JException as error:
        return str(error)
    return ""
