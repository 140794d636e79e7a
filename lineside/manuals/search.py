"""Finds the passages that fit a question: a known code first, else words and meaning together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.codes import KnownCodes, written_codes
from lineside.manuals.embedding import NEAREST, Embedder, Meaning, MemoryVectors, VectorIndex, VectorMeaning
from lineside.manuals.library import Library
from lineside.manuals.passage import Found, Hit, Passage
from lineside.manuals.words import SMALL_WORDS, Scores, WordIndex

MEANING_SHARE = 0.5
"""Words and meaning count alike: both scores run from 0 to 1, and neither leg is known to be the better one for a
plant's own documents (docs/adr/0015-retrieval.md)."""
STATED_WITHIN = 24
"""A code in the first so many characters, as in "Code: E-217", is what the passage is about; farther on, or as in "If
E-217 comes back", it is only mentioned."""
STATED_BONUS = 0.5
_MOST_FILTERS = 200

Mask = npt.NDArray[np.bool_]


class _Legs(NamedTuple):
    """What each way of looking says of every passage."""

    codes: npt.NDArray[np.float32]
    words: Scores
    meaning: Scores

    @property
    def total(self) -> npt.NDArray[np.float32]:
        fused: npt.NDArray[np.float32] = self.codes + self.words + self.meaning
        return fused

    def found_by(self, at: int) -> Found:
        if self.codes[at] > 0:
            return "code"
        if self.meaning[at] > 0:
            return "both" if self.words[at] > 0 else "meaning"
        return "words"


