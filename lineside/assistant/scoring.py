"""Whether an answer is right: what it must say, what it must not, and nothing that no record shows.

The questions are a file that a person wrote (`samples/questions.yaml`). What depends on a run (times, minutes lost,
values) stands there as a reference, and whoever scores brings the references and a record of the plant; both come from
the plant's own stores or from a simulator's truth, never from the assistant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lineside.answering.claims import Clock, Number, Quantity, claims
from lineside.answering.evidence import Evidence
from lineside.answering.names import Names
from lineside.answering.numbers import Grounds
from lineside.answering.spoken import plain
from lineside.assistant.events import Turn
from lineside.errors import Misconfigured
from lineside.site.model import Site
from lineside.units import Unit, resolve

DAY_SECONDS = 86_400
Reference = float | str | tuple[str, ...]
References = Mapping[str, Reference]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class AboutTime(_Row):
    """A time of day that must be said: `ref` in seconds since 1970, give or take `within` seconds."""

    ref: str
    within: Annotated[float, Field(ge=0)] = 30


class AboutNumber(_Row):
    """A number that must be said, in any unit of its quantity: `value` or what `ref` refers to, in `unit`."""

    value: float | None = None
    ref: str = ""
    unit: str = ""
    within: Annotated[float, Field(ge=0)] = 0.0


class Requirement(_Row):
    """What an answer must hold; every field that is given counts. `why` is shown when it is missing.

    `names`: all of these machines; `first`: one of these is the first machine that is named; `says`: all of these
    words; `any`: one of these; `in_order`: all of these, one after the other. A text that begins with `=` is a
    reference to names or words.
    """

    names: tuple[str, ...] = ()
    first: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    says: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    time: AboutTime | None = None
    number: AboutNumber | None = None


class Forbidden(_Row):
    """What an answer must not hold: machines, or words."""

    names: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


class Earlier(_Row):
    question: str
    answer: str


class Asked(_Row):
    """One question. `unknown`: the right answer is that it is not known; `choices`: that it asks which is meant."""

    id: Annotated[str, Field(min_length=1)]
    ask: Annotated[str, Field(min_length=1)]
    language: str = "en"
    history: tuple[Earlier, ...] = ()
    requires: tuple[Requirement, ...] = ()
    forbids: Forbidden = Forbidden()
    unknown: bool = False
    choices: tuple[str, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(earlier.question, earlier.answer) for earlier in self.history)


class RunOfTheLine(_Row):
    """The simulated run that the questions are about: watched for `seconds`, then asked."""

    seed: int
    seconds: Annotated[int, Field(gt=0)]
    faults: tuple[str, ...] = ()
    tick_seconds: Annotated[int, Field(gt=0)] = 60


class Questions(_Row):
    run: RunOfTheLine
    questions: tuple[Asked, ...]


class Answered(_Row):
    """An answer as it is scored."""

    text: str
    known: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """`missing` and `false` say in a sentence each what is wrong; an answer with neither is right."""

    question: str
    missing: tuple[str, ...] = ()
    false: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        return not self.missing and not self.false


@dataclass(frozen=True)
class Checker:
    """Holds answers against references and against a record of everything that is so."""

    site: Site
    references: References
    record: Evidence

    @cached_property
    def _names(self) -> Names:
        return Names(self.site)

    @cached_property
    def _grounds(self) -> Grounds:
        return Grounds(self.record, self._names)

    @cached_property
    def _quotable(self) -> tuple[str, ...]:
        return tuple(sorted((passage.text for passage in self.record.passages), key=len, reverse=True))

    def score(self, asked: Asked, answer: Answered) -> Score:
        missing = [*self._missing(asked, answer), *_not_said_plainly(asked, answer)]
        return Score(asked.id, tuple(missing), tuple(self._false(asked, answer)))

    def _missing(self, asked: Asked, answer: Answered) -> Iterable[str]:
        if asked.choices and set(answer.choices) != set(asked.choices):
            yield f"asks which of {', '.join(asked.choices)} is meant"
        for requirement in asked.requires:
            yield from self._unmet(requirement, answer.text)

    def _unmet(self, requirement: Requirement, text: str) -> Iterable[str]:
        said, named = _plain(text), self._names.machines_in(plain(text))
        yield from (f"names {name}" for name in self._words(requirement.names) if name not in named)
        if requirement.first and _first(text, self.site) not in self._words(requirement.first):
            yield f"names {' or '.join(requirement.first)} first"
        yield from (f"says {words!r}" for words in self._words(requirement.says) if _plain(words) not in said)
        if requirement.any and not any(_plain(words) in said for words in self._words(requirement.any)):
            yield f"says one of {', '.join(map(repr, requirement.any))}"
        if requirement.in_order and not _in_order([_plain(w) for w in self._words(requirement.in_order)], said):
            yield f"says in order: {'; '.join(self._words(requirement.in_order))}"
        if requirement.time and not self._has_time(requirement.time, text):
            yield f"tells the time {requirement.time.ref}"
        if requirement.number and not self._has_number(requirement.number, text):
            yield f"tells the number {requirement.number.ref or requirement.number.value} {requirement.number.unit}"

    def _false(self, asked: Asked, answer: Answered) -> Iterable[str]:
        said, named = _plain(answer.text), self._names.machines_in(plain(answer.text))
        yield from (f"names {name}" for name in self._words(asked.forbids.names) if name in named)
        yield from (f"says {words!r}" for words in self._words(asked.forbids.says) if _plain(words) in said)
        own_words = self._without_quotations(answer.text)
        unproven = self._grounds.unproven(own_words)
        in_question = {_plain(claim.said) for claim in claims(plain(asked.ask))}
        yield from (f"{each.said}: {each.why}" for each in unproven if _plain(each.said) not in in_question)

    def _without_quotations(self, text: str) -> str:
        """The answer without what it quotes word for word: a quotation is as true as its document."""
        left = text
        for quoted in self._quotable:
            left = left.replace(quoted, " ")
        return left

    def _words(self, words: Sequence[str]) -> list[str]:
        found: list[str] = []
        for each in words:
            value = self._reference(each[1:]) if each.startswith("=") else each
            found += list(value) if isinstance(value, tuple) else [str(value)]
        return found

    def _reference(self, name: str) -> Reference:
        if name not in self.references:
            raise Misconfigured(f"the questions refer to {name!r}, and no such reference is known")
        return self.references[name]

    def _seconds(self, name: str) -> float:
        value = self._reference(name)
        if not isinstance(value, float | int):
            raise Misconfigured(f"the questions use {name!r} as a number, and it is none")
        return float(value)

    def _has_time(self, wanted: AboutTime, text: str) -> bool:
        at = datetime.fromtimestamp(self._seconds(wanted.ref), tz=UTC).astimezone(ZoneInfo(self.site.timezone))
        second = at.hour * 3600 + at.minute * 60 + at.second
        clocks = [claim for claim in claims(plain(text)) if isinstance(claim, Clock)]
        return any(_apart(clock.second, second) <= wanted.within + clock.resolution for clock in clocks)

    def _has_number(self, wanted: AboutNumber, text: str) -> bool:
        value = wanted.value if wanted.value is not None else self._seconds(wanted.ref)
        return any(abs(said - value) <= wanted.within + 1e-9 for said in _numbers(text, wanted.unit))


def read_questions(path: Path) -> Questions:
    """Raises `Misconfigured` with every mistake."""
    try:
        return Questions.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise Misconfigured(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        mistakes = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Misconfigured(f"{path} is not right:", tuple(mistakes)) from error


def _not_said_plainly(asked: Asked, answer: Answered) -> Iterable[str]:
    if asked.unknown and answer.known:
        yield "says that it is not known"
    if not asked.unknown and not asked.choices and not answer.known:
        yield "an answer, for it is known"


def _numbers(text: str, unit: str) -> list[float]:
    """Every number of the text that is of this unit's quantity, in this unit; without a unit the bare numbers."""
    found: list[float] = []
    for claim in claims(plain(text)):
        if isinstance(claim, Number) and not unit:
            found += [reading.value for reading in claim.readings]
        if isinstance(claim, Quantity) and unit:
            found += [
                _converted(reading.value, one, unit) for reading in claim.readings for one in claim.units
                if one.quantity == _unit(unit).quantity
            ]  # fmt: skip
    return found


def _converted(value: float, of: Unit, unit: str) -> float:
    wanted = _unit(unit)
    return (value * of.factor + of.offset - wanted.offset) / wanted.factor


def _unit(code: str) -> Unit:
    unit = resolve(code)
    if unit is None:
        raise Misconfigured(f"the questions use the unit {code!r}, which is not known")
    return unit


def _first(text: str, site: Site) -> str:
    """The machine that a text names first, and of two that begin there the longer name."""
    folded = text.casefold()
    places = [(folded.find(name.casefold()), -len(name), name) for name in site.machine_of]
    return min((place for place in places if place[0] >= 0), default=(0, 0, ""))[2]


def _in_order(wanted: Sequence[str], said: str) -> bool:
    at = 0
    for words in wanted:
        found = said.find(words, at)
        if found < 0:
            return False
        at = found + len(words)
    return True


def _plain(text: str) -> str:
    """Letters and digits only, so that quotation marks, dashes and line breaks do not count."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _apart(one: int, other: int) -> int:
    apart = abs(one - other) % DAY_SECONDS
    return min(apart, DAY_SECONDS - apart)
