"""The plant's vectors in ChromaDB: kept over a restart, exact about what may be quoted, and never made twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from zlib import crc32

import numpy as np
import pytest

from lineside.errors import Misconfigured
from lineside.manuals.embedding import MemoryVectors, Vectors, normalized
from lineside.manuals.passage import Passage
from lineside.manuals.search import ManualSearch

chromadb = pytest.importorskip("chromadb", reason="the extra `vectors` is not installed")

from edge.chroma import ChromaVectors  # noqa: E402

TODAY = date(2025, 3, 3)
PASSAGES = tuple(
    Passage(f"p{number}", "d", "D", "T", f"text {number}", machines=("Oven",) if number % 2 else ("Mixer",))
    for number in range(60)
)


class Hashed:
    """Vectors that are random but the same for the same text; counts what it embeds."""

    dimensions = 16

    def __init__(self, name: str = "hashed") -> None:
        self.name = name
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return normalized([np.random.default_rng(crc32(text.encode())).normal(size=16) for text in texts])


def test_the_nearest_are_those_that_an_exact_comparison_finds(tmp_path):
    kept, exact, embedder = ChromaVectors(tmp_path), MemoryVectors(), Hashed()
    for index in (kept, exact):
        index.replace(PASSAGES, embedder)
    asked = embedder.embed(["question"])[0]

    near, true = kept.query(asked, 5), exact.query(asked, 5)

    assert [each.passage_id for each in near] == [each.passage_id for each in true]
    assert np.allclose([each.cosine for each in near], [each.cosine for each in true], atol=1e-5)


def test_only_what_is_allowed_is_returned_and_as_many_as_asked(tmp_path):
    kept, embedder = ChromaVectors(tmp_path), Hashed()
    kept.replace(PASSAGES, embedder)

    near = kept.query(embedder.embed(["question"])[0], 4, allowed={"p1", "p3", "p5", "p7", "p9", "gone"})

    assert len(near) == 4
    assert {each.passage_id for each in near} <= {"p1", "p3", "p5", "p7", "p9"}
    assert kept.query(embedder.embed(["question"])[0], 4, allowed=()) == []


def test_a_restart_embeds_nothing_and_a_changed_passage_alone(tmp_path):
    ChromaVectors(tmp_path).replace(PASSAGES, Hashed())
    again, changed = Hashed(), Hashed()

    ChromaVectors(tmp_path).replace(PASSAGES, again)
    ChromaVectors(tmp_path).replace((*PASSAGES[:-1], Passage("p59", "d", "D", "T", "changed")), changed)

    assert again.embedded == []
    assert changed.embedded == ["changed"]


def test_what_is_no_longer_in_the_library_is_not_found(tmp_path):
    kept, embedder = ChromaVectors(tmp_path), Hashed()
    kept.replace(PASSAGES, embedder)

    kept.replace(PASSAGES[:3], embedder)

    near = kept.query(embedder.embed(["question"])[0], 10)
    assert {each.passage_id for each in near} == {"p0", "p1", "p2"}


def test_the_same_words_in_two_passages_are_both_found(tmp_path):
    kept, embedder = ChromaVectors(tmp_path), Hashed()
    kept.replace((Passage("a", "d", "D", "T", "same"), Passage("b", "d", "D", "T", "same")), embedder)

    assert {each.passage_id for each in kept.query(embedder.embed(["same"])[0], 5)} == {"a", "b"}
    assert embedder.embedded.count("same") == 2  # once for both passages, once for the question


def test_two_embedders_do_not_mix_their_vectors(tmp_path):
    first, second = Hashed("one"), Hashed("two: other/model@http://x")
    ChromaVectors(tmp_path).replace(PASSAGES, first)

    ChromaVectors(tmp_path).replace(PASSAGES, second)

    assert len(second.embedded) == len(PASSAGES)


def test_a_search_uses_it(tmp_path):
    searcher = ManualSearch(PASSAGES, Hashed(), ChromaVectors(tmp_path))

    hits = searcher.search("zzz", today=TODAY, top=5, machines=["Oven"])

    assert len(hits) == 5
    assert {hit.found_by for hit in hits} == {"meaning"}
    assert {hit.passage.machines for hit in hits} == {("Oven",)}


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "chromadb", None)

    with pytest.raises(Misconfigured, match=r"pip install lineside\[vectors\]"):
        ChromaVectors(tmp_path)


def test_the_module_alone_loads_no_chromadb():
    code = "import sys, edge.chroma, edge.embedders; sys.exit(any(m in sys.modules for m in ('chromadb', 'torch')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
