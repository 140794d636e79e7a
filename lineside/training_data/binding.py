"""Whether a number or a code of an answer is said of the same thing as in the source.

A number that the source has may still be the wrong one: the highest speed for the lowest, the torque of another bolt.
So the words around it are compared with the words around each number of that unit in the source. Where those of
another number fit better, the answer has taken the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from lineside.answering.claims import Quantity
from lineside.training_data.grounds import Fault, Grounds, keys, read
from lineside.training_data.wording import has_digit, stems

_CLAUSE: Final = re.compile(r"[,;()，；、]|\s[-–—]\s|\b(?:and|but|while|und|aber|sowie)\b", re.IGNORECASE)


class _Place(NamedTuple):
    """Where the source has a number: the words of its part of the sentence, and the others of its passage."""

    values: frozenset[tuple[str, float]]
    words: frozenset[str]


class Binding:
    """The numbers of a chunk, each with the words around it, and its codes with what is said of them."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._said_by: dict[tuple[str, bool], list[tuple[frozenset[str], frozenset[str]]]] = {}

    @cached_property
    def _places(self) -> list[_Place]:
        return list(_places(self._grounds))

    @cached_property
    def _named(self) -> list[tuple[int, frozenset[str], frozenset[str]]]:
        """Of each sentence its passage, its codes and its words."""
        code_of = self._grounds.code_of
        return [
            (said.passage, frozenset(filter(None, map(code_of, said.claims))), frozenset(said.stems))
            for said in self._grounds.said
        ]

    def fault(self, question: str, answer: str) -> Fault | None:
        """The first number or code that the source says of something else."""
        asked = _words(read(question))
        for sentence in self._grounds.own_words(answer):  # in a quotation a number stands among its own words
            quantities = [part.claim for part in sentence.parts if isinstance(part.claim, Quantity)]
            said = [key for claim in quantities for key in keys(claim)]
            for claim in quantities:
                beside = [_clause(sentence.text, claim.at), _words(sentence.text), asked]
                if self._fits_another(claim, beside, frozenset(said)):
                    return Fault("number", f"the source says {claim.said.strip()!r} of something else")
        return self._of_codes(question, answer)

    def _fits_another(
        self, claim: Quantity, beside: Iterable[frozenset[str]], said: frozenset[tuple[str, float]]
    ) -> bool:
        own_keys = keys(claim)
        units = {unit for unit, _ in own_keys}
        places = [place for place in self._places if any(unit in units for unit, _ in place.values)]
        own = [place.words for place in places if place.values & own_keys]
        others = [place.words for place in places if not place.values & said]
        if not own or not others:
            return False
        for words in beside:
            telling = words & (frozenset().union(*own, *others) - frozenset.intersection(*own, *others))
            if telling:
                return max(len(telling & each) for each in others) > max(len(telling & each) for each in own)
        return False

    def _of_codes(self, question: str, answer: str) -> Fault | None:
        """A code, such as E-203, where the source says more of the answer's words of another such code."""
        asked, answered = self._codes_in(question), self._codes_in(answer)
        if not asked and not answered:
            return None
        words = frozenset(word for word in stems(read(answer)) if not has_digit(word))
        both = asked | answered
        for code, named in [*((code, asked) for code in asked), *((code, both) for code in answered)]:
            kind = (_letters(code), code in self._grounds.row_codes)
            if kind not in self._said_by:
                self._said_by[kind] = self._parts(code)
            parts = self._said_by[kind]
            own = frozenset[str]().union(*(said for codes, said in parts if code in codes))
            others = [said for codes, said in parts if codes.isdisjoint(named)]
            if own and others and max(len(words & each) for each in others) > len(words & own):
                return Fault("code", f"the source says this of another code than {code}")
        return None

    def _are_of_a_kind(self, one: str, other: str) -> bool:
        """Codes with the same letters, or of one table, which may have several kinds."""
        rows = self._grounds.row_codes
        return _letters(one) == _letters(other) or (one in rows and other in rows)

    def _codes_in(self, text: str) -> dict[str, None]:
        """In the order in which they are said, so that of several wrong ones it is always the same that is told."""
        parts = (part for sentence in self._grounds.own_words(text) for part in sentence.parts)
        return dict.fromkeys(filter(None, (self._grounds.code_of(part.claim) for part in parts)))

    def _parts(self, code: str) -> list[tuple[frozenset[str], frozenset[str]]]:
        """What the source says of each code of this kind: from its sentence to that of the next one."""
        found: list[tuple[frozenset[str], frozenset[str]]] = []
        passage = -1
        for at, named, words in self._named:
            codes = frozenset(each for each in named if self._are_of_a_kind(each, code))
            if codes:
                found.append((codes, words))
            elif found and at == passage:
                found[-1] = (found[-1][0], found[-1][1] | words)
            passage = at if codes or at == passage else -1
        return found


@lru_cache(maxsize=32)
def binding_of(grounds: Grounds) -> Binding:
    return Binding(grounds)


def _places(grounds: Grounds) -> Iterator[_Place]:
    by_passage: dict[int, list[_Place]] = {}
    for said in grounds.said:
        for claim in said.claims:
            if isinstance(claim, Quantity):
                place = _Place(frozenset(keys(claim)), _clause(said.text, claim.at))
                by_passage.setdefault(said.passage, []).append(place)
    for passage, found in by_passage.items():
        everything = _words(f"{grounds.texts[passage]} {grounds.passages[passage].section}")
        for number, place in enumerate(found):
            elsewhere = frozenset[str]().union(*(other.words for at, other in enumerate(found) if at != number))
            yield place._replace(words=place.words | (everything - elsewhere))


def _clause(text: str, at: int) -> frozenset[str]:
    """The words of the part of a sentence in which a number stands, and those before its colon, which go for all that
    follows."""
    begin = _begin(text, at)
    end = next((match.start() for match in _CLAUSE.finditer(text, at)), len(text))
    head = max(text.rfind(": ", 0, at), text.rfind("：", 0, at))
    named = text[_begin(text, head) : head] if head >= 0 else ""
    return _words(f"{named} {text[max(begin, head + 1) : end]}")


def _begin(text: str, at: int) -> int:
    return max((match.end() for match in _CLAUSE.finditer(text, 0, at)), default=0)


def _words(text: str) -> frozenset[str]:
    """Numbers alone say nothing of what they are of."""
    return frozenset(word for word in stems(text) if not word[0].isdigit())


def _letters(code: str) -> str:
    return code.rstrip("0123456789")
