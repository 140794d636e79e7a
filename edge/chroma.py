"""The plant's vectors of manuals in ChromaDB, beside the other data. The vectors are ours: Chroma computes none."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.embedding import Embedder, Near, Vectors, text_to_embed, vector_key
from lineside.manuals.passage import Passage

_BATCH = 500
_INSTALL = "ChromaDB is not installed; run `pip install lineside[vectors]`, or choose the embedder none"

_T = TypeVar("_T")


class ChromaVectors:
    """A `VectorIndex` that survives a restart: a passage whose text has not changed is not embedded again.

    A text that stands in several passages has one vector. Each embedder has a collection of its own, because vectors
    of two embedders cannot be compared.
    """

    def __init__(self, folder: Path) -> None:
        self._client = _client(folder)
        self._collection: Any = None
        self._passages_of: dict[str, list[str]] = {}
        self._key_of: dict[str, str] = {}
        self._lock = threading.Lock()

    def replace(self, passages: Sequence[Passage], embedder: Embedder) -> None:
        keyed = {vector_key(passage, embedder.name): passage for passage in passages}
        with self._lock:
            try:
                collection = self._open(embedder)
                kept = set(collection.get(include=[])["ids"])
                for keys in _batches([key for key in keyed if key not in kept]):
                    made = embedder.embed([text_to_embed(keyed[key]) for key in keys])
                    collection.add(ids=keys, embeddings=made)
                for keys in _batches(list(kept - keyed.keys())):
                    collection.delete(ids=keys)
            except _errors() as error:
                raise Unavailable("the vectors of the manuals cannot be kept") from error
            self._collection = collection
            self._key_of = {each.passage_id: vector_key(each, embedder.name) for each in passages}
            self._passages_of = {}
            for passage_id, key in self._key_of.items():
                self._passages_of.setdefault(key, []).append(passage_id)

    def query(self, vector: Vectors, top: int, allowed: Collection[str] | None = None) -> list[Near]:
        if not self._key_of:
            return []
        keys = None if allowed is None else sorted({self._key_of[each] for each in allowed if each in self._key_of})
        if keys is not None and not keys:
            return []
        count = min(top, len(self._passages_of) if keys is None else len(keys))
        try:
            found = self._collection.query(
                query_embeddings=[vector.tolist()], n_results=count, include=["distances"], ids=keys
            )
        except _errors() as error:
            raise Unavailable("the vectors of the manuals cannot be read") from error
        near = zip(found["ids"][0], found["distances"][0], strict=True)
        told = (Near(each, 1.0 - float(distance)) for key, distance in near for each in self._passages_of.get(key, ()))
        return [each for each in told if allowed is None or each.passage_id in allowed][:top]

    def _open(self, embedder: Embedder) -> Any:
        return self._client.get_or_create_collection(
            _collection_name(embedder.name), configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )


def _client(folder: Path) -> Any:
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise Misconfigured(_INSTALL) from error
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False, is_persistent=True))
    except _errors() as error:
        raise Unavailable(f"the vectors in {folder} cannot be opened") from error


def _errors() -> tuple[type[Exception], ...]:
    """What Chroma raises: its own, and the database's as plain errors."""
    from chromadb.errors import ChromaError

    return (ChromaError, RuntimeError, ValueError, OSError)


def _collection_name(embedder_name: str) -> str:
    """3 to 512 characters of [a-zA-Z0-9._-], which also begins and ends with a letter or digit."""
    spelled = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in embedder_name)
    return f"manuals-{spelled.strip('-')[:200]}-v1"


def _batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
