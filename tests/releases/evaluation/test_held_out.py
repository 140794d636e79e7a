"""Rows of test.jsonl as questions, asked with the very prompt that was trained on."""

from __future__ import annotations

import pytest

from lineside.answering.prompt import prompt_for
from lineside.errors import Malformed
from lineside.releases.evaluation.held_out import chosen, held_out, names_of, task_of
from lineside.training_data.chat import ROOM
from tests.releases.evaluation.plant import MACHINES, pairs, questions, rows


def test_a_row_becomes_a_question_with_the_passages_that_both_models_are_shown():
    (pair, *_), (question, *_) = pairs(), questions()

    assert (question.question_id, question.question, question.reference) == (pair.pair_id, pair.question, pair.answer)
    assert question.passages == pair.passages
    assert question.machines == pair.machines
    assert not question.absent


def test_a_refusal_is_a_question_that_the_documents_do_not_answer():
    assert [question.absent for question in questions(of_each=1, absent=1)] == [False] * 4 + [True]


def test_a_model_is_asked_word_for_word_as_it_was_trained():
    for row, question in zip(rows(), questions(), strict=True):
        prompt = prompt_for(task_of(question), ROOM)

        assert [prompt.system, prompt.user] == [message["content"] for message in row["messages"][:2]]


@pytest.mark.parametrize(
    "row", [{}, {"pair": None}, {"pair": {"pair_id": "a"}}, {"messages": []}, {"pair": [1]}], ids=str
)
def test_a_row_that_is_none_is_named_by_its_number(row):
    with pytest.raises(Malformed, match="row 2 of the test questions"):
        held_out([rows()[0], row])


@pytest.mark.parametrize("field", ["question", "answer", "pair_id"])
def test_a_question_without_words_is_none(field):
    row = rows()[0]
    row["pair"][field] = ""

    with pytest.raises(Malformed, match="row 1"):
        held_out([row])


def test_a_question_that_comes_twice_would_count_twice():
    with pytest.raises(Malformed, match=r"row 2 .* 'freezer-0'"):
        held_out([rows()[0], rows()[0]])


def test_the_same_questions_are_chosen_whatever_their_order():
    asked = questions()

    some = chosen(asked, 10)

    assert len(some) == 10
    assert {each.question_id for each in chosen(asked[::-1], 10)} == {each.question_id for each in some}
    assert some == [each for each in asked if each in some]
    assert chosen(asked, 1_000) == asked


def test_the_names_are_those_of_the_machines_that_are_asked_about():
    names = names_of(questions())

    assert names.machines_in("The Box Sealer and the Cookie Former stand.") == {"Box Sealer", "Cookie Former"}
    assert all(names.machines_in(machine) for machine in MACHINES)
