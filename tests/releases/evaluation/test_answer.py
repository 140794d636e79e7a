"""Both models are asked, every failure is told, and nothing is asked twice."""

from __future__ import annotations

import pytest

from lineside.answering.chain import LONGEST_ANSWER
from lineside.answering.writer import CutShort
from lineside.errors import Misconfigured, Refused, Throttled, Unavailable
from lineside.releases.evaluation.answer import answer
from lineside.releases.evaluation.batch import evaluate_batch
from tests.answering.writers import a_row, says
from tests.releases.evaluation.models import Answering, KeptInMemory, asking, half, right
from tests.releases.evaluation.plant import questions

QUESTION = questions()[0]


def test_both_answer_the_same_prompt():
    base, candidate = says("Nineteen."), says("19 packs per minute.")

    answers = answer(QUESTION, base, candidate, asking())

    assert (answers.base, answers.candidate) == ("Nineteen.", "19 packs per minute.")
    assert (base.asked[0].system, base.asked[0].user) == (candidate.asked[0].system, candidate.asked[0].user)
    assert all(passage.text in base.asked[0].user for passage in QUESTION.passages)


@pytest.mark.parametrize("error", [CutShort("it ran into its limit"), Refused("it does not take this")])
def test_a_model_that_fails_for_good_is_asked_once_and_its_failure_is_told(error):
    base = says(error)

    answers = answer(QUESTION, base, says("19."), asking())

    assert (answers.base, answers.base_trouble, answers.candidate) == ("", str(error), "19.")
    assert len(base.asked) == 1


def test_a_model_that_may_answer_later_is_asked_again_after_growing_pauses():
    pauses: list[float] = []
    candidate = says(Unavailable("no connection"), Throttled("too often"), "19.")

    answers = answer(QUESTION, says("19."), candidate, asking(pauses=pauses))

    assert (answers.candidate, answers.candidate_trouble) == ("19.", "")
    assert pauses == [2.0, 4.0]


def test_a_model_that_never_answers_is_told_after_the_last_try():
    candidate = says(Throttled("too often"))

    answers = answer(QUESTION, says("19."), candidate, asking())

    assert answers.candidate_trouble == "too often"
    assert len(candidate.asked) == 3


def test_throttling_rises_where_somebody_else_tries_the_batch_again():
    with pytest.raises(Throttled):
        answer(QUESTION, says("19."), says(Throttled("too often")), asking(throttled_rises=True))


def test_another_failure_does_not_rise_there():
    answers = answer(QUESTION, says("19."), says(Unavailable("gone")), asking(throttled_rises=True))

    assert answers.candidate_trouble == "gone"


def test_a_model_that_cannot_be_used_at_all_ends_the_evaluation():
    with pytest.raises(Misconfigured):
        answer(QUESTION, says(Misconfigured("a wrong key")), says("19."), asking())


@pytest.mark.parametrize(
    ("said", "why"),
    [("  ", "answered nothing"), ("word " * LONGEST_ANSWER, "wrote more than")],
    ids=["nothing", "much"],
)
def test_no_words_and_words_without_end_are_no_answer(said, why):
    answers = answer(QUESTION, says(said), says("19."), asking())

    assert answers.base == ""
    assert why in answers.base_trouble


def test_a_model_too_small_for_the_question_is_not_asked():
    small = says("19.", name="small")
    small.row = a_row(context_tokens=1_024, max_tokens=900)

    answers = answer(QUESTION, small, says("19."), asking())

    assert "cannot hold" in answers.base_trouble
    assert small.asked == []


def test_what_was_answered_is_never_asked_again():
    kept, asked = KeptInMemory(), questions(of_each=2, absent=1)
    first = Answering(asked, half, a_row(model="a")), Answering(asked, right, a_row(model="b"))
    again = Answering(asked, half, a_row(model="a")), Answering(asked, right, a_row(model="b"))

    told = evaluate_batch(asked, *first, [], asking(kept))
    told_again = evaluate_batch(asked, *again, [], asking(kept))

    assert told_again == told
    assert [len(each.asked) for each in (*first, *again)] == [9, 9, 0, 0]


def test_two_models_and_two_settings_are_kept_apart():
    kept, base = KeptInMemory(), says("one", "two", "three")
    rows = [a_row(model="a"), a_row(model="b"), a_row(model="a", temperature=0.7)]

    found = []
    for row in rows:
        base.row = row
        found.append(answer(QUESTION, base, says("19.", name="other"), asking(kept)).base)

    assert found == ["one", "two", "three"]


def test_a_failure_that_may_pass_is_not_kept_and_one_that_stays_is():
    kept = KeptInMemory()
    passing, staying = says(Unavailable("gone"), name="p"), says(Refused("no"), name="s")
    passing.row, staying.row = a_row(model="p"), a_row(model="s")

    for _ in range(2):
        answer(QUESTION, passing, staying, asking(kept, tries=1))

    assert (len(passing.asked), len(staying.asked)) == (2, 1)


def test_an_alias_may_mean_another_model_tomorrow_so_nothing_of_it_is_kept():
    kept, live = KeptInMemory(), says("19.")
    live.row = a_row(model="", alias="live")

    answer(QUESTION, live, live, asking(kept))

    assert kept.content == {}


def test_what_is_kept_and_cannot_be_read_is_asked_anew():
    kept = KeptInMemory()
    answer(QUESTION, says("19."), says("19."), asking(kept))
    kept.content = dict.fromkeys(kept.content, b"{broken")

    answers = answer(QUESTION, says("20."), says("20."), asking(kept))

    assert answers.base == "20."


def test_invisible_characters_are_not_shown_to_anybody():
    answers = answer(QUESTION, says("19\x1b[31m\u202e."), says("19."), asking())

    assert answers.base == "19[31m."


def test_one_model_answers_everything_before_the_other_is_loaded():
    asked, order = questions(of_each=1, absent=0), []
    base = Answering(asked, lambda question: order.append("base") or "x")
    candidate = Answering(asked, lambda question: order.append("candidate") or "x")

    evaluate_batch(asked, base, candidate, [], asking())

    assert order == ["base"] * 4 + ["candidate"] * 4
