"""How well real manuals are found: the floors that may not be lost. `python -m benchmarks retrieval` prints it all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from lineside.manuals.batch import read_passages, read_questions
from lineside.manuals.search import ManualSearch

pytestmark = pytest.mark.data

TODAY = date(2025, 3, 3)
CODE_SETS = {"code-only", "short-code", "E-217 exact", "E217 no hyphen", "e 217 spaced"}
WORD_SETS = {"faa-toc", "faa-index", "title+machine"}


class Judged(msgspec.Struct):
    """A question and the passages that answer it."""

    q: str
    gold: list[str]
    set: str


def ranks(folder: Path, corpus: str) -> dict[str, list[int]]:
    """For each set of questions the rank of the first right passage, 99 for none among ten."""
    passages, _ = read_passages(folder / f"passages.{corpus}.jsonl")
    searcher = ManualSearch(passages)
    found: dict[str, list[int]] = {}
    for line in (folder / f"questions.{corpus}.jsonl").read_bytes().splitlines():
        judged = msgspec.json.decode(line, type=Judged)
        hits = [hit.passage.passage_id for hit in searcher.search(judged.q, today=TODAY, top=10)]
        first = next((at for at, hit in enumerate(hits) if hit in judged.gold), 99)
        found.setdefault(judged.set, []).append(first)
    return found


def recall(found: dict[str, list[int]], sets: set[str], within: int) -> float:
    all_ranks = [rank for name, each in found.items() if name in sets for rank in each]
    return sum(rank < within for rank in all_ranks) / len(all_ranks)


@pytest.fixture(scope="module")
def codes(shared_data):
    return ranks(shared_data / "manuals", "codes-gpl3")


@pytest.fixture(scope="module")
def handbook(shared_data):
    return ranks(shared_data / "manuals", "faa")


def test_a_code_finds_its_passage_first(codes):
    assert recall(codes, CODE_SETS, 1) >= 0.99


def test_words_find_their_page_among_five(codes, handbook):
    assert recall(handbook, WORD_SETS, 5) >= 0.92
    assert recall(codes, WORD_SETS, 5) >= 0.90


def test_the_questions_themselves_are_read(shared_data):
    assert len(read_questions(shared_data / "manuals" / "questions.faa.jsonl")) == 565
