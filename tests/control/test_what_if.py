"""How a difference between replays is told: its mean, the interval of one hour, and whether it stands out of chance."""

from __future__ import annotations

import numpy as np
import pytest

from lineside.control.what_if import Outcome, headline, outcome, unknown


def rejects(without: list[float], with_change: list[float]) -> Outcome:
    return outcome("rejects", "rejects", "an hour", without, with_change, observed=90.0)


def test_the_difference_is_that_of_the_pairs_and_not_of_the_hours():
    told = rejects([100, 200, 300, 400], [90, 191, 289, 390])

    assert (told.without, told.with_change, told.difference) == (250, 240, -10)
    assert told.low == pytest.approx(-10 - 2.353 * np.sqrt(2 / 3) * np.sqrt(1.25))
    assert told.high == pytest.approx(-10 + 2.353 * np.sqrt(2 / 3) * np.sqrt(1.25))
    assert told.stands_out


@pytest.mark.parametrize("pairs", [3, 12])
def test_the_interval_holds_nine_further_hours_in_ten(pairs):
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(600):
        drawn = rng.normal(-5, 9, pairs + 1)
        told = rejects([0.0] * pairs, drawn[:pairs].tolist())
        held += told.low <= drawn[pairs] <= told.high

    assert 0.86 < held / 600 < 0.94


def test_a_difference_that_chance_may_have_made_is_not_told_as_one():
    by_chance = rejects([100, 100, 100], [90, 101, 96])
    none_at_all = rejects([100, 100, 100], [100, 100, 100])

    assert not by_chance.stands_out
    assert not none_at_all.stands_out
    assert headline([by_chance, none_at_all]) == "No difference that stands out of chance."


def test_the_headline_tells_help_and_harm_with_their_intervals():
    fewer = rejects([100.0, 100.0, 100.0, 100.0], [86.0, 85.0, 87.0, 86.0])
    slower = outcome("good", "good pieces", "an hour", [20000, 20000], [18500, 18500], None)
    warmer = outcome("outside", "minutes of Temperature outside its limits", "an hour", [0, 0], [2.5, 2.5], None)

    assert headline([fewer, slower, warmer]) == (
        "Fewer rejects: 14 an hour less, between 12 and 16. Fewer good pieces: 1,500 an hour less. "
        "More minutes of Temperature outside its limits: 2.5 an hour more."
    )


def test_who_cannot_tell_says_why_and_names_no_figure():
    told = unknown("there is no model of it")

    assert (told.unknown, told.outcomes, told.replays) == ("there is no model of it", (), 0)
    assert told.headline == "Nobody can tell what it would do."
