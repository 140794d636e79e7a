"""The interval says how sure the mean is: checked against populations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from lineside.releases.evaluation.bootstrap import improvement


def drawn(generator: np.random.Generator, questions: int) -> np.ndarray:
    """`[question, who, judge]`: marks of two judges that share how hard a question is; the candidate is better by a
    share that differs from question to question."""
    hard = generator.normal(5.5, 1.5, (questions, 1))
    base = hard + generator.normal(0, 0.8, (questions, 2))
    candidate = hard * generator.normal(1.12, 0.15, (questions, 1)) + generator.normal(0, 0.8, (questions, 2))
    return np.clip(np.stack([base, candidate], axis=1), 1, 10)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    truth = improvement(drawn(np.random.default_rng(0), 400_000), seed=0, resamples=2).value

    covered = 0
    for trial in range(400):
        found = improvement(drawn(np.random.default_rng(1 + trial), 80), seed=trial, resamples=1_000)
        covered += found.low <= truth <= found.high

    assert 0.92 <= covered / 400 <= 0.975


def test_a_paired_draw_is_surer_than_two_separate_ones():
    means = drawn(np.random.default_rng(3), 80)
    shuffled = means.copy()
    shuffled[:, 1] = means[np.random.default_rng(4).permutation(80), 1]

    paired, apart = improvement(means, seed=0), improvement(shuffled, seed=0)

    assert paired.value == pytest.approx(apart.value)
    assert paired.high - paired.low < 0.8 * (apart.high - apart.low)


def test_it_is_the_relative_rise_of_the_mean_of_each_judge_and_the_mean_of_those():
    means = np.array([[[4.0, 8.0], [6.0, 8.0]], [[6.0, 2.0], [6.0, 4.0]]])

    found = improvement(means, seed=0)

    assert found.value == pytest.approx(((12 / 10 - 1) + (12 / 10 - 1)) / 2)
    assert found.questions == 2


def test_a_question_without_marks_of_one_judge_counts_for_the_other():
    means = np.array([[[4.0, np.nan], [6.0, np.nan]], [[6.0, 5.0], [6.0, 10.0]]])

    found = improvement(means, seed=0)

    assert found.value == pytest.approx((0.2 + 1.0) / 2)
    assert found.questions == 2


def test_equal_marks_are_no_improvement_and_sure_of_it():
    found = improvement(np.full((30, 2, 3), 7.0), seed=0)

    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_the_same_seed_gives_the_same_interval_and_another_nearly_the_same():
    means = drawn(np.random.default_rng(5), 60)

    one, again, other = (improvement(means, seed=seed) for seed in (0, 0, 1))

    assert one == again
    assert one != other
    assert one.low == pytest.approx(other.low, abs=0.01)


def test_nothing_to_compare_is_none():
    assert improvement(np.full((5, 2, 2), np.nan), seed=0) is None
    assert improvement(np.empty((5, 2, 0)), seed=0) is None