class ManualSearch:
    """Searches passages. It may be used from several threads.

    `trouble` says in a sentence why passages are found by words alone although an embedder is configured; it is empty
    while all is well. With `learn=False` nothing is embedded until `learn` is called, so that a plant can start first.
    """

    def __init__(
        self,
        source: Library | Sequence[Passage],
        embedder: Embedder | None = None,
        index: VectorIndex | None = None,
        meaning: Meaning | None = None,
        *,
        learn: bool = True,
    ) -> None:
        self._library = source if isinstance(source, Library) else None
        self._passages = source.all_passages if isinstance(source, Library) else tuple(source)
        self._at = {passage.passage_id: at for at, passage in enumerate(self._passages)}
        self._codes = KnownCodes([passage.text for passage in self._passages])
        self._documents = _by_document(self._passages)
        self._words = WordIndex([_searched(passage) for passage in self._passages])
        self._machines = [frozenset(map(str.casefold, passage.machines)) for passage in self._passages]
        self._masks: dict[tuple[date, frozenset[str]], tuple[Mask, frozenset[str] | None]] = {}
        self.trouble = ""
        self._embedder, self._index = embedder, index
        self._meaning = meaning
        if learn:
            self.learn()
        elif embedder is not None:
            self.trouble = "passages are found by words alone until their vectors are made"

    def learn(self) -> bool:
        """Embed what the index does not hold yet; may take minutes. False while the embedder does not answer: call it
        again later."""
        if self._meaning is not None or self._embedder is None:
            return True
        try:
            self._meaning = VectorMeaning(self._passages, self._embedder, self._index or MemoryVectors())
        except Unavailable as error:
            self.trouble = _by_words_alone(error)
            return False
        self.trouble = ""
        return True

    def search(self, query: str, *, today: date, top: int = 5, machines: Collection[str] = ()) -> list[Hit]:
        mask, allowed = self._allowed(today, frozenset(map(str.casefold, machines)))
        if top < 1 or not query.strip() or not mask.any():
            return []
        legs = self._look(query, mask, allowed)
        total = np.where(mask, legs.total, 0)
        return [Hit(self._passages[at], float(total[at]), legs.found_by(at)) for at in _best(total, top)]

    def _look(self, query: str, mask: Mask, allowed: frozenset[str] | None) -> _Legs:
        codes, words = self._by_code(query), self._words.scores(query)
        near = self._by_meaning(query, allowed)
        if near is None:
            return _Legs(codes, words, np.zeros_like(words))
        return _Legs(codes, (1 - MEANING_SHARE) * words, MEANING_SHARE * near * mask)

    def _by_code(self, query: str) -> npt.NDArray[np.float32]:
        """More than words and meaning can ever reach, for the passages with a code that the question names.

        A rare code counts more than a common one, so that of a model and a fault the fault decides.
        """
        scores = np.zeros(len(self._passages), np.float32)
        for code in self._codes.named_in(query):
            places = self._codes.passages[code]
            rarity = 1.0 + 1.0 / len(places)
            for number, at in places.items():
                scores[number] += rarity * (1 + STATED_BONUS * self._is_stated(number, at))
        for document in self._codes_of_documents(query):
            scores[self._documents[document]] += 1.0
        return scores

    def _is_stated(self, number: int, at: int) -> bool:
        before = self._passages[number].text[:at]
        return at < STATED_WITHIN and SMALL_WORDS.isdisjoint(before.casefold().split())

    def _codes_of_documents(self, query: str) -> set[str]:
        return {found.code for found in written_codes(query)} & self._documents.keys()

    def _by_meaning(self, query: str, allowed: frozenset[str] | None) -> Scores | None:
        if self._meaning is None:
            return None
        try:
            near = self._meaning.nearest(query, NEAREST, allowed)
        except (Unavailable, Misconfigured) as error:  # an operator who asks cannot mend it, and words still answer
            self.trouble = _by_words_alone(error)
            return None
        self.trouble = ""
        known = [(self._at[each.passage_id], each.cosine) for each in near if each.passage_id in self._at]
        farthest = max(0.0, min((cosine for _, cosine in known), default=0.0)) if len(near) >= NEAREST else 0.0
        cosines = np.full(len(self._passages), farthest, np.float32)
        for at, cosine in known:
            cosines[at] = max(0.0, cosine)
        return cosines

    def _allowed(self, today: date, machines: frozenset[str]) -> tuple[Mask, frozenset[str] | None]:
        """Which passages count, and their ids where they are not all of them."""
        key = (today, machines)
        if key not in self._masks:
            if len(self._masks) >= _MOST_FILTERS:
                self._masks.clear()
            mask = self._in_force(today) & np.array([not own or not machines or bool(own & machines)
                                                     for own in self._machines], np.bool_)  # fmt: skip
            ids = frozenset(self._passages[at].passage_id for at in np.flatnonzero(mask))
            self._masks[key] = (mask, None if mask.all() else ids)
        return self._masks[key]

    def _in_force(self, today: date) -> Mask:
        if self._library is not None:
            quotable = self._library.in_force(today)
            return np.array([passage.document_id in quotable for passage in self._passages], np.bool_)
        day = today.isoformat()
        return np.array(
            [
                passage.effective_from <= day and (not passage.superseded_on or passage.superseded_on > day)
                for passage in self._passages
            ],
            np.bool_,
        )


def _best(total: npt.NDArray[np.float32], top: int) -> list[int]:
    """The highest first, of those above zero; of equals the one that stands first in its document."""
    if len(total) > 4 * top:
        candidates = np.flatnonzero(total >= np.partition(total, len(total) - top)[len(total) - top])
    else:
        candidates = np.arange(len(total))
    ordered = candidates[np.argsort(-total[candidates], kind="stable")]
    return [int(at) for at in ordered[:top] if total[at] > 0]


def _by_words_alone(error: Exception) -> str:
    return f"passages are found by words alone: {error}"


def _by_document(passages: Sequence[Passage]) -> dict[str, list[int]]:
    """A document's own number, such as SOP-VC-07 -> its passages. A title is no number."""
    found: dict[str, list[int]] = {}
    for at, passage in enumerate(passages):
        written = {found.code for found in written_codes(passage.document)} if " " not in passage.document else set()
        for number in written:
            found.setdefault(number, []).append(at)
    return found


def _searched(passage: Passage) -> str:
    """What the words of a question are looked for in."""
    return "\n".join((passage.title, *passage.machines, passage.section, passage.text))
