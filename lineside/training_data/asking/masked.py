"""A sentence with a single mark in place of each of its quantities, so that a pattern can say where one stands."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from lineside.answering.claims import Quantity, claims
from lineside.answering.spoken import NUMBER_WORDS, plain

_FIRST: Final = 0xE000
MARK: Final = "[\ue000-\uf8ff]"
"""One quantity, in a pattern."""
_RANGE: Final = re.compile(rf"{MARK}(?:\s?(?:to|and|or|bis|und|oder|-|–|/)\s?{MARK})+")
_OF_METRES: Final = re.compile(r"(?<=N)[·⋅•.*]m\b")
_MOST: Final = 500
_COUNTS: Final = re.compile(rf"\d|\b(?:{'|'.join(filter(str.isascii, NUMBER_WORDS))})\b", re.IGNORECASE).search


class Masked(NamedTuple):
    """`text` with its marks, and for each mark what it stands for and which quantity that is."""

    text: str
    said: tuple[str, ...]
    quantities: tuple[str, ...]

    def written(self, part: str) -> str:
        """A part of the text with its quantities again."""
        return re.sub(MARK, lambda mark: self.said[ord(mark[0]) - _FIRST], part)

    def quantity(self, mark: str) -> str:
        return self.quantities[ord(mark) - _FIRST]


def masked(sentence: str) -> Masked:
    """Ranges such as "2.5 to 4.0 bar" are one quantity. A text that is only comparable in another spelling has none."""
    spelled = plain(sentence)
    if len(spelled) != len(sentence) or re.search(MARK, sentence) or not _COUNTS(spelled):
        return Masked(sentence, (), ())
    found = [claim for claim in claims(spelled) if isinstance(claim, Quantity)][:_MOST]
    text, said, names, end = "", list[str](), list[str](), 0
    for claim in found:
        if claim.at < end:
            continue
        text += sentence[end : claim.at] + chr(_FIRST + len(said))
        end = claim.at + len(claim.said)
        metres = _OF_METRES.match(sentence, end)  # a newton is read without the metre behind its point
        end = metres.end() if metres else end
        said.append(sentence[claim.at : end])
        names.append("torque" if metres else claim.units[0].quantity if claim.units else "")
    return _ranged(Masked(text + sentence[end:], tuple(said), tuple(names)))


def _ranged(found: Masked) -> Masked:
    """The marks of a range made one, which stands for all of it."""
    said, names = list(found.said), list(found.quantities)

    def joined(match: re.Match[str]) -> str:
        said.append(found.written(match[0]))
        names.append(found.quantity(match[0][-1]))
        return chr(_FIRST + len(said) - 1)

    text = _RANGE.sub(joined, found.text)
    return Masked(text, tuple(said), tuple(names))
