"""The number check: whatever an answer states must stand in the evidence, within the rounding it is written with.

Numbers with units (of any spelling, converted within one quantity), times of day in the plant's zone, dates,
durations, percentages, codes, page and step numbers, counts, machines, and numbered steps. A number is bound to the
machines that it is said of: another machine's number proves nothing. What is said without any number is not checked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final, NamedTuple

from lineside.answering.claims import (
    Cited,
    Claim,
    Clock,
    Code,
    Day,
    Link,
    Mention,
    Number,
    Quantity,
    Reading,
)
from lineside.answering.compose import PHRASES, is_step_by_step
from lineside.answering.evidence import Evidence, Fact
from lineside.answering.figures import in_figures
from lineside.answering.names import Names, Part
from lineside.answering.orders import sentences, without_orders
from lineside.answering.spoken import COUNTED, plain
from lineside.answering.steps import Quotes, is_unsafe, split_marker, steps_of, words
from lineside.manuals.passage import Passage
from lineside.units import Unit, resolve

_DAY_SECONDS: Final = 86_400
_SLACK: Final = 1e-9
_MARKS: Final = re.compile(
    r"\[\d{1,3}(?:[,;]\s*\d{1,3})*\]|\((?:"
    + "|".join(re.escape(plain(each.unreviewed)) for each in PHRASES.values())
    + r")\)"
)
"""What stands behind a quotation and is no part of it."""
_ROUGHLY: Final = re.compile(
    r"\b(?:hal(?:f|ves)|twice|doubled?(?![\s-]check)|tripled?|dozens?|a couple of|(?:hundred|thousand)s of|"
    r"(?:a|one|two) (?:third|quarter)s? of|for (?:\w+ )?(?:hours|days|weeks)|hälfte|doppelt\w*|dreifach\w*|"
    r"dutzend\w*|hunderte|tausende|(?:stunden|tage|wochen)lang)\b|一半|[两二三]倍|翻倍|三分之"
)
"""Shares and amounts without a figure. They are said only where the evidence says them so."""
_EVIDENCE_NOUN: Final = re.compile(r"[^\W\d_]+")


class Unproven(NamedTuple):
    """A part of an answer that nothing found shows. `why` is a clause: `no evidence shows it`."""

    said: str
    why: str


class _Value(NamedTuple):
    value: float
    machines: frozenset[str]


class Grounds:
    """Everything that one question's evidence shows, prepared so that a text can be held against it quickly."""

    def __init__(self, evidence: Evidence, names: Names) -> None:
        self._names = names
        self._evidence = evidence
        self._quantities: dict[str, list[_Value]] = defaultdict(list)
        self._numbers: list[float] = []
        self._measured: list[float] = []
        self._clocks: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        self._days: set[tuple[int, int, int]] = set()
        self._codes: set[str] = set()
        self._mentions: dict[str, set[str]] = defaultdict(set)
        self._links: set[str] = set()
        self._machines: set[str] = set()
        self._texts: list[tuple[str, frozenset[str]]] = []
        for fact in evidence.facts:
            self._add_fact(fact)
        for passage in evidence.passages:
            self._add_passage(passage)
        for place in evidence.searched:
            self._machines |= names.machines_in(_read(place))
        self._numbers.sort()
        self._measured.sort()

    def unproven(self, answer: str) -> tuple[Unproven, ...]:
        """What an answer says that the evidence does not show, in the order said and each once."""
        text = _read(answer)
        return tuple(
            dict.fromkeys(
                [*self._unproven_claims(text), *self._unproven_steps(text), *self._rough(text), *self._denied(text)]
            )
        )

    # --- what the evidence says

    def _add_fact(self, fact: Fact) -> None:
        text = without_orders(_read(fact.text))
        machines = self._names.machines_in(text)
        self._machines |= machines
        local = self._at(fact.observed_us, machines) if fact.observed_us else None
        self._add_text(text, frozenset(), local)
        self._add_one_line(text, frozenset(), local)
        if fact.value is None:
            return
        unit = resolve(fact.unit) if fact.unit else None
        (self._measured if unit else self._numbers).append(fact.value)
        if unit:
            self._quantities[unit.quantity].append(_Value(fact.value * unit.factor + unit.offset, machines))

    def _at(self, observed_us: int, machines: frozenset[str]) -> datetime:
        """Make an instant known as the plant's clock and as UTC show it, and as nothing else."""
        instant = datetime.fromtimestamp(observed_us / 1e6, tz=UTC)
        local = instant.astimezone(self._names.zone)
        self._clocks["UTC"].append((_second(instant), machines))
        for name in {"", local.tzname() or "", local.strftime("%z")}:
            self._clocks[name].append((_second(local), machines))
        self._add_day(local.year, local.month, local.day)
        return local

    def _add_passage(self, passage: Passage) -> None:
        text = without_orders(_read(passage.text))
        self._machines |= set(passage.machines) | self._names.machines_in(text)
        self._add_text(text, frozenset(passage.machines), None)
        if not is_step_by_step(text):
            self._add_one_line(text, frozenset(passage.machines), None)
        for name in (passage.document, passage.document_id, passage.title, passage.section):
            self._add_text(_read(name), frozenset(), None)
        for what, number in (("page", passage.page), ("revision", passage.revision), ("step", passage.step)):
            self._mentions[what] |= {each.upper() for each in re.findall(r"[\w.]+", _read(number))}
        self._mentions["section"] |= set(re.findall(r"\d+(?:\.\d+)*", passage.section))
        for written in (passage.effective_from, passage.superseded_on):
            self._add_written_day(written)

    def _add_written_day(self, written: str) -> None:
        try:
            day = date.fromisoformat(written[:10])
        except ValueError:
            return
        self._add_day(day.year, day.month, day.day)

    def _add_text(self, text: str, machines: frozenset[str], local: datetime | None) -> None:
        for line in text.split("\n"):
            if number := split_marker(line)[0]:
                self._mentions["step"].add(number)
        for sentence in self._names.sentences(text):
            self._texts.append((sentence.text, sentence.machines | machines))
            for part in sentence.parts:
                self._add(part.claim, part.machines | machines, local)

    def _add_one_line(self, text: str, machines: frozenset[str], local: datetime | None) -> None:
        """As it is quoted: there the number before a line is a number like any other."""
        if any(split_marker(line)[0] for line in text.split("\n")):
            self._add_text(f"“{' '.join(text.split())}”", machines, local)

    def _add(self, claim: Claim, machines: frozenset[str], local: datetime | None) -> None:
        match claim:
            case Quantity():
                self._add_quantity(claim, machines)
            case Number():
                self._numbers.extend(reading.value for reading in claim.readings)
            case Clock():
                self._add_clock(claim, machines, local)
            case Day():
                for choice in claim.choices:
                    self._add_day(*choice)
            case Code():
                self._codes.add(claim.code)
                self._numbers.extend(float(digits) for digits in re.findall(r"\d{3,9}", claim.said))
            case Mention():
                self._mentions[claim.what].add(claim.number.upper())
            case Link():
                self._links.add(claim.said.rstrip(".,;)"))
            case Cited():
                pass

    def _add_quantity(self, claim: Quantity, machines: frozenset[str]) -> None:
        self._measured.extend(reading.value for reading in claim.readings)
        for unit in claim.units:
            values = (reading.value * unit.factor + unit.offset for reading in claim.readings)
            self._quantities[unit.quantity].extend(_Value(value, machines) for value in values)

    def _add_clock(self, claim: Clock, machines: frozenset[str], local: datetime | None) -> None:
        zones = {claim.zone}
        if claim.zone in self._names.zone_names:
            zones |= {"", local.tzname() or ""} if local else self._names.zone_names
        for zone in zones:
            self._clocks[zone].append((claim.second, machines))

    def _add_day(self, year: int, month: int, day: int) -> None:
        self._days |= {(year, month, day), (0, month, day)}
        if year:
            self._numbers.append(float(year))

    # --- what the answer says

    def _unproven_claims(self, text: str) -> Iterator[Unproven]:
        for sentence in self._names.sentences(text):
            for device in sorted(sentence.machines - self._machines):
                yield Unproven(device, "the evidence is not about that machine")
            for part in sentence.parts:
                if not self._shows(part, sentence.text):
                    yield Unproven(part.claim.said.strip(), "no evidence shows it")
            if is_unsafe(sentence.text) and self._quotes.has(sentence.text) is None:
                yield Unproven(sentence.text[:80], "no document says so, and it is about what protects people")

    def _shows(self, part: Part, sentence: str) -> bool:
        claim = part.claim
        match claim:
            case Quantity():
                return self._has_quantity(claim, part.machines)
            case Number():
                return self._has_bare(claim) or self._has_count(claim, sentence)
            case Clock():
                return self._has_clock(claim, part.machines)
            case Day():
                return any(choice in self._days for choice in claim.choices)
            case Code():
                return claim.code in self._codes or (
                    claim.number is not None and _is_in(self._numbers, Reading(claim.number, 0.0))
                )
            case Mention():
                return claim.number.upper() in self._mentions[claim.what] or self._is_counted(claim)
            case Cited():
                return all(1 <= number <= len(self._evidence.passages) for number in claim.numbers)
            case Link():
                return claim.said.rstrip(".,;)") in self._links

    def _has_quantity(self, claim: Quantity, machines: frozenset[str]) -> bool:
        found = any(self._is_measured(unit, reading, machines) for unit in claim.units for reading in claim.readings)
        return found or (claim.or_bare and any(_is_in(self._numbers, reading) for reading in claim.readings))

    def _is_measured(self, unit: Unit, reading: Reading, machines: frozenset[str]) -> bool:
        value = reading.value * unit.factor + unit.offset
        tolerance = reading.tolerance * unit.factor + _SLACK * (1 + abs(value))
        return any(
            abs(value - shown.value) <= tolerance and _about(machines, shown.machines)
            for shown in self._quantities.get(unit.quantity, ())
        )

    def _has_bare(self, claim: Number) -> bool:
        """A count is proven by another count; any other bare number by a measured one, too."""
        counts = claim.in_words or any(word in COUNTED for word in _counted_words(claim.behind))
        shown = [self._numbers] if counts else [self._numbers, self._measured]
        return any(_is_in(numbers, reading) for numbers in shown for reading in claim.readings)

    def _has_clock(self, claim: Clock, machines: frozenset[str]) -> bool:
        early, late = {1: (0, 0), 60: (-30, 59), 3_600: (-1_800, 1_800)}[claim.resolution]
        zone = claim.zone if claim.zone in self._clocks else _without_colon(claim.zone)
        return any(
            early <= (second - claim.second + 43_200) % _DAY_SECONDS - 43_200 <= late and _about(machines, shown)
            for second, shown in self._clocks.get(zone, ())
        )

    def _is_counted(self, claim: Mention) -> bool:
        return claim.what == "step" and claim.number.isdigit() and int(claim.number) in self._step_counts

    def _has_count(self, claim: Number, sentence: str) -> bool:
        """`two machines`, where the evidence itself is what is counted."""
        nouns = (COUNTED.get(word) for word in _counted_words(claim.behind))
        noun = next(filter(None, nouns), "")
        wanted = claim.readings[0].value
        if noun == "machines":
            return wanted in self._machine_counts or wanted in self._counts_of(sentence)
        if noun == "alarms":
            return wanted == sum("alarm" in f"{fact.tool} {fact.text}".lower() for fact in self._evidence.facts)
        if noun == "steps":
            return wanted in self._step_counts
        return noun == "documents" and wanted in {
            len(self._evidence.passages), len({passage.document for passage in self._evidence.passages})
        }  # fmt: skip

    def _counts_of(self, sentence: str) -> set[int]:
        """How many machines the evidence says the same of as this sentence does."""
        return {len(self._machines_by_word[word]) for word in words(sentence) if word in self._machines_by_word}

    @cached_property
    def _machines_by_word(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for text, machines in self._texts:
            for word in words(text) if len(machines) == 1 else ():
                found[word] |= machines
        return found

    @cached_property
    def _machine_counts(self) -> set[int]:
        """The machines that one sentence names, and those without the one that the others wait for."""
        named = {len(machines) for _, machines in self._texts if len(machines) > 1}
        return {count - less for count in named for less in (0, 1)}

    @cached_property
    def _step_counts(self) -> set[int]:
        by_passage = [len(steps_of(passage.text)) for passage in self._evidence.passages]
        alone = [passage.document for passage in self._evidence.passages if passage.step]
        return ({*by_passage, sum(by_passage)} | {alone.count(document) for document in alone}) - {0}

    @cached_property
    def _quotes(self) -> Quotes:
        passages = [(passage.document, without_orders(_read(passage.text))) for passage in self._evidence.passages]
        facts = [("", without_orders(_read(fact.text))) for fact in self._evidence.facts]
        return Quotes([*passages, *facts])

    def _unproven_steps(self, text: str) -> Iterator[Unproven]:
        """Every sentence of a numbered line must be a quoted one, and the steps of a document must keep their order."""
        reached: dict[str, int] = {}
        for step in steps_of(_MARKS.sub(" ", text)):
            said = f"{step.number}. {step.text[:60]}"
            quoted = [self._quotes.has(sentence) for sentence in sentences(step.text) if words(sentence)]
            found = [each for each in quoted if each is not None]
            if len(found) < len(quoted):
                yield Unproven(said, "no document has this step")
            elif found and found[0].document and found[0].order < reached.get(found[0].document, 0):
                yield Unproven(said, "the document has this step earlier")
            elif found:
                reached[found[0].document] = found[0].order

    def _rough(self, text: str) -> Iterator[Unproven]:
        for match in _ROUGHLY.finditer(text.lower()):
            if not any(match[0] in shown.lower() for shown, _ in self._texts):
                yield Unproven(match[0], "no evidence shows it")

    def _denied(self, text: str) -> Iterator[Unproven]:
        """Sentences that leave out the "never" of what they were taken from. Steps are held to theirs already."""
        if not self._quotes.may_deny(text):
            return
        plain_lines = (line for line in _MARKS.sub(" ", text).split("\n") if not split_marker(line)[0])
        for sentence in (each for line in plain_lines for each in sentences(line)):
            if self._quotes.denies(sentence):
                yield Unproven(sentence[:80], "the evidence says that with a no")


def _read(text: str) -> str:
    """A text as it is checked, whether it is an answer or evidence."""
    return in_figures(plain(text))


def _is_in(numbers: list[float], reading: Reading) -> bool:
    """A whole number is a count, a code or a setting, and those are exact; decimals may have been rounded."""
    tolerance = reading.tolerance if reading.tolerance < 0.5 else 0.0
    tolerance += _SLACK * (1 + abs(reading.value))
    at = bisect_left(numbers, reading.value - tolerance)
    return at < len(numbers) and numbers[at] <= reading.value + tolerance


def _about(said_of: frozenset[str], shown_of: frozenset[str]) -> bool:
    return not said_of or not shown_of or bool(said_of & shown_of)


def _second(at: datetime) -> int:
    return at.hour * 3_600 + at.minute * 60 + at.second


def _without_colon(zone: str) -> str:
    """`+01:00` and `+01` as `%z` writes them."""
    digits = zone.replace(":", "")
    return digits + "00" if re.fullmatch(r"[+-]\d\d", digits) else digits


def _counted_words(behind: str) -> Iterator[str]:
    """The words behind a number that may be what it counts: the first, or the second after an adjective."""
    folded = behind.casefold()
    yield folded.split()[0] if folded else ""
    yield from (word for word in _EVIDENCE_NOUN.findall(folded))
    yield from (noun for noun in COUNTED if not noun.isascii() and folded.startswith(noun))
