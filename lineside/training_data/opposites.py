"""Whether an answer says the opposite of its source: "below" where it says "above", "open" where it says "closed".

One word turns such a sentence round and leaves all others as they are, so that counting words finds nothing. Only the
two words of one row are held against each other: "at most" for "not above" is the same in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from lineside.answering.claims import Number, Quantity
from lineside.training_data.grounds import Fault, Grounds, keys, values
from lineside.training_data.wording import stems

_COMPARED: Final = (
    (r"above", r"below"),
    (r"over", r"under"),
    (r"(?:more|higher|greater|larger) than", r"(?:less|lower|smaller|fewer) than"),
    (r"(?:warmer|hotter) than", r"(?:colder|cooler) than"),
    (r"(?:faster|longer|older) than", r"(?:slower|shorter|younger) than"),
    (r"at least", r"at most"),
    (r"über", r"unter"),
    (r"mehr als", r"weniger als"),
    (r"mindestens", r"höchstens"),
    (r"(?:höher|größer|wärmer|schneller) als", r"(?:niedriger|kleiner|kälter|langsamer) als"),
)
"""What stands before a number and says on which side of it."""
_OPPOSED: Final = (
    (r"open\w*", r"clos(?:e|es|ed|ing)"),
    (r"high", r"low"),
    (r"warm|hot", r"cold|cool"),
    (r"full", r"empty"),
    (r"rais\w+|increas\w+", r"lower(?:s|ed|ing)?|decreas\w+|reduc\w+"),
    (r"tighten\w*", r"loosen\w*"),
    (r"connect\w*", r"disconnect\w*"),
    (r"left", r"right"),
    (r"offen|öffnen?|geöffnet", r"geschlossen|schließen?|zu"),
    (r"hoch|hohe[rnms]?", r"niedrige?[rnms]?"),
    (r"warm", r"kalt"),
    (r"voll", r"leer"),
    (r"links?", r"rechts?"),
)
"""What stands anywhere in a part of a sentence."""
_BETWEEN: Final = r"(?:\W+(?:about|around|the|a|von|ca|etwa))?\W*$"
_NO: Final = re.compile(
    r"\b(?:not|never|no|nor|without|cannot|nicht|nie|niemals|kein\w*|ohne)\b|n['’]t\b", re.IGNORECASE
)
_PARTS: Final = re.compile(r"[,;:]\s|\.\s|\b(?:and|then|but|because|und|dann|aber|weil)\b", re.IGNORECASE)
_LEAST_WORDS: Final = 1
_NEARLY: Final = 0.8

_Sides = frozenset[tuple[int, int]]
_Value = tuple[str, float]


def _compiled(rows: Iterable[tuple[str, str]], form: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(form.format(one), re.IGNORECASE), re.compile(form.format(other), re.IGNORECASE))
        for one, other in rows
    )


def _any(rows: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(each for row in rows for each in row)})\b", re.IGNORECASE)


_BEFORE: Final = _compiled(_COMPARED, r"\b(?:{})" + _BETWEEN)
_WITHIN: Final = _compiled(_OPPOSED, r"\b(?:{})\b")

_ANY_BEFORE: Final = _any(_COMPARED)
_ANY_WITHIN: Final = _any(_OPPOSED)
"""One look tells of most texts that none of these words is there."""
_WORD: Final = re.compile(r"\w+")
_LONGEST_BEFORE: Final = 40


class _Part(NamedTuple):
    """A part of a sentence: its words without those that have an opposite, which of these it has, and whether it
    denies."""

    words: frozenset[str]
    sides: _Sides
    denied: bool


class Opposites:
    """The source's numbers with what stands before them, and the parts of its sentences."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    @cached_property
    def _compared(self) -> dict[_Value, list[_Sides]]:
        found: dict[_Value, list[_Sides]] = {}
        for said in self._grounds.said:
            for value, sides in _numbers(said.text, said.claims):
                found.setdefault(value, []).append(sides)
        return found

    @cached_property
    def _parts(self) -> frozenset[_Part]:
        return frozenset(part for said in self._grounds.said for part in _parts(said.text))

    def fault(self, answer: str) -> Fault | None:
        """The first thing that the answer turns round."""
        for sentence in self._grounds.own_words(answer):
            for value, sides in _numbers(sentence.text, (part.claim for part in sentence.parts)):
                if sides and _turned(sides, self._compared.get(value, [])):
                    return Fault("number", f"the source has {value[1]:g} on the other side than {sentence.text!r}")
            for part in _parts(sentence.text) if _ANY_WITHIN.search(sentence.text) else ():
                if not part.sides or part in self._parts:
                    continue
                alike = [other.sides for other in self._parts if _are_alike(part, other)]
                if _turned(part.sides, alike):
                    return Fault("unsupported", f"the source says the opposite of {sentence.text!r}")
        return None


@lru_cache(maxsize=32)
def opposites_of(grounds: Grounds) -> Opposites:
    return Opposites(grounds)


def _turned(sides: _Sides, others: list[_Sides]) -> bool:
    """Whether each of the others has the opposite of one of these sides, and not that side itself."""
    return bool(others) and any(
        all((row, 1 - side) in other and (row, side) not in other for other in others) for row, side in sides
    )


def _numbers(text: str, found: Iterable[object]) -> Iterator[tuple[_Value, _Sides]]:
    """Each number of a sentence, and on which side of it one is. One that is denied is on neither."""
    if _NO.search(text):
        return
    for claim in found:
        if isinstance(claim, Quantity | Number):
            before = text[max(0, claim.at - _LONGEST_BEFORE) : claim.at]
            sides = _sides(_BEFORE, before) if _ANY_BEFORE.search(before) else frozenset()
            own = keys(claim) if isinstance(claim, Quantity) else {("", value) for value in values(claim)}
            yield from ((value, sides) for value in own)


def _parts(text: str) -> Iterator[_Part]:
    for part in _PARTS.split(text):
        sides = frozenset[tuple[int, int]]().union(*map(_sides_of_word, _WORD.findall(part)))
        words = frozenset(stems(_ANY_WITHIN.sub(" ", part) if sides else part))
        if len(words) >= _LEAST_WORDS:
            yield _Part(words, sides, _NO.search(part) is not None)


@lru_cache(maxsize=16_384)
def _sides_of_word(word: str) -> _Sides:
    """All that is opposed within a sentence are single words."""
    return _sides(_WITHIN, word)


def _are_alike(part: _Part, other: _Part) -> bool:
    return part.denied == other.denied and len(part.words & other.words) >= _NEARLY * len(part.words)


def _sides(rows: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...], text: str) -> _Sides:
    return frozenset(
        (row, side) for row, both in enumerate(rows) for side, each in enumerate(both) if each.search(text)
    )
