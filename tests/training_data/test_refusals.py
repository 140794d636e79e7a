"""Questions that no document answers: that it is so is checked against the whole library."""

from __future__ import annotations

import msgspec
import pytest

from lineside.training_data.pair import Pair
from lineside.training_data.refusals import Answerable, checked_refusals
from tests.training_data.cases import TODAY, chunks, library, true_cases
from tests.training_data.pairs import pair, passage

PASSAGES = (
    passage(1, "The filler runs at 40 bottles per minute."),
    passage(2, "Clean the nozzle N7 every 8 hours with warm water."),
    passage(3, "The hood is opened with the small key.", section="Hood"),
    passage(4, "E-217 means that the belt drive tripped.", section="Faults"),
)


def refusal(question: str, **more: object) -> Pair:
    return pair(question, passages=PASSAGES[:2], **more)  # type: ignore[arg-type]


def test_a_question_that_nothing_answers_is_a_refusal():
    made = checked_refusals([refusal("Which colour has the filler?"), refusal("What does E-299 mean?")], PASSAGES, 2)

    assert [each.question for each in made.pairs] == ["Which colour has the filler?", "What does E-299 mean?"]
    assert (made.requested, made.generated, made.rejected) == (2, 2, ())


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("How often is the nozzle N7 cleaned?", "answerable"),
        ("With which key is the hood opened?", "answerable"),
        ("What does the belt drive code E-217 mean?", "answerable"),
        ("N9?", "length"),
        ("Ask Mr Keller which colour the filler has?", "personal_data"),
        ("Which colour has the filler in the passage above?", "not_from_source"),
        ("Welche Farbe hat die Haube, und wer hat sie so bestellt?", "language"),
    ],
)
def test_a_refusal_that_may_not_be_used_says_why(question: str, reason: str):
    made = checked_refusals([refusal(question)], PASSAGES, 1)

    assert [each.reason for each in made.rejected] == [reason]
    assert (made.pairs, made.generated) == ((), 1)


def test_a_refusal_with_another_answer_or_without_passages_is_none():
    answered = msgspec.structs.replace(refusal("Which colour has the filler?"), answer="Blue.")
    bare = msgspec.structs.replace(refusal("Which colour has the filler?"), passages=())

    made = checked_refusals([answered, bare], PASSAGES, 2)

    assert [each.reason for each in made.rejected] == ["schema", "schema"]


def test_a_refusal_shows_passages_of_one_section_alone():
    several = pair("Which colour has the filler?", passages=(PASSAGES[1], PASSAGES[2], PASSAGES[0]))

    (kept,) = checked_refusals([several], PASSAGES, 1).pairs

    assert [each.passage_id for each in kept.passages] == ["sop-1.2", "sop-1.1"]


def test_no_more_are_used_than_were_wanted():
    made = checked_refusals([refusal(f"Which colour has bolt {number}?") for number in range(5)], PASSAGES, 3)

    assert made.generated == 3


def test_most_questions_that_a_document_answers_are_known_to_be_answered_by_their_words():
    answerable = Answerable(library().passages(TODAY))

    known = sum(answerable.by(case.draft.question) is not None for case in true_cases())

    # Some ask in words that the documents do not have; a question in the document's own words is always found.
    assert known > 0.6 * len(true_cases())
    assert all(answerable.by(chunk.passages[0].text) for chunk in chunks())
