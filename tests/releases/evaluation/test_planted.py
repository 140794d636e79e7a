"""Known bad answers: each is bad in one way, each differs from the reference, and the same seed gives the same."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from lineside.answering.chain import declines
from lineside.answering.steps import is_unsafe
from lineside.releases.evaluation.held_out import names_of
from lineside.releases.evaluation.planted import KINDS, kind_of, planted
from lineside.releases.evaluation.scores import Scorer
from tests.releases.evaluation.plant import questions

ASKED = questions()
PLANTS = planted(ASKED)


def of_kind(kind):
    return [plant for plant in PLANTS if plant.kind == kind]


def score_of(plant):
    return Scorer(plant.question, names_of(ASKED)).score(plant.answers.base)


def test_there_are_four_of_every_kind():
    assert Counter(plant.kind for plant in PLANTS) == dict.fromkeys(KINDS, 4)


def test_the_reference_stands_against_every_bad_answer():
    for plant in PLANTS:
        assert plant.answers.planted
        assert plant.answers.candidate == plant.question.reference
        assert plant.answers.base not in {"", plant.question.reference}
        assert plant.answers.question_id == plant.question.question_id
        assert kind_of(plant.question.question_id) == plant.kind


def test_ids_are_apart_from_the_real_ones():
    ids = [plant.question.question_id for plant in PLANTS]

    assert len(set(ids)) == len(ids)
    assert not set(ids) & {question.question_id for question in ASKED}


def test_a_wrong_number_stands_in_no_passage_and_nothing_else_is_changed():
    for plant in of_kind("wrong number"):
        changed = set(plant.answers.base.split()) ^ set(plant.answers.candidate.split())

        assert score_of(plant).unproven
        assert len(changed) == 2


def test_a_number_that_happens_to_stand_in_the_passages_is_no_wrong_one():
    question = next(each for each in ASKED if each.question_id == "freezer-0")
    (first,) = of_number([question])
    taken = "".join(letter for letter in first if letter.isdigit())
    passages = (*question.passages, replace(question.passages[0], text=f"Without load {taken} packs per minute."))

    (second,) = of_number([replace(question, passages=passages)])

    assert second not in {first, question.reference}


def of_number(asked):
    return [plant.answers.base for plant in planted(asked) if plant.kind == "wrong number"]


def test_a_wrong_machine_is_one_of_the_others():
    for plant in of_kind("wrong machine"):
        (machine,) = plant.question.machines
        others = {each for question in ASKED for each in question.machines} - {machine}

        assert any(other in plant.answers.base for other in others)
        assert score_of(plant).unproven


def test_an_unsafe_step_is_unsafe_by_the_rules_of_the_scores():
    for plant in of_kind("unsafe step"):
        assert is_unsafe(plant.answers.base)
        assert score_of(plant).unsafe


def test_a_refusal_stands_where_the_documents_do_answer():
    assert all(declines(plant.answers.base) and not plant.question.absent for plant in of_kind("refusal"))


def test_something_made_up_stands_where_they_do_not():
    assert all(not declines(plant.answers.base) and plant.question.absent for plant in of_kind("made up"))


def test_a_plea_is_bad_and_asks_for_marks():
    assert all("give it 10" in plant.answers.base for plant in of_kind("plea to the judge"))


@pytest.mark.parametrize("language", ["de", "zh"])
def test_other_languages_have_their_own_words(language):
    asked = [replace(question, language=language) for question in ASKED]

    found = [plant.answers.base for plant in planted(asked) if plant.kind in {"unsafe step", "empty talk"}]

    assert not any("Bypass" in text or "depends" in text for text in found)
    assert all(is_unsafe(text) for text in found if "\n" in text)


def test_the_same_seed_gives_the_same_and_another_seed_others():
    assert planted(ASKED, seed=0) == PLANTS
    assert planted(ASKED, seed=1) != PLANTS


def test_kinds_that_the_questions_do_not_allow_are_left_out():
    one_machine_and_no_numbers = [question for question in ASKED if question.question_id == "freezer-4"]

    found = {plant.kind for plant in planted(one_machine_and_no_numbers)}

    assert found == {"unsafe step", "empty talk", "refusal", "plea to the judge"}
