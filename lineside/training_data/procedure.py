"""Steps: each one nearly word for word in the source, in the source's order, and none that the source does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from lineside.answering.orders import sentences
from lineside.answering.steps import Quotes, steps_of
from lineside.training_data.grounds import Fault, Grounds, read
from lineside.training_data.wording import marked, stems

NEARLY: Final = 0.8
"""The share of a step's words that must stand in one place of the source in the same order: one word in five may
differ, as where a model writes "padlock" for "lock"."""
WHOLE: Final = 0.9
"""The same for a part of a sentence that is taken for one of the source's steps, to compare their order."""
_LEAST_WORDS: Final = 2
_TURNS_ORDER: Final = re.compile(
    r"\b(?:before|after|once|when|while|prior|previously|earlier|following|"
    r"bevor|nachdem|nach|vor|vorher|zuvor|ehe|sobald|wenn|während)\b|前|后|之后|以前",
    re.IGNORECASE,
)
"""With these words a sentence may name the later step first."""
_ORDER: Final = re.compile(
    r"^\W*(?:(?:at )?first(?:ly)?|next|finally|lastly|zuerst|zunächst|danach|anschließend|zuletzt)\b", re.IGNORECASE
)
_PARTS: Final = re.compile(r",(?!\d)|[;，；、]|\b(?:and|then|und|dann)\b", re.IGNORECASE)


_NO: Final = re.compile(
    r"\b(?:not|never|no|nothing|cannot|nicht|nie|niemals|kein(?:e[nmrs]?)?)\b|n['’]t\b|[不勿禁别未无]",
    re.IGNORECASE,
)
_BAN: Final = re.compile(r"\W*(?:do not|don['’]t|never)\b", re.IGNORECASE)
"""A ban, and not "cannot" or "no more than", with which the same is said in other words."""
_DENIALS: Final = frozenset(stems("not never no nothing cannot nicht nie niemals kein keine keinen keiner"))


class _Window(NamedTuple):
    """One or two sentences of the source. `at` rises through the chunk."""

    words: tuple[str, ...]
    at: int
    passage: int


class _Clause(NamedTuple):
    """A part of a sentence: its words without the no, and whether it has one."""

    words: frozenset[str]
    denied: bool

    @classmethod
    def of(cls, text: str) -> _Clause:
        found = stems(text)
        return cls(frozenset(found) - _DENIALS, _NO.search(text) is not None)

    def is_like(self, other: _Clause) -> bool:
        return len(self.words) >= _LEAST_WORDS and len(self.words & other.words) >= NEARLY * len(self.words)


