"""What a question finds, in which order, and what it never finds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.embedding import MemoryVectors, Near, Vectors, normalized
from lineside.manuals.library import library_of_site
from lineside.manuals.passage import Passage, Searcher
from lineside.manuals.search import ManualSearch
from lineside.manuals.words import stem, words
from lineside.site import read_site

TODAY = date(2025, 3, 3)
SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def demo() -> ManualSearch:
    """The manuals and procedures of the demo plant."""
    return ManualSearch(library_of_site(read_site(SAMPLES / "site.yaml"), SAMPLES))


class Topics:
    """An embedder that knows what a few words are about; it counts what it was asked."""

    name, dimensions = "topics", 3

    def __init__(self) -> None:
        self.about = {"cold": 0, "frost": 0, "freezing": 0, "ice": 0, "belt": 1, "conveyor": 1, "label": 2}
        self.embedded: list[str] = []
        self.broken: Exception | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise self.broken
        self.embedded += texts
        rows = np.full((len(texts), 3), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace(".", "").split():
                if word in self.about:
                    row[self.about[word]] += 1
        return normalized(rows)


def passage(number: int, text: str, **more: object) -> Passage:
    return Passage(f"p{number}", "doc", "DOC", "Title", text, **more)  # type: ignore[arg-type]


PASSAGES = (
    passage(1, "Ice forms at the inlet.", machines=("Freezer Tunnel",)),
    passage(2, "The belt slips when it is wet.", machines=("Vertical Conveyor",)),
    passage(3, "E-217: belt drive tripped."),
    passage(4, "If E-217 comes back, call maintenance because the belt drive tripped twice."),
    passage(5, "Replace the label roll."),
)


def found(searcher: Searcher, query: str, **how: object) -> list[str]:
    return [hit.passage.passage_id for hit in searcher.search(query, today=TODAY, **how)]  # type: ignore[arg-type]


def test_a_known_code_comes_first_and_its_definition_before_its_mention():
    hits = ManualSearch(PASSAGES).search("belt slips wet, e 217?", today=TODAY)

    assert [hit.passage.passage_id for hit in hits[:3]] == ["p3", "p4", "p2"]
    assert [hit.found_by for hit in hits[:3]] == ["code", "code", "words"]


def test_what_a_code_means_comes_before_where_it_is_mentioned():
    mention, meaning = passage(1, "When E-217 shows, wait."), passage(2, "Code: E-217. Meaning: tripped.")

    assert found(ManualSearch((mention, meaning)), "E217") == ["p2", "p1"]


def test_of_several_words_those_that_stand_together_count_more():
    apart, together = "Oil the chain while the warm drive runs.", "Oil the warm part while the chain drive runs."
    searcher = ManualSearch((passage(1, apart), passage(2, together)))

    assert found(searcher, "chain drive") == ["p2", "p1"]


def test_another_form_of_a_word_is_found():
    assert found(ManualSearch(PASSAGES), "replacing") == ["p5"]


def test_what_says_nothing_of_the_question_is_not_found():
    assert found(ManualSearch(PASSAGES), "payroll") == []
    assert found(ManualSearch(PASSAGES), "  ") == []
    assert found(ManualSearch(()), "belt") == []


def test_a_question_is_narrowed_to_its_machines_and_to_passages_for_any():
    assert found(ManualSearch(PASSAGES), "belt ice label", machines=["freezer tunnel"]) == ["p5", "p1", "p3", "p4"]
    assert "p2" in found(ManualSearch(PASSAGES), "belt ice label")


def test_meaning_finds_what_no_word_says():
    searcher = ManualSearch(PASSAGES, Topics())

    (best, *_) = searcher.search("frost", today=TODAY)

    assert (best.passage.passage_id, best.found_by) == ("p1", "meaning")
    assert found(ManualSearch(PASSAGES), "frost") == []


def test_meaning_never_brings_what_may_not_be_quoted_or_is_about_another_machine():
    retired = passage(9, "Freezing cold ice frost.", superseded_on="2025-03-03")
    coming = passage(8, "Freezing cold ice frost.", effective_from="2025-03-04")
    searcher = ManualSearch((*PASSAGES, retired, coming), Topics())

    assert not {"p8", "p9"} & set(found(searcher, "frost", top=10))
    assert "p1" not in found(searcher, "frost", top=10, machines=["Vertical Conveyor"])
    assert "p8" in [hit.passage.passage_id for hit in searcher.search("frost", today=date(2025, 3, 4), top=10)]


@pytest.mark.parametrize("failure", [Unavailable("no answer"), Misconfigured("no such model")])
def test_while_the_embedder_is_away_words_answer_and_it_is_said(failure):
    embedder = Topics()
    searcher = ManualSearch(PASSAGES, embedder)

    embedder.broken = failure
    assert found(searcher, "label") == ["p5"]
    assert searcher.trouble == f"passages are found by words alone: {failure}"

    embedder.broken = None
    assert found(searcher, "frost", top=1) == ["p1"]
    assert searcher.trouble == ""


def test_an_embedder_that_is_away_at_the_start_is_asked_again_later():
    embedder = Topics()
    embedder.broken = Unavailable("starting")
    searcher = ManualSearch(PASSAGES, embedder)
    assert searcher.trouble

    embedder.broken = None

    assert searcher.learn()
    assert found(searcher, "frost", top=1) == ["p1"]


def test_a_plant_may_start_before_its_manuals_are_embedded():
    embedder = Topics()
    searcher = ManualSearch(PASSAGES, embedder, learn=False)

    assert embedder.embedded == []
    assert found(searcher, "label") == ["p5"]
    assert "until their vectors are made" in searcher.trouble


def test_an_unchanged_passage_is_not_embedded_again():
    embedder, index = Topics(), MemoryVectors()
    ManualSearch(PASSAGES, embedder, index)
    embedder.embedded.clear()

    ManualSearch((*PASSAGES[:4], passage(6, "A new one.")), embedder, index)

    assert embedder.embedded == ["A new one."]


def test_a_passage_that_an_index_still_holds_but_the_library_does_not_is_passed_over():
    class Stale:
        def nearest(self, question: str, top: int, allowed: object) -> list[Near]:
            return [Near("gone", 0.9), Near("p5", 0.8)]

    assert found(ManualSearch(PASSAGES, meaning=Stale()), "xyz") == ["p5"]


def test_the_number_of_a_document_finds_its_passages(demo):
    hits = demo.search("what does SOP-VC-07 say about the chain", today=TODAY, top=20)

    assert {hit.passage.document for hit in hits[:11]} == {"SOP-VC-07"}
    assert "chain" in hits[0].passage.text


@pytest.mark.parametrize(
    "question",
    [
        "reach through the service flap and pull the box out",
        "press reset twice",
        "blow warm air on the evaporator for five minutes",
        "peel the label off the roller with a knife while it turns",
        "open hatches 1 and 6 at once to let the warm air in",
        "knock the ice off with the rubber mallet",
    ],
)
def test_the_very_words_of_a_retired_step_find_only_what_is_in_force(demo, question):
    retired = {"SOP-FT-01", "SOP-GEN-20"}

    hits = demo.search(question, today=TODAY, top=50)

    assert hits
    assert not {hit.passage.document for hit in hits} & retired
    assert not {(hit.passage.document, hit.passage.revision) for hit in hits} & {
        ("SOP-VC-07", "3"), ("SOP-PK-15", "4"), ("FT-200-OM", "4")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("E217?", "Belt drive tripped"),
        ("label L 118", "Best-before date missing"),
        ("how often do I defrost the freezer", "Defrost every 16 hours"),
        ("how hot must the glue be", "glue heater"),
        ("which nitrogen pressure is normal", "Normal: 3.2 bar"),
        ("which grease for the drive bearing", "grease H1"),
    ],
)
def test_the_demo_plant_s_manuals_answer_their_operators(demo, question, said):
    hits = demo.search(question, today=TODAY, top=2)

    assert any(said in hit.passage.text for hit in hits)


def test_words_are_compared_without_case_small_words_and_endings():
    assert words("The Belts ARE slipping at 8.8 rpm") == ["belts", "slipping", "8.8", "rpm"]
    assert [stem(word) for word in ("belts", "slipping", "slipped", "batches", "glass", "replace", "replacing")] == [
        "belt", "slip", "slip", "batch", "glass", "replac", "replac"
    ]  # fmt: skip


def test_writing_without_spaces_is_searched_by_pairs_of_characters():
    searcher = ManualSearch((passage(1, "关闭氮气阀门。"), passage(2, "打开检修门。")))

    assert found(searcher, "氮气阀门在哪里") == ["p1"]


def test_learning_words_says_nothing_in_the_log(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        ManualSearch(library_of_site(read_site(SAMPLES / "site.yaml"), SAMPLES)).search("E-217", today=TODAY)

    assert [record.message for record in caplog.records if record.name == "bm25s"] == []
