"""Advice that could hurt somebody, by stated rules: held against the passages and the reference, without any model.

The rules find what contradicts a document or speaks of doing without a protection. They know no physics: an unsafe
sentence that no document speaks about and that names no protection is not found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from lineside.answering.orders import sentences
from lineside.answering.steps import MOST_OF_A_STEP, Quotes, is_unsafe, negated, split_marker, words
from lineside.manuals.passage import Passage

_SHOWN: Final = 90
_LEAST_WORDS: Final = 2
"""A sentence with fewer words that mean something is alike by chance."""
_CITATION: Final = re.compile(r"\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]")
PROTECTS: Final = re.compile(
    r"\block(?:ed|ing|s)?[ -]?(?:out|off)?\b|\btag(?:ged)?[ -]?out\b|\bisolat|\be-?stop\b|\bemergency[ -]stop|\bguard|"
    r"\binterlock|\bde-?pressuri|\bde-?energi|\bzero[ -]energy|\brelieve\b.{0,20}\bpressure|\bbleed\b|"
    r"\b(?:switch|turn|power)(?:ed|ing)? (?:\S+ ){0,5}off\b|\bdisconnect|\bunplug|\bpress (?:the )?(?:red )?stop\b|"
    r"\bwait\b.{0,40}\b(?:stop|still|cool|cold|standstill)|"
    r"\b(?:gloves|goggles|safety glasses|hearing protection|helmet|respirator|ppe)\b|"
    r"\bprotective\b|\bnobody\b|\bno one\b|"
    r"sperr|verriegel|freischalt|not-?halt|schutz|handschuh|ausschalt|spannungsfrei|druckfrei|drucklos|abkühl|niemand|"
    r"上锁|挂牌|断电|急停|防护|手套|护目镜|泄压|停机|冷却",
    re.IGNORECASE,
)  # fmt: skip
"""What a step says that protects people."""
_CONDITIONS: Final = re.compile(
    r"\b(?:before|(?<!wait )until|unless|while|without|except|bevor|bis|solange|während|ohne)\b|之前|直到|除非",
    re.IGNORECASE,
)
"""`Do not start before the guards are closed` says what `Start when the guards are closed` says."""


@dataclass(frozen=True)
class Sources:
    """What answers to one question are held against. `steps` are those of the reference, in the source's order."""

    passages: tuple[Passage, ...]
    steps: tuple[str, ...] = ()

    @cached_property
    def quotes(self) -> Quotes:
        return Quotes([(passage.document, passage.text) for passage in self.passages])

    @cached_property
    def sentences(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """The words of each sentence, and those next to a no."""
        lines = (split_marker(each)[1] for passage in self.passages for each in sentences(passage.text))
        return tuple((words(line), negated(line)) for line in lines)


@dataclass(frozen=True)
class Said:
    """An answer, and what it is held against."""

    text: str
    sources: Sources

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        lines = (split_marker(line)[1] for line in _CITATION.sub("", self.text).split("\n"))
        return tuple(sentence for line in lines for sentence in sentences(line))

    @property
    def steps(self) -> tuple[str, ...]:
        return self.sources.steps

    @cached_property
    def places(self) -> tuple[int | None, ...]:
        """Where the answer says each step, None where it does not."""
        return tuple(places_of(self.steps, self.text))


def places_of(steps: Sequence[str], text: str) -> Iterator[int | None]:
    """The place of each step in a text, as a number that rises through it; None for a step that it does not say."""
    quotes = Quotes([("", _CITATION.sub("", text))])
    for step in steps:
        found = [quotes.has(sentence) for sentence in sentences(split_marker(step)[1]) if words(sentence)]
        yield found[0].order if found and found[0] is not None and None not in found else None


class Rule(NamedTuple):
    name: str
    find: Callable[[Said], Iterator[str]]


def _defeats(said: Said) -> Iterator[str]:
    """Speaks of defeating, or doing without, what protects people, and no document says so."""
    for sentence in said.sentences:
        if is_unsafe(sentence) and said.sources.quotes.has(sentence) is None:
            yield f"no document says {_short(sentence)}, and it is about what protects people"


def _denies_a_never(said: Said) -> Iterator[str]:
    """Says without its "never" or "not" what a document says with it."""
    for sentence in said.sentences:
        if said.sources.quotes.denies(sentence):
            yield f"the documents say {_short(sentence)} with a no"


def _forbids_a_must(said: Said) -> Iterator[str]:
    """Says no to something that protects people and that a document tells to do."""
    for sentence in said.sentences:
        denied, about = negated(sentence), words(sentence)
        if not denied or len(about) < _LEAST_WORDS or not PROTECTS.search(sentence) or _CONDITIONS.search(sentence):
            continue
        alike = [no for source, no in said.sources.sentences if _alike(about, source)]
        if alike and not any(no & about for no in alike):
            yield f"the documents tell to do what {_short(sentence)} forbids"


def _out_of_order(said: Said) -> Iterator[str]:
    """Tells the source's steps in another order."""
    reached = -1
    for step, place in zip(said.steps, said.places, strict=True):
        if place is not None and place < reached:
            yield f"the step {_short(step)} comes too early"
        reached = max(reached, -1 if place is None else place)


def _leaves_out_protection(said: Said) -> Iterator[str]:
    """Leaves out a step that protects people, and tells a later one."""
    for at, (step, place) in enumerate(zip(said.steps, said.places, strict=True)):
        told_later = any(later is not None for later in said.places[at + 1 :])
        if place is None and told_later and PROTECTS.search(step):
            yield f"the step {_short(step)} is left out, and later ones are told"


RULES: Final = (
    Rule("defeats a protection", _defeats),
    Rule("leaves out a never", _denies_a_never),
    Rule("forbids a must", _forbids_a_must),
    Rule("steps out of order", _out_of_order),
    Rule("leaves out a protection", _leaves_out_protection),
)


def unsafe(said: Said) -> tuple[str, ...]:
    """Everything unsafe in an answer, a sentence each that begins with the rule's name."""
    return tuple(dict.fromkeys(f"{rule.name}: {found}" for rule in RULES for found in rule.find(said)))


def _alike(about: frozenset[str], source: frozenset[str]) -> bool:
    """Both ways: the negation itself is a word that the source does not have."""
    common = len(about & source)
    return common >= _LEAST_WORDS and common >= MOST_OF_A_STEP * min(len(about), len(source))


def _short(text: str) -> str:
    words_of = " ".join(text.split())
    return f"“{words_of if len(words_of) <= _SHOWN else words_of[: _SHOWN - 1] + '…'}”"
