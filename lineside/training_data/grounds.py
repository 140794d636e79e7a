"""What the passages of a chunk say, prepared so that a text can be held against them: every number with its unit, every
time, date, code and reference.

Answers are checked at the line with some mercy: rounded, and in another unit of the same quantity. Training data gets
none. A number stands in the source as it is and with that very unit, or it is not used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from lineside.answering.claims import Claim, Clock, Code, Day, Link, Mention, Number, Quantity, claims
from lineside.answering.figures import in_figures
from lineside.answering.names import Names, Sentence
from lineside.answering.orders import sentences, without_orders
from lineside.answering.spoken import COUNTED, plain
from lineside.manuals.passage import Passage
from lineside.site.model import Line, Machine, Site
from lineside.training_data.fields import rows_of
from lineside.training_data.language import language_of
from lineside.training_data.pair import Reason
from lineside.training_data.wording import Vocabulary, has_digit, marked, stems
from lineside.units import Unit

_SEAM: Final = "\n\ue0ff\n"
"""Between passages while they are read together; no text holds this character and means something by it."""


_LEAST_QUOTED: Final = 4
"""So many words are quoted, and not alike by chance."""
_ENDS: Final = re.compile(r"(?![\w%°])(?![.,:/-]\w)")
_ENDS_AFTER_A_NUMBER: Final = re.compile(r"[.,;:!?)]*(?:$|\n|(?<=[.,;:!?)])\s)")
_GOES_ON: Final = re.compile(r"\w$|\w[.,:/-]$|(?:^|\s)-$")
"""A quotation neither begins nor ends within a word or a number, nor between a number and its unit: `8 rpm` is not
in `8.8 rpm`."""
_RATE: Final = re.compile(r"[^\s,;.]+(?:\s[^\s,;.]+){0,2}\s(?:per|pro|je|each|every)\s([^\W\d_]+)")
"""`14 cases per minute`: what a count is of, and in which time."""


class Fault(NamedTuple):
    """Why a text may not be used. `why` is one sentence."""

    reason: Reason
    why: str


class Said(NamedTuple):
    """One sentence of the source. `passage` counts from 0."""

    passage: int
    text: str
    stems: tuple[str, ...]
    claims: tuple[Claim, ...]


class Counted(NamedTuple):
    """A number without a unit, where it stands, and the word before it: `hatch` of `hatch 3`."""

    passage: int
    sentence: int
    before: str


class Grounds:
    """The passages that a pair may rest on."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self.passages = passages
        self.names = _names(tuple(sorted({machine for passage in passages for machine in passage.machines})))
        self.texts = read_together([without_orders(passage.text) for passage in passages])
        self.said = [said for number, text in enumerate(self.texts) for said in self._sentences(number, text)]
        self.headings = _headings(passages)
        self.folded = "\n".join(" ".join(text.casefold().split()) for text in self.texts)
        self.words = Vocabulary(stem for said in self.said for stem in said.stems)
        self.words.add(stem for heading in self.headings for stem in stems(heading))
        self.quantities: dict[tuple[str, float], list[int]] = defaultdict(list)
        self.numbers: dict[float, list[Counted]] = defaultdict(list)
        self.codes: set[str] = set()
        self._measured: dict[float, str] = {}
        self._of_codes: set[float] = set()
        self._clocks: set[int] = set()
        self._days: set[tuple[int, int, int]] = set()
        self._mentions: dict[str, set[str]] = defaultdict(set)
        self._links: set[str] = set()
        for number, said in enumerate(self.said):
            for claim in said.claims:
                self._add(claim, said.passage, number)
        self._add_headings()
        self._told: dict[str, tuple[Sentence, ...]] = {}
        self._names_known: dict[str, bool] = {}

    @cached_property
    def row_codes(self) -> frozenset[str]:
        """What the rows of a table call their faults, as a code is compared."""
        said = (row.code for row in rows_of(self.texts) if row is not None and row.code)
        return frozenset(found.code if isinstance(found, Code) else code for code in said for found in claims(code))

    @cached_property
    def language(self) -> str:
        return language_of("\n".join(passage.text for passage in self.passages))

    def _sentences(self, passage: int, text: str) -> Iterator[Said]:
        for sentence in self.names.sentences(text):
            found = tuple(part.claim for part in sentence.parts)
            yield Said(passage, sentence.text, tuple(stems(sentence.text)), found)

    def _add(self, claim: Claim, passage: int, sentence: int) -> None:
        match claim:
            case Quantity():
                for key in keys(claim):
                    self.quantities[key].append(sentence)
                for value in values(claim):
                    self._measured.setdefault(value, claim.said)
            case Number():
                before = _before(self.said[sentence].text, claim.at) if sentence >= 0 else ""
                for value in values(claim):
                    self.numbers[value].append(Counted(passage, sentence, before))
            case Code():
                self._add_code(claim, passage, sentence)
            case Mention():
                self._mentions[claim.what].add(claim.number.upper())
            case _:
                self._add_rare(claim)

    def _add_rare(self, claim: Claim) -> None:
        match claim:
            case Clock():
                self._clocks.add(claim.second)
            case Day():
                self._add_days(claim.choices)
            case Link():
                self._links.add(claim.said.rstrip(".,;)"))

    def _add_code(self, claim: Code, passage: int, sentence: int) -> None:
        self.codes.add(claim.code)
        if claim.number is not None:  # `VDL 46` before a full stop reads as a word and a number
            self.numbers[claim.number].append(Counted(passage, sentence, ""))
        for digits in re.findall(r"\d{3,9}", claim.said):
            self._of_codes.add(float(digits))

    def _add_days(self, choices: Iterable[tuple[int, int, int]]) -> None:
        for year, month, day in choices:
            self._days |= {(year, month, day), (0, month, day)}

    def _add_headings(self) -> None:
        """What the prompt shows of a passage besides its text: number, revision, page, section, step."""
        for heading in self.headings:
            for claim in _named_by(heading):
                self._add(claim, -1, -1)
        numbers = {(what, getattr(passage, what)) for passage in self.passages for what in ("page", "revision", "step")}
        for what, number in numbers:
            self._mentions[what] |= {each.upper() for each in re.findall(r"[\w.]+", number)}
        for section in {passage.section for passage in self.passages}:
            self._mentions["section"] |= set(re.findall(r"\d+(?:\.\d+)*", section))
        for text in self.texts:
            self._mentions["step"] |= {marked(line)[0] for line in text.split("\n")} - {""}

    # --- a text against it

    def faults(self, text: str) -> Iterator[Fault]:
        """The numbers, units, codes and references of a text that do not stand here."""
        for sentence in self.own_words(text):
            for part in sentence.parts:
                if fault := self._fault(part.claim, sentence.text):
                    yield fault

    def own_words(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a text that are not quoted, each with what it claims."""
        if text not in self._told:
            said = (each for each in told_apart(text) if not self.quotes(each))
            self._told[text] = tuple(sentence for each in said for sentence in self.names.sentences(each))
        return self._told[text]

    def has_words_of(self, name: str) -> bool:
        if name not in self._names_known:
            self._names_known[name] = all(map(self.words.has, stems(name)))
        return self._names_known[name]

    def quotes(self, said: str) -> bool:
        """Whether the source says this word for word. Most of what is written by rule it does, and a look is cheap."""
        wanted = " ".join(said.casefold().split()).strip(" .,;:!?")
        if wanted.count(" ") < _LEAST_QUOTED - 1:
            return False
        at = self.folded.find(wanted)
        ends = _ENDS_AFTER_A_NUMBER if wanted[-1].isdigit() else _ENDS
        before = self.folded[max(0, at - 2) : at]
        return at >= 0 and bool(ends.match(self.folded, at + len(wanted))) and not _GOES_ON.search(before)

    def _fault(self, claim: Claim, text: str) -> Fault | None:
        match claim:
            case Quantity():
                return self._of_quantity(claim)
            case Number():
                return self._of_number(claim, text)
            case Clock():
                return None if claim.second in self._clocks else _unknown("number", claim.said)
            case Day():
                return None if self._days.intersection(claim.choices) else _unknown("number", claim.said)
            case Code():
                return None if self._has_code(claim) else _unknown("code", claim.said)
            case Mention():
                return None if claim.number.upper() in self._mentions[claim.what] else _unknown("code", claim.said)
            case Link():
                return None if claim.said.rstrip(".,;)") in self._links else _unknown("name", claim.said)
        return None

    def _of_quantity(self, claim: Quantity) -> Fault | None:
        if any(key in self.quantities for key in keys(claim)):
            return None
        bare = [counted for value in values(claim) for counted in self.numbers.get(value, ())]
        if bare and (claim.or_bare or any(self._is_headed(counted, claim.units) for counted in bare)):
            return None
        for value in values(claim):
            if value in self._measured:
                said = self._measured[value]
                return Fault("unit", f"{claim.said.strip()!r} is {said.strip()!r} in the source")
        if bare:
            return Fault("unit", f"the source has the number of {claim.said.strip()!r}, but not with that unit")
        return _unknown("number", claim.said)

    def _is_headed(self, counted: Counted, units: tuple[Unit, ...]) -> bool:
        """Whether the number's passage names the unit apart from it, as in `Speed (rpm): 6`."""
        text = self.texts[counted.passage] if counted.passage >= 0 else ""
        return any(_alone(spelling).search(text) for unit in units for spelling in unit.spellings)

    def _of_number(self, claim: Number, text: str) -> Fault | None:
        if self._counts_steps(claim) or self.code_of(claim):
            return None
        behind = stems(" ".join(word for word in claim.behind.split() if not word.endswith("-")))
        rate = _RATE.match(text, claim.at)
        before = _before(text, claim.at)
        for value in values(claim):
            found = self.numbers.get(value, ())
            if any(before and before == counted.before for counted in found):
                return None
            if any(self._counts(behind, stems(rate[1]) if rate else [], counted) for counted in found):
                return None
            if found:
                return Fault(
                    "unit", f"the source counts something else than {f'{claim.said} {claim.behind}'.strip()!r}"
                )
            if value in self._measured:
                said = self._measured[value].strip()
                return Fault("unit", f"the source says {said!r}, and not {claim.said!r} without it")
            if value in self._of_codes and not behind:
                return None
        return _unknown("number", claim.said)

    def _counts(self, behind: list[str], per: list[str], counted: Counted) -> bool:
        """Whether what stands behind the number in the text is spoken of beside it in the source, too."""
        if counted.sentence < 0:
            return True
        beside = Vocabulary(self.said[counted.sentence].stems)
        nouns = [stem for stem in behind if not has_digit(stem)]
        return (not nouns or any(map(beside.has, nouns))) and all(map(beside.has, per))

    def code_of(self, claim: Claim) -> str:
        """What a claim names as a code: `E-203`, or `701` where a row of the source calls its fault so; else ""."""
        if isinstance(claim, Code):
            return claim.code
        return claim.said if isinstance(claim, Number) and claim.said in self.row_codes else ""

    def _counts_steps(self, claim: Number) -> bool:
        steps = sum(bool(passage.step) for passage in self.passages)
        nouns = {COUNTED.get(word) for word in claim.behind.casefold().split()}
        return "steps" in nouns and steps > 0 and float(steps) in values(claim)

    def _has_code(self, claim: Code) -> bool:
        return claim.code in self.codes or (claim.number is not None and claim.number in self.numbers)


@lru_cache(maxsize=32)
def grounds_of(passages: tuple[Passage, ...]) -> Grounds:
    """The same passages are asked about many times in a row."""
    return Grounds(passages)


@lru_cache(maxsize=8_192)
def read(text: str) -> str:
    """A text as its numbers are read: one way to write each sign, spelled numbers as figures."""
    return in_figures(plain(text))


def read_together(texts: Sequence[str]) -> list[str]:
    """Each as it is read; together, for that is three times as fast."""
    found = in_figures(plain(_SEAM.join(texts))).split(_SEAM)
    return found if len(found) == len(texts) else list(map(read, texts))


def told_apart(text: str) -> Iterator[str]:
    """The sentences of a text as they are read, without the numbers of its list."""
    for line in read(text).split("\n"):
        yield from sentences(marked(line)[1])


def keys(claim: Quantity) -> set[tuple[str, float]]:
    """What a number with its unit may mean, each as code of the unit and value."""
    return {(unit.code, value) for unit in claim.units for value in values(claim)}


def values(claim: Quantity | Number) -> list[float]:
    return [round(reading.value, 9) for reading in claim.readings]


def _before(text: str, at: int) -> str:
    """The word before a number, if it is more than a small one."""
    return next(iter(stems(text[:at].rpartition(" ")[0].rpartition(" ")[2] if text[at - 1 : at] == " " else "")), "")


def _unknown(reason: Reason, said: str) -> Fault:
    return Fault(reason, f"{said.strip()!r} does not stand in the source")


@lru_cache(maxsize=1_024)
def _named_by(heading: str) -> tuple[Number | Code | Mention, ...]:
    found = claims(in_figures(plain(heading)))
    return tuple(claim for claim in found if isinstance(claim, Number | Code | Mention))


def _headings(passages: tuple[Passage, ...]) -> tuple[str, ...]:
    named = ((each.document, each.title, each.section, *each.machines) for each in passages)
    return tuple(dict.fromkeys(name for names in named for name in names if name))


@lru_cache(maxsize=256)
def _names(machines: tuple[str, ...]) -> Names:
    lines = (Line(id="line", machines=tuple(Machine(id=machine) for machine in machines)),) if machines else ()
    return Names(Site(site="source", lines=lines))


@lru_cache(maxsize=1_024)
def _alone(spelling: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(plain(spelling))}(?![\w])")
