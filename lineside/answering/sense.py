"""Whether a text reads as sentences at all. A small model that has lost its way says right words in no order, or the
same ones again and again; no number in it is wrong, so the number check would let it pass."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

LEAST_WORDS = 12
"""Shorter answers are judged by their signs alone: `-21.3 °C, running.` repeats nothing and needs no verb."""
MOST_REPEATED = 0.4
"""Share of pairs of words that stand in the text more often than twice. People's answers on the plant's questions stay
below 0.15, lists of steps included; a loop of eight words is above 0.8 after five rounds."""
MOST_SIGNS = 0.3
"""Share of pieces between blanks that hold neither a letter nor a digit."""
_BRACES = re.compile(r"[{}<>|\\]")
MOST_BRACES = 4

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
"""The same where there are no other letters, and faster."""


def nonsense(text: str) -> str:
    """Why this is no answer, in words that follow "it"; "" where nothing speaks against it."""
    pieces = text.split()
    signs = sum(not (piece[0].isalnum() or _WORD.search(piece)) for piece in pieces)
    if signs == len(pieces):
        return "holds no word"
    if signs > MOST_SIGNS * len(pieces):
        return "consists of signs more than of words"
    if len(_BRACES.findall(text)) > MOST_BRACES:
        return "is code or markup and not an answer"
    words = _ASCII_WORD.findall(text.lower()) if text.isascii() else [each.casefold() for each in _WORD.findall(text)]
    if len(words) >= LEAST_WORDS and _repeated(words) > MOST_REPEATED:
        return "says the same words again and again"
    return ""


def _repeated(words: list[str]) -> float:
    """The share of pairs of neighbours that come three times or more."""
    pairs = Counter(pairwise(words))
    return sum(count for count in pairs.values() if count > 2) / max(1, len(words) - 1)
