"""Words of questions and passages, and BM25 over them.

Three indexes are added up: words as they are written, their stems, and pairs of neighbouring stems. The first finds
what is said exactly, the second what is said in another form, the third prefers passages that say the words together.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt

from lineside.manuals.codes import plain

# The library turns its own log on when it is imported, over whatever a program set before.
logging.getLogger("bm25s").setLevel(logging.WARNING)

K1, B = 0.9, 0.4
"""Saturation and length: what Lucene's reference experiments use for short passages (Anserini)."""
AS_WRITTEN, STEMS, PAIRS = 0.5, 0.5, 0.3
"""A word counts once, half for its form and half for its stem; a pair, which repeats two words, counts less."""

Scores = npt.NDArray[np.float32]

_WORD = re.compile(r"[^\W_]+(?:\.\d+)?")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")

_SMALL_WORDS = (
    "a an and are as at be been but by can could did do does for from get had has have how i if in into is it its just "
    "me my no not of on or our shall should so than that the their them then there these they this those to was we "
    "were what when where which while who why will with would you your "
    "aber als am an auf aus bei bin bis da das dem den der des die dies ein eine einem einen einer es für hat ich im "
    "ist kann man mit nach nicht noch oder sich sie sind so und uns von vor wann warum was wenn wer werden wie wir "
    "wird wo zu zum zur"
)
SMALL_WORDS = frozenset(_SMALL_WORDS.split())


def words(text: str) -> list[str]:
    """Lower-case words without the small ones. Writing without spaces gives pairs of neighbouring characters."""
    found: list[str] = []
    for word in _WORD.findall(plain(text).casefold()):
        if word in SMALL_WORDS:
            continue
        if _WITHOUT_SPACES.search(word):
            found += _character_pairs(word)
        else:
            found.append(word)
    return found


def _character_pairs(word: str) -> list[str]:
    parts = [part for part in re.split(f"({_WITHOUT_SPACES.pattern})", word) if part]
    return [pair for part in parts for pair in ([part[at : at + 2] for at in range(max(1, len(part) - 1))]
            if _WITHOUT_SPACES.match(part) else [part])]  # fmt: skip


def stem(word: str) -> str:
    """The word without its English plural, -ing and -ed. Light on purpose: words that differ in meaning stay apart."""
    if len(word) <= 3 or not word.isalpha() or not word.isascii():
        return word
    stemmed = _without_participle(_singular(word))
    return stemmed[:-1] if stemmed.endswith("e") and len(stemmed) > 4 else stemmed


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and word[-2] not in "su" else word


def _without_participle(word: str) -> str:
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            bare = word[: -len(ending)]
            return bare[:-1] if bare[-1] == bare[-2] and bare[-1] not in "ls" else bare
    return word


def pairs(stems: Sequence[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(stems)]


class _Bm25:
    """One index. A question's score is bounded by the sum of the rarities of its words, which `most` gives."""

    def __init__(self, tokens: Sequence[Sequence[str]], weight: float) -> None:
        self._weight = weight
        self._ids: dict[str, int] = {}
        ids = [[self._ids.setdefault(token, len(self._ids)) for token in each] for each in tokens]
        self._index: Any = None
        if self._ids:
            self._index = bm25s.BM25(k1=K1, b=B, method="lucene")
            self._index.index((ids, dict(self._ids)), create_empty_token=False, show_progress=False)
        self._rarity = _rarities(ids, len(self._ids))
        self._unseen = float(np.log(1 + (len(tokens) + 0.5) / 0.5))

    def add(self, scores: Scores, tokens: Sequence[str]) -> float:
        """Adds this index's part to `scores`; the most that it could have been, words that no passage has included."""
        known = [self._ids[token] for token in tokens if token in self._ids]
        if known:
            scores += self._weight * self._index.get_scores_from_ids(known)
        return self._weight * (float(self._rarity[known].sum()) + self._unseen * (len(tokens) - len(known)))


def _rarities(ids: Sequence[Sequence[int]], vocabulary: int) -> npt.NDArray[np.float64]:
    """Inverse document frequency, as BM25 in Lucene's form has it."""
    counts = np.zeros(vocabulary)
    for each in ids:
        counts[list(set(each))] += 1
    return np.log(1 + (len(ids) - counts + 0.5) / (counts + 0.5))


class WordIndex:
    """BM25 over passages."""

    def __init__(self, texts: Sequence[str]) -> None:
        written = [words(text) for text in texts]
        stems = [[stem(word) for word in each] for each in written]
        self._count = len(texts)
        self._written = _Bm25(written, AS_WRITTEN)
        self._stems = _Bm25(stems, STEMS)
        self._pairs = _Bm25([pairs(each) for each in stems], PAIRS)

    def scores(self, question: str) -> Scores:
        """For each passage the share of the question that it says, from 0 to 1, rare words counting more."""
        asked = list(dict.fromkeys(words(question)))
        stems = [stem(word) for word in asked]
        scores = np.zeros(self._count, np.float32)
        most = self._written.add(scores, asked) + self._stems.add(scores, stems)
        most += self._pairs.add(scores, pairs(stems))
        return scores / most if most else scores
