"""The query language of NGSI-LD (ETSI GS CIM 009, 4.9), as far as it asks for values: `q=Temperature>-18;feeds`.

    query      = and *("|" and)            and = term *(";" term)          term = "(" query ")" / comparison
    comparison = path [operator value]     path = name *("." name) ["[" name *("." name) "]"]
    operator   = == != < <= > >= ~= !~=    value = one *("," one) / one ".." one
    one        = number / true / false / "text" / date and time / URI

A path alone asks whether it exists. Nothing of a query is ever run: it is read into terms, and these are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lineside.errors import Malformed
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse as parse_instant

MOST_CHARACTERS: Final = 2_000
MOST_TERMS: Final = 64
MOST_DEPTH: Final = 16
MOST_VALUES: Final = 64
LONGEST_PATTERN: Final = 128
MOST_REPEATS: Final = 2
MOST_OPTIONS: Final = 8
LONGEST_MATCHED: Final = 512

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_OPERATOR: Final = re.compile(r"==|!=|!~=|~=|<=|>=|<|>")
_NUMBER: Final = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE: Final = re.compile(r"[^\s;|()<>=~!,\"\[\]]+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")

Plain = float | bool | str


@dataclass(frozen=True)
class Path:
    """`attribute`, the names of sub-attributes below it, and the keys inside its value."""

    attribute: str
    below: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exists:
    path: Path


@dataclass(frozen=True)
class Compare:
    """`values` are alternatives; with `is_range` the lowest and the highest, both included."""

    path: Path
    operator: str
    values: tuple[Plain, ...]
    is_range: bool = False
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True)
class All:
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Either:
    terms: tuple[Term, ...]


Term = Exists | Compare | All | Either


def parse(text: str) -> Term:
    """A query as terms. Raises `Malformed` with where it cannot be read."""
    if len(text) > MOST_CHARACTERS:
        raise Malformed(f"q has {len(text):,} characters; {MOST_CHARACTERS:,} are allowed")
    return _Parser(text).read()


def matches(term: Term, entity: Mapping[str, Any]) -> bool:
    """Whether a normalized entity satisfies the query. What is not there satisfies no comparison."""
    if isinstance(term, All):
        return all(matches(one, entity) for one in term.terms)
    if isinstance(term, Either):
        return any(matches(one, entity) for one in term.terms)
    targets = list(_targets(term.path, entity))
    if isinstance(term, Exists):
        return bool(targets)
    if term.operator in ("!=", "!~="):
        return bool(targets) and not any(_is_equal(term, target) for target in targets)
    return any(_holds(term, target) for target in targets)


def safe_pattern(text: str, name: str) -> re.Pattern[str]:
    """A regular expression that cannot take long on a short text; `Malformed` for any other.

    No group may be repeated, and nothing may look around, look back or repeat without end more than twice.
    """
    if len(text) > LONGEST_PATTERN:
        raise Malformed(f"{name} has {len(text)} characters; a pattern has {LONGEST_PATTERN} at most")
    plain = re.sub(r"\\[^1-9k]", "c", text)
    bare = re.sub(r"\[[^\]]*\]", "c", plain)
    if re.search(r"\[[^\]]*(?:\[|--|&&|~~|\|\|)", plain):
        raise Malformed(f"{name}: the pattern {text!r} has a set within a set, which is not allowed here")
    refusals = (
        (r"\\", "refers back to a group"),
        (r"\(\?", "has a group with a question mark"),
        (r"\)\s*[*+?{]", "repeats a group"),
        (r"\{", "counts repetitions"),
        (r"[*+?][*+?]", "repeats a repetition"),
    )
    for found, why in refusals:
        if re.search(found, bare):
            raise Malformed(f"{name}: the pattern {text!r} {why}, which is not allowed here")
    if len(re.findall(r"[*+]", bare)) > MOST_REPEATS or bare.count("?") > MOST_OPTIONS:
        raise Malformed(f"{name}: the pattern {text!r} repeats more than {MOST_REPEATS} times without end")
    try:
        return re.compile(text)
    except re.error as error:
        raise Malformed(f"{name}: {text!r} is no regular expression: {error}") from error


# --- reading ----------------------------------------------------------------------------------------------------------


class _Parser:
    """One pass from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._terms = 0

    def read(self) -> Term:
        term = self._either(0)
        if self._at < len(self._text):
            raise self._wrong("there is something left over")
        return term

    def _either(self, depth: int) -> Term:
        terms = [self._both(depth)]
        while self._takes("|"):
            terms.append(self._both(depth))
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def _both(self, depth: int) -> Term:
        terms = [self._term(depth)]
        while self._takes(";"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def _term(self, depth: int) -> Term:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise Malformed(f"q has more than {MOST_TERMS} terms")
        if not self._takes("("):
            return self._comparison()
        if depth >= MOST_DEPTH:
            raise Malformed(f"q has parentheses more than {MOST_DEPTH} deep")
        term = self._either(depth + 1)
        if not self._takes(")"):
            raise self._wrong("a parenthesis is not closed")
        return term

    def _comparison(self) -> Term:
        path = self._path()
        operator = self._matching(_OPERATOR)
        if operator is None:
            return Exists(path)
        if operator in ("~=", "!~="):
            text = self._one()
            if not isinstance(text, str):
                raise self._wrong("a pattern must be text")
            return Compare(path, operator, (), pattern=safe_pattern(text, "q"))
        values, is_range = self._values()
        if operator not in ("==", "!=") and (is_range or len(values) > 1):
            raise self._wrong("lists and ranges go with == and != only")
        return Compare(path, operator, values, is_range)

    def _path(self) -> Path:
        names = [self._name()]
        while self._takes("."):
            names.append(self._name())
        inside: list[str] = []
        if self._takes("["):
            inside.append(self._name())
            while self._takes("."):
                inside.append(self._name())
            if not self._takes("]"):
                raise self._wrong("a bracket is not closed")
        return Path(names[0], tuple(names[1:]), tuple(inside))

    def _name(self) -> str:
        name = self._matching(_NAME)
        if name is None:
            raise self._wrong("there should be the name of an attribute")
        return name

    def _values(self) -> tuple[tuple[Plain, ...], bool]:
        values = [self._one()]
        if self._text.startswith("..", self._at):
            self._at += 2
            return (values[0], self._one()), True
        while self._takes(","):
            values.append(self._one())
            if len(values) > MOST_VALUES:
                raise Malformed(f"q compares with more than {MOST_VALUES} values at once")
        return tuple(values), False

    def _one(self) -> Plain:
        quoted = _QUOTED.match(self._text, self._at)
        if quoted:
            self._at = quoted.end()
            return re.sub(r"\\(.)", r"\1", quoted.group(1), flags=re.DOTALL)
        bare = self._matching(_BARE)
        if bare is None:
            raise self._wrong("there should be a value")
        # `1..5` is one word so far; the range goes on behind it.
        before, dots, _ = bare.partition("..")
        if dots:
            self._at -= len(bare) - len(before)
            bare = before
        return self._bare(bare)

    def _bare(self, word: str) -> Plain:
        if word in ("true", "false"):
            return word == "true"
        if _NUMBER.fullmatch(word):
            return float(word)
        if ":" in word or _DATE.fullmatch(word):
            return word
        raise self._wrong(f"text stands in double quotes: {word[:40]!r}")

    def _takes(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += 1
        return True

    def _matching(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found.group()

    def _wrong(self, why: str) -> Malformed:
        return Malformed(f"q cannot be read at character {self._at + 1}: {why}")


# --- comparing --------------------------------------------------------------------------------------------------------


def _targets(path: Path, entity: Mapping[str, Any]) -> Iterator[Any]:
    """What a path leads to: a value of each instance of the attribute."""
    if path.attribute in ("id", "type", "@context"):
        return
    for instance in _instances(entity.get(path.attribute)):
        for target in _below(instance, path.below):
            value = target
            for key in path.inside:
                value = value.get(key) if isinstance(value, Mapping) else None
            if value is not None:
                yield from value if isinstance(value, list) else (value,)


def _below(instance: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """The value of an instance, or of the sub-attribute that the names lead to."""
    if not isinstance(instance, Mapping):
        if not names:
            yield instance
        return
    if names:
        for child in _instances(instance.get(names[0])):
            yield from _below(child, names[1:])
        return
    for member in ("value", "object"):
        if member in instance:
            yield _plain(instance[member])
            return


def _instances(member: Any) -> list[Any]:
    if member is None:
        return []
    return member if isinstance(member, list) else [member]


def _plain(value: Any) -> Any:
    """A typed value (`{"@type": "DateTime", "@value": ...}`) is its value."""
    return value["@value"] if isinstance(value, Mapping) and "@value" in value else value


def _is_equal(term: Compare, target: Any) -> bool:
    if term.pattern is not None:
        return isinstance(target, str) and term.pattern.search(target[:LONGEST_MATCHED]) is not None
    if term.is_range:
        low, high = (_order(target, value) for value in term.values)
        return low is not None and high is not None and low >= 0 >= high
    return any(_order(target, value) == 0 for value in term.values)


def _holds(term: Compare, target: Any) -> bool:
    if term.operator in ("==", "~="):
        return _is_equal(term, target)
    order = _order(target, term.values[0])
    if order is None or isinstance(target, bool):
        return False
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[term.operator]


def _order(target: Any, value: Plain) -> int | None:
    """-1, 0 or 1 as the target is less than, equal to or greater than the value; None where they are not alike."""
    if isinstance(target, bool) or isinstance(value, bool):
        return _sign(target, value) if type(target) is type(value) else None
    if isinstance(target, int | float) and isinstance(value, float):
        return _sign(target, value)
    if not (isinstance(target, str) and isinstance(value, str)):
        return None
    instants = _instant(target), _instant(value)
    if instants[0] is not None and instants[1] is not None:
        return _sign(instants[0], instants[1])
    return _sign(target, value)


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def _instant(text: str) -> int | None:
    if not _DATE.match(text):
        return None
    try:
        return parse_instant(f"{text}T00:00:00Z" if len(text) == len("2025-03-03") else text)
    except Rejection:
        return None
