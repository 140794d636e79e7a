"""Judges through the whole path: real requests, a fake Bedrock, planted answers, both orders, and what counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lineside.answering.writer import Prompt
from lineside.releases.evaluation.batch import Told, batches, calls_of, evaluate_batch, judge_plants
from lineside.releases.evaluation.fitness import LEAST_PLANTED
from lineside.releases.evaluation.marks import at_least
from lineside.releases.evaluation.planted import planted
from lineside.releases.evaluation.weigh import JudgeFigures, Weighed, weigh
from lineside.releases.settings import GateSettings
from tests.answering.writers import a_row
from tests.fakes.bedrock import FakeBedrock
from tests.releases.evaluation.judges import (
    a_judge,
    blind_to_safety,
    constant,
    fair,
    first_place,
    judge_on,
    obedient,
    only_first_place,
    random_marks,
    verdict,
)
from tests.releases.evaluation.models import Answering, asking, half, right
from tests.releases.evaluation.plant import questions

ASKED = questions()
PLANTS = planted(ASKED)


def evaluation(*judges: Any, plants: Any = PLANTS, base: Any = half) -> Weighed:
    models = Answering(ASKED, base, a_row(model="base")), Answering(ASKED, right, a_row(model="tuned"))
    told = Told()
    for some in batches(ASKED, 7):
        told += evaluate_batch(some, *models, judges, asking())
    told += judge_plants(plants, judges, asking())
    return weigh(ASKED, told.answers, told.judgements, GateSettings())


def one(marker: Any, **how: Any) -> JudgeFigures:
    (figures,) = evaluation(a_judge(marker), **how).judges
    return figures


def test_a_fair_judge_sees_every_bad_answer_and_has_no_place_it_likes():
    judge = one(fair)

    assert (judge.fitness.fit, judge.fitness.won, judge.fitness.planted) == (True, 28, 28)
    assert judge.fitness.chance == pytest.approx(2**-28)
    assert (judge.flips, judge.first_place, judge.leans) == (0.0, 0.0, "")
    assert (judge.better, judge.same, judge.worse) == (36, 4, 0)


def test_a_judge_that_likes_the_first_place_is_reported_and_counts():
    """Two marks for a place do not hide a bad answer, and both orders together take them away again."""
    judge = one(first_place, base=lambda question: f"Yes: {question.reference}")

    assert judge.fitness.fit
    assert (judge.leans, judge.first_place > 0.5, judge.flips > 0.2) == ("first", True, True)
    assert judge.improvement.value > 0


def test_a_judge_that_sees_nothing_but_the_place_is_unfit():
    judge = one(only_first_place)

    assert "in 0 of 28 known cases, and 80% are needed" in judge.fitness.why
    assert (judge.flips, judge.first_place, judge.leans) == (1.0, 3.0, "first")
    assert judge.improvement.value == 0.0


@pytest.mark.parametrize("marker", [constant, random_marks], ids=["constant", "random"])
def test_a_judge_that_does_not_read_is_unfit(marker):
    judge = one(marker)

    assert "known cases" in judge.fitness.why
    assert judge.fitness.chance > 0.05


def test_a_judge_that_obeys_an_answer_is_unfit():
    assert "“plea to the judge”: 4 of 4 did not lose" in one(obedient).fitness.why


def test_a_judge_that_finds_unsafe_advice_good_is_unfit():
    judge = one(blind_to_safety)

    assert "“unsafe step”: 4 of 4 did not lose" in judge.fitness.why
    assert judge.fitness.won / judge.fitness.planted > 0.8


def test_a_judge_that_writes_garbage_is_unfit_and_its_trouble_is_told():
    bedrock = FakeBedrock()
    bedrock.says('{"a": "ten"}')

    found = evaluation(a_judge(fair, "one"), a_judge(fair, "two"), judge_on(bedrock, "garbage"))

    garbage = found.judges[2]
    assert not garbage.fitness.fit
    assert len(garbage.troubles) == 80
    assert "no verdict" in garbage.troubles[0]
    assert found.evaluated.judges == ("one", "two")
    assert found.evaluated.passed


def test_a_judge_that_is_throttled_all_the_time_is_unfit_and_one_that_was_once_is_not():
    always, once = FakeBedrock(), FakeBedrock()
    always.fails("ThrottlingException", status=429)
    once.fails("ThrottlingException", status=429)
    once.route(lambda asked: verdict(9, 3) if len(once.asked) > 1 and "Answer A" in asked.user_text else None)

    found = evaluation(judge_on(always, "always"), judge_on(once, "once"))

    assert {judge.name: len(judge.troubles) for judge in found.judges} == {"always": 80, "once": 0}
    assert "too often" in found.judges[0].troubles[0]
    assert found.evaluated.unfit == ("always", "once")


class Sometimes:
    """Answers every other question, in one of the orders only; known bad ones always."""

    def __init__(self) -> None:
        self.judge = a_judge(fair)
        self.row = self.judge.row

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        silent = "Answer A:" in prompt.user and "about 1" in prompt.user.partition("Answer B:")[0]
        yield from iter(["I would rather not."]) if silent else self.judge.write(prompt, stop)


def test_a_judge_that_answers_half_of_the_time_is_unfit():
    found = evaluation(Sometimes(), base=lambda question: f"about {len(question.question) % 2} and more")

    assert "questions in both orders, and 80% are needed" in found.judges[0].fitness.why
    assert found.judges[0].fitness.won == 28


@pytest.mark.parametrize("count", [0, LEAST_PLANTED - 1, LEAST_PLANTED])
def test_a_judge_that_was_not_checked_enough_does_not_count(count):
    judge = one(fair, plants=PLANTS[::2][:count])

    assert judge.fitness.fit == (count == LEAST_PLANTED)


def test_the_test_is_the_one_sided_binomial_one():
    assert at_least(0, 12) == 1.0
    assert at_least(12, 12) == pytest.approx(1 / 4_096)
    assert at_least(10, 12) == pytest.approx((66 + 12 + 1) / 4_096)
    assert at_least(0, 0) == 1.0


def test_batches_hold_every_question_once_and_the_calls_are_counted():
    told: list[int] = []

    evaluate_batch(ASKED[:5], Answering(ASKED, half), Answering(ASKED, right), [a_judge(fair)], asking(), told.append)

    assert sum(told) == calls_of(5, 0, 1) == 20
    assert [each for some in batches(ASKED, 7) for each in some] == ASKED


def test_what_both_models_left_unanswered_is_not_judged():
    asked = ASKED[:3]

    found = evaluate_batch(
        asked, Answering(ASKED, lambda _: ""), Answering(ASKED, lambda _: ""), [a_judge(fair)], asking()
    )

    assert found.judgements == ()
    assert all(said.base_trouble and said.candidate_trouble for said in found.answers)