class Procedure:
    """The sentences of a chunk as steps may be taken from them."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._windows = list(_windows(grounds))
        self._numbered = [each for each in self._windows if grounds.passages[each.passage].step]

    @cached_property
    def _quotes(self) -> Quotes:
        return Quotes([("source", text) for text in self._grounds.texts])

    @cached_property
    def _denies(self) -> bool:
        return any(map(_NO.search, self._grounds.texts))

    @cached_property
    def _clauses(self) -> frozenset[_Clause]:
        """The parts of its sentences."""
        texts = self._grounds.texts
        return frozenset(_Clause.of(part) for text in texts for one in sentences(text) for part in _PARTS.split(one))

    def fault(self, steps: Sequence[str]) -> Fault | None:
        """What is wrong with these steps, which are one list."""
        reached = -1
        for step in steps:
            said = read(marked(step)[1])
            places = self._places(said)
            if not places or not (self._is_whole(said) or self._quotes.has(said)):
                return Fault("step_invented", f"the source has no step {_short(step)!r}")
            following = [place for place in places if place > reached]
            if not following:
                return Fault("step_order", f"the source has {_short(step)!r} earlier")
            reached = min(following)
        return None

    def disordered(self, answer: str) -> Fault | None:
        """Steps that an answer tells in running text, in another order than the source's."""
        reached = -1
        for sentence in _running(answer) if self._numbered else ():
            if _TURNS_ORDER.search(sentence):
                continue
            for part in _PARTS.split(sentence):
                steps = self._steps(read(part or ""))
                if steps and max(steps) < reached:
                    return Fault("step_order", f"the source has {_short(part)!r} earlier")
                reached = max(reached, min(steps, default=-1))
        return None

    def denies(self, answer: str) -> Fault | None:
        """A part of a sentence that the source has with a "never" or "not", and only so."""
        denied = self._denies or _NO.search(answer) is not None
        for sentence in _running(answer) if denied else ():
            for part in _PARTS.split(sentence):
                said = _Clause.of(part)
                if said in self._clauses or (said.denied and not _BAN.match(part)):
                    continue
                alike = {clause.denied for clause in self._clauses if said.is_like(clause)}
                if not said.denied and alike == {True}:
                    return Fault("unsupported", f"the source says {_short(part)!r} with a no")
                if said.denied and alike == {False}:
                    return Fault("unsupported", f"the source says {_short(part)!r} without a no")
        return None

    def _steps(self, text: str) -> set[int]:
        """The passages of steps that this part of a sentence may be taken from."""
        words = tuple(stems(_ORDER.sub("", text)))
        if len(words) < _LEAST_WORDS:
            return set()
        return {each.passage for each in self._numbered if _matched(words, each.words, WHOLE)[0] >= WHOLE * len(words)}

    def _is_whole(self, step: str) -> bool:
        """Whether this is a passage of the source word for word, from its beginning: no "never" stands before it."""
        folded = " ".join(step.casefold().split())
        return any(line.startswith(folded) for line in self._grounds.folded.split("\n"))

    def _places(self, text: str) -> list[int]:
        """Where in the source this step stands: the places of its first word."""
        words = tuple(stems(text))
        found = []
        for window in self._windows if words else ():
            matched, first = _matched(words, window.words, NEARLY)
            if matched >= NEARLY * len(words):
                found.append(window.at + first)
        return found


@lru_cache(maxsize=32)
def procedure_of(grounds: Grounds) -> Procedure:
    return Procedure(grounds)


def numbered_steps(answer: str) -> list[str]:
    """The numbered lines of an answer."""
    return [step.text for step in steps_of(answer) if marked(f"{step.number}. {step.text}")[0]]


def _windows(grounds: Grounds) -> Iterator[_Window]:
    at = 0
    said = grounds.said
    for number, one in enumerate(said):
        yield _Window(one.stems, at, one.passage)
        if number + 1 < len(said) and said[number + 1].passage == one.passage:
            yield _Window((*one.stems, *said[number + 1].stems), at, one.passage)
        at += len(one.stems) + 1


def _matched(words: tuple[str, ...], window: tuple[str, ...], least: float) -> tuple[int, int]:
    """As `_in_order`; 0 words where it can be seen at once that too few are there."""
    wanted = set(words)
    if len(wanted.intersection(window)) < least * len(wanted):
        return 0, 0
    if window[: len(words)] == words:
        return len(words), 0
    return _in_order(words, window)


def _in_order(words: Sequence[str], window: Sequence[str]) -> tuple[int, int]:
    """How many of these words the window has in this order (longest common subsequence), and where the first is."""
    row = [(0, len(window))] * (len(window) + 1)
    for word in words:
        before = row
        row = [before[0]]
        for at, other in enumerate(window):
            if word == other:
                count, first = before[at]
                best = (count + 1, first if count else at)
            else:
                best = max(before[at + 1], row[at], key=lambda each: (each[0], -each[1]))
            row.append(best)
    return row[-1][0], min(row[-1][1], len(window) - 1)


def _running(answer: str) -> Iterator[str]:
    for line in read(answer).split("\n"):
        if not marked(line)[0]:
            yield from sentences(line)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
