"""Passages and questions as vectors, and where the vectors are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from lineside.errors import Unavailable
from lineside.manuals.passage import Passage

Vectors = npt.NDArray[np.float32]

NEAREST = 100
"""So many passages are compared by meaning; one that is farther away counts as the last of them."""


class Embedder(Protocol):
    """Text -> vectors of length 1. `name` changes whenever the same text would give another vector.

    Raises Unavailable while it does not answer.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class Near(NamedTuple):
    """A passage and how near it is in meaning: the cosine, 1 for the same."""

    passage_id: str
    cosine: float


class VectorIndex(Protocol):
    """Vectors of passages. `replace` makes it hold these passages and no others; `query` gives the nearest first,
    of `allowed` alone unless that is None."""

    def replace(self, passages: Sequence[Passage], embedder: Embedder) -> None: ...

    def query(self, vector: Vectors, top: int, allowed: Collection[str] | None = None) -> list[Near]: ...


class Meaning(Protocol):
    """Finds passages by what they mean, whatever words they use. Raises Unavailable while it does not answer."""

    def nearest(self, question: str, top: int, allowed: Collection[str] | None) -> list[Near]: ...


def text_to_embed(passage: Passage) -> str:
    """What a passage says, under its section: a step by itself may not say what it is a step of."""
    return f"{passage.section}\n{passage.text}" if passage.section else passage.text


def vector_key(passage: Passage, embedder_name: str) -> str:
    """The same text under the same embedder has the same vector: it need not be computed again."""
    return hashlib.blake2b(f"{embedder_name}\0{text_to_embed(passage)}".encode(), digest_size=16).hexdigest()


def normalized(vectors: object) -> Vectors:
    """float32 rows of length 1; a row of zeros stays."""
    rows = np.atleast_2d(np.asarray(vectors, np.float32))
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


class VectorMeaning:
    """An embedder and an index of its vectors. Making it embeds what the index does not hold yet."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder, index: VectorIndex) -> None:
        self._embedder, self._index = embedder, index
        index.replace(passages, embedder)

    def nearest(self, question: str, top: int, allowed: Collection[str] | None) -> list[Near]:
        return self._index.query(self._embedder.embed([question])[0], top, allowed)


class MemoryVectors:
    """Vectors in memory, compared with each: exact, and quick up to some ten thousand passages."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._at: dict[str, int] = {}
        self._vectors: Vectors = np.zeros((0, 0), np.float32)
        self._kept: dict[str, Vectors] = {}

    def replace(self, passages: Sequence[Passage], embedder: Embedder) -> None:
        keys = [vector_key(passage, embedder.name) for passage in passages]
        missing = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in self._kept}
        if missing:
            made = embedder.embed([text_to_embed(passage) for passage in missing.values()])
            self._kept |= dict(zip(missing, made, strict=True))
        self._kept = {key: self._kept[key] for key in keys}
        self._ids = [passage.passage_id for passage in passages]
        self._at = {passage_id: at for at, passage_id in enumerate(self._ids)}
        self._vectors = normalized([self._kept[key] for key in keys]) if keys else self._vectors[:0]

    def query(self, vector: Vectors, top: int, allowed: Collection[str] | None = None) -> list[Near]:
        if not self._ids:
            return []
        if self._vectors.shape[1] != len(vector):
            raise Unavailable("the vectors of the manuals were made by another embedder")
        rows = None if allowed is None else np.array([self._at[each] for each in allowed if each in self._at], np.int64)
        compared = self._vectors if rows is None else self._vectors[rows]
        cosines = np.einsum("ij,j->i", compared, vector)  # in this thread: a product's own threads wait for each other
        best = np.argsort(-cosines, kind="stable")[:top]
        return [Near(self._ids[at if rows is None else rows[at]], float(cosines[at])) for at in best]
