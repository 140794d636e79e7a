"""How well and how fast manuals are found: BM25 and codes on real manuals, MiniLM where it is installed, PDF reading.

Nothing is fitted to these questions (docs/adr/0015-retrieval.md); the two halves, every second question, show how far
chance alone moves a figure. Times are medians and 95th percentiles, wall.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.data import folder
from edge.embedders import embedder_of
from lineside.errors import LinesideError
from lineside.manuals.batch import read_passages
from lineside.manuals.embedding import Embedder, Vectors
from lineside.manuals.passage import Passage
from lineside.manuals.pdf import read_pdf
from lineside.manuals.search import ManualSearch
from lineside.manuals.settings import EmbedderRow

TODAY = date(2025, 3, 3)
CORPORA = ("codes-gpl3", "faa")
KIND_OF_SET = {
    "faa-toc": "words", "faa-index": "words", "title+machine": "words", "operator-paraphrase": "paraphrase"
}  # fmt: skip
"""Every other set asks for a code."""

Figures = Iterator[tuple[str, str]]


class Judged(msgspec.Struct):
    """A question and the passages that answer it."""

    q: str
    gold: list[str]
    set: str

    @property
    def kind(self) -> str:
        return KIND_OF_SET.get(self.set, "codes")


class Kept:
    """An embedder whose vectors are kept on disk: passages are embedded once and not at every run."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._folder = Path(os.environ.get("LINESIDE_BENCH_CACHE", tempfile.gettempdir()))

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return self._embedder.embed(texts)
        key = hashlib.blake2b("\0".join((self.name, *texts)).encode(), digest_size=12).hexdigest()
        path = self._folder / f"lineside-vectors-{key}.npy"
        if not path.is_file():
            np.save(path, self._embedder.embed(texts))
        return np.asarray(np.load(path), np.float32)


def bench() -> list[tuple[str, str]]:
    figures = list(_pdf_speed())
    data = folder()
    if data is None:
        return [*figures, ("the real manuals", "not here; set LINESIDE_DATA")]
    corpora = {name: _corpus(data / "manuals", name) for name in CORPORA}
    figures += _quality(corpora, None)
    try:
        embedder = embedder_of(EmbedderRow(provider="minilm"))
    except LinesideError:
        return [*figures, ("with MiniLM", "not installed; docs/manuals.md says how")]
    assert embedder is not None
    known = _Known(Kept(embedder), corpora)
    return [*figures, *_quality(corpora, known), *_vector_stores(corpora, known)]


def _corpus(manuals: Path, name: str) -> tuple[tuple[Passage, ...], list[Judged]]:
    passages, _ = read_passages(manuals / f"passages.{name}.jsonl")
    lines = (manuals / f"questions.{name}.jsonl").read_bytes().splitlines()
    return passages, [msgspec.json.decode(line, type=Judged) for line in lines]


Corpora = dict[str, tuple[tuple[Passage, ...], list[Judged]]]


def _quality(corpora: Corpora, embedder: Embedder | None) -> Figures:
    ranks: dict[tuple[str, str], list[int]] = {}
    seconds: dict[str, list[float]] = {}
    for passages, questions in corpora.values():
        searcher = ManualSearch(passages, embedder)
        for number, judged in enumerate(questions):
            took, rank = _asked(searcher, judged)
            seconds.setdefault(judged.kind, []).append(took)
            for half in ("all", "second half" if number % 2 else "first half"):
                ranks.setdefault((judged.kind, half), []).append(rank)
    leg = "with MiniLM" if embedder else "codes and words"
    for (kind, half), found in sorted(ranks.items()):
        yield f"{leg}: {kind} ({half}, {len(found)}): recall@1/3/5, MRR@10", _recalls(found)
    for kind, times in sorted(seconds.items()):
        yield f"{leg}: a query of {kind}, besides the embedding", _milliseconds(times)


class _Known:
    """An embedder that was asked everything beforehand, so that a query's time is that of the search."""

    def __init__(self, embedder: Embedder, corpora: Corpora) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._vectors: dict[str, Vectors] = {}
        for passages, questions in corpora.values():
            for texts in ([passage.text for passage in passages], sorted({judged.q for judged in questions})):
                self._vectors |= dict(zip(texts, embedder.embed(texts), strict=True))

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vectors[text] for text in texts], np.float32)


def _asked(searcher: ManualSearch, judged: Judged, machines: Collection[str] = ()) -> tuple[float, int]:
    began = time.perf_counter()
    hits = searcher.search(judged.q, today=TODAY, top=10, machines=machines)
    took = time.perf_counter() - began
    return took, next((at for at, hit in enumerate(hits) if hit.passage.passage_id in judged.gold), 99)


def _recalls(ranks: list[int]) -> str:
    recalls = "/".join(f"{np.mean([rank < within for rank in ranks]):.3f}" for within in (1, 3, 5))
    return f"{recalls}, {np.mean([1 / (1 + rank) if rank < 10 else 0 for rank in ranks]):.3f}"


def _milliseconds(seconds: list[float]) -> str:
    return f"{np.median(seconds) * 1e3:.2f} ms, 95 % below {np.quantile(seconds, 0.95) * 1e3:.2f} ms"


def _vector_stores(corpora: Corpora, embedder: Embedder) -> Figures:
    """ChromaDB with the passages of all manuals, every second one of another machine."""
    from edge.chroma import ChromaVectors

    passages = tuple(
        msgspec.structs.replace(passage, machines=("A" if at % 2 else "B",))
        for at, passage in enumerate(passage for found, _ in corpora.values() for passage in found)
    )
    questions = [judged for _, found in corpora.values() for judged in found]
    with tempfile.TemporaryDirectory(prefix="lineside-bench-", ignore_cleanup_errors=True) as place:
        began = time.perf_counter()
        searcher = ManualSearch(passages, embedder, ChromaVectors(Path(place)))
        yield f"ChromaDB: {len(passages):,} passages stored", f"{time.perf_counter() - began:.1f} s"
        times = [_asked(searcher, judged)[0] for judged in questions]
        yield "ChromaDB: a query, besides the embedding", _milliseconds(times)
        times = [_asked(searcher, judged, ["A"])[0] for judged in questions]
        yield "ChromaDB: a query for one machine's half of the passages", _milliseconds(times)


def _pdf_speed() -> Figures:
    """The demo plant's manual: three of its four pages have ruled tables, one has none."""
    content = (Path(__file__).parent.parent / "samples" / "manuals" / "freezer-tunnel-ft200-manual.pdf").read_bytes()
    read_pdf(content)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        pages = read_pdf(content).pages
        times.append((time.perf_counter() - began) / pages)
    yield "PDF, three pages in four with ruled tables", f"{1 / float(np.median(times)):.0f} pages/s"
