"""How right the inspector was, of all images, from the few that people looked at."""

from __future__ import annotations

import random

import pytest

from lineside.inspection.accuracy import accuracy, accuracy_by_week, wilson
from lineside.inspection.chance import put_before_a_person
from lineside.inspection.model import Inspection, Seen, Verdict
from lineside.inspection.settings import InspectionSettings
from tests.inspection.builders import DAY_US, NOW_US, a_review, an_inspection

MONDAY = "2026-11-02"


def judged(number: int, seen: Verdict, really: Verdict, sampled: float = 1.0, confidence: float = 0.6) -> Inspection:
    return an_inspection(number, seen=Seen(seen, confidence), review=a_review(really), sampled=sampled)


def of(known: list[Inspection], verdict: Verdict) -> tuple[float | None, float | None]:
    (found,) = [one for one in accuracy(MONDAY, known).classes if one.verdict == verdict]
    return found.precision and found.precision.value, found.recall and found.recall.value


def test_precision_is_of_what_it_called_so_and_recall_of_what_is_so() -> None:
    known = [
        judged(1, "cracked", "cracked"),
        judged(2, "cracked", "good"),
        judged(3, "good", "cracked"),
        judged(4, "cracked", "cracked"),
        judged(5, "good", "good"),
    ]

    assert of(known, "cracked") == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert of(known, "good") == (0.5, 0.5)
    assert [one.verdict for one in accuracy(MONDAY, known).classes] == ["good", "cracked"]


def test_a_class_that_it_never_named_has_a_recall_and_no_precision() -> None:
    assert of([judged(1, "good", "bubbles")], "bubbles") == (None, 0.0)


def test_an_image_of_the_audit_stands_for_the_many_that_nobody_saw() -> None:
    unsure_and_wrong = [judged(number, "cracked", "good") for number in range(1, 5)]
    sure_and_right = [judged(9, "cracked", "cracked", sampled=0.01, confidence=0.95)]

    precision, _ = of([*unsure_and_wrong, *sure_and_right], "cracked")

    assert precision == pytest.approx(100 / 104)


def test_few_heavy_images_leave_a_wide_interval() -> None:
    many = [judged(number, "good", "good") for number in range(200)]
    few = [judged(999, "good", "good", sampled=0.005), judged(1000, "good", "good", sampled=0.005), *many]

    (alike,) = accuracy(MONDAY, many).classes
    (heavy,) = accuracy(MONDAY, few).classes

    assert alike.precision.low > 0.97
    assert heavy.precision.low < 0.75
    assert heavy.precision.images == 202


def test_an_image_that_a_person_picked_counts_in_no_share_and_is_shown_where_it_is_wrong() -> None:
    week = accuracy(MONDAY, [judged(1, "good", "good"), judged(2, "good", "cracked", sampled=0.0, confidence=0.99)])

    (good,) = week.classes
    assert good.precision.value == 1.0
    assert [(one.image_id, one.seen, one.is_really) for one in week.wrong] == [(f"{2:064x}", "good", "cracked")]
    assert "1 were picked by a person" in week.note


def test_the_surest_mistakes_are_shown_first() -> None:
    week = accuracy(MONDAY, [judged(1, "good", "cracked"), judged(2, "good", "bubbles", confidence=0.9)])

    assert [one.image_id[-1] for one in week.wrong] == ["2", "1"]


def test_the_note_says_what_the_figures_cannot() -> None:
    unsure = [judged(1, "good", "good")]
    audited = judged(2, "good", "good", sampled=0.02)
    waiting = an_inspection(3, seen=Seen("good", 0.5), queued=True)
    unseen = an_inspection(4, review=a_review(), sampled=1.0)

    assert "Nobody has looked at an image of which it was sure" in accuracy(MONDAY, unsure).note
    assert "Of 2 images it was sure of 1;" in accuracy(MONDAY, [*unsure, audited]).note
    assert "1 still wait for a person" in accuracy(MONDAY, [*unsure, waiting]).note
    assert "nothing to tell" in accuracy(MONDAY, [unseen]).note
    assert accuracy(MONDAY, [unseen, waiting]).classes == ()


def test_weeks_begin_on_monday_and_the_newest_comes_first() -> None:
    sunday, monday = NOW_US - 3 * DAY_US, NOW_US - 2 * DAY_US
    known = [an_inspection(1, taken_us=sunday, review=a_review()), an_inspection(2, taken_us=monday, queued=True)]

    weeks = accuracy_by_week([*known, an_inspection(3)])

    assert [(week.monday, week.reviewed, week.waiting) for week in weeks] == [(MONDAY, 0, 1), ("2026-10-26", 0, 0)]


def test_the_weighted_figures_come_near_the_truth_where_the_plain_ones_do_not() -> None:
    """20,000 images of a made-up inspector, of which people see one in twelve."""
    chance, settings = random.Random(7), InspectionSettings(audit_share=0.05)
    everything, looked_at = [], []
    for number in range(20_000):
        really: Verdict = "cracked" if chance.random() < 0.1 else "good"
        confidence = 0.99 if chance.random() < 0.95 else 0.6
        right = chance.random() < (0.98 if confidence > 0.8 else 0.6)
        seen: Verdict = really if right else ("good" if really == "cracked" else "cracked")
        queued, sampled = put_before_a_person(Seen(seen, confidence), f"{number:064x}", settings)
        everything.append((seen, really))
        if queued:
            looked_at.append(judged(number, seen, really, sampled, confidence))
    called = [really for seen, really in everything if seen == "cracked"]
    truth = called.count("cracked") / len(called)
    plain = [one for one in looked_at if one.seen.verdict == "cracked"]

    precision, _ = of(looked_at, "cracked")

    assert abs(precision - truth) < 0.06
    assert abs(sum(one.verdict == "cracked" for one in plain) / len(plain) - truth) > 0.2


def test_the_interval_is_wilson_s() -> None:
    assert wilson(0.9, 100) == (pytest.approx(0.8256, abs=1e-4), pytest.approx(0.9448, abs=1e-4))
    assert wilson(1.0, 1)[1] == 1.0
    assert wilson(0.0, 1)[0] == 0.0
