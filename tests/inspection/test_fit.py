"""How the offline inspector's network is fitted: on made-up measures, which take no time to draw."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from benchmarks import inspection_fit
from benchmarks.inspection_fit import Tuning, across, as_text, fitted, macro, measures_of, unseen_scores
from lineside.inspection.judge import CLASSES, Weights, chances, network_of, verdict_of
from simulator.biscuits import biscuits


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(inspection_fit, "NETWORKS", 2)
    monkeypatch.setattr(inspection_fit, "ROUNDS", 12)


def tuning(noise: float = 0.3) -> Tuning:
    """Four measures, each high for one class; the classes cannot be told apart where the noise is large."""
    rng = np.random.default_rng(5)
    classes = rng.integers(0, 4, 1_200)
    values = np.eye(4)[classes] + rng.normal(0, noise, (1_200, 4))
    return Tuning(["a", "b", "c", "d"], values, classes, np.where(np.arange(1_200) % 2, "one", "other"))


def test_what_can_be_told_apart_is_told_apart_and_the_file_says_the_same():
    given = tuning()

    weights, _ = fitted(given)
    read = network_of(msgspec.json.decode(as_text(weights).encode(), type=Weights))

    rows = [dict(zip(given.names, row, strict=True)) for row in given.values[:200].tolist()]
    said = [CLASSES.index(verdict_of(chances(row, read), 0.5)) for row in rows]
    assert np.mean(np.array(said) == given.classes[:200]) > 0.9


def test_the_same_biscuits_give_the_same_weights():
    first, _ = fitted(tuning())
    again, _ = fitted(tuning())

    assert as_text(first) == as_text(again)


def test_the_bar_lets_all_but_a_few_good_ones_pass_that_were_not_seen():
    given = tuning(noise=0.5)

    weights, unseen = fitted(given)
    rejected = np.mean(unseen[given.classes == 0, 0] <= weights.good_above)

    assert 0 < rejected <= inspection_fit.GOOD_REJECTED + 0.001


def test_chances_of_what_was_not_seen_are_as_sure_as_they_are_right():
    given = tuning(noise=0.6)

    _, unseen = fitted(given)
    right = np.mean(unseen.argmax(axis=1) == given.classes)

    assert unseen.max(axis=1).mean() == pytest.approx(right, abs=0.05)


def test_scores_of_the_unseen_know_nothing_of_a_label_without_meaning(monkeypatch):
    monkeypatch.setattr(inspection_fit, "BATCH", 16)
    rng = np.random.default_rng(1)
    classes = rng.integers(0, 4, 240)
    learnt_by_heart = Tuning(["a"] * 40, rng.normal(0, 1, (240, 40)), classes, np.array(["one"] * 240))

    said = unseen_scores(learnt_by_heart).argmax(axis=1)

    assert macro(classes, said) < 0.4


def test_each_style_is_judged_by_networks_of_the_others():
    assert [line.split(",")[0] for line in across(tuning())] == ["fitted without one", "fitted without other"]


def test_the_measures_of_pictures_have_one_row_each_with_its_class_and_style():
    heard: list[str] = []

    found = measures_of(biscuits(4, 3, largest=200), heard.append)

    assert found.values.shape == (4, len(found.names))
    assert np.isfinite(found.values).all()
    assert found.styles.tolist() == ["relief", "painted", "drawn", "plain"]
    assert not heard
