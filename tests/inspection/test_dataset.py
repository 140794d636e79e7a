"""Reviewed images as a data set: dealt so that nothing is learnt from and tested on, and told in numbers."""

from __future__ import annotations

from msgspec.structs import replace

from lineside.inspection.dataset import FEW, PARTS, TOGETHER_US, dealt, part_of, report_of
from lineside.inspection.examples import VerdictRow, verdict_rows
from lineside.inspection.model import Verdict
from tests.inspection.builders import CRACKED, NOW_US, a_review, an_inspection

BEGINNING_US = NOW_US - NOW_US % TOGETHER_US


def a_row(number: int, verdict: Verdict = "cracked", taken_us: int | None = None) -> VerdictRow:
    at_us = BEGINNING_US + number * TOGETHER_US if taken_us is None else taken_us
    (row,) = verdict_rows([an_inspection(number, seen=CRACKED, review=a_review(verdict), taken_us=at_us)])
    return row


def test_a_tenth_each_is_for_validation_and_for_testing() -> None:
    rows = [a_row(number) for number in range(1, 2_001)]

    parts = dealt(rows, seed=0)

    assert sum(map(len, parts.values())) == 2_000
    assert 1_540 < len(parts["train"]) < 1_660
    assert 150 < len(parts["validation"]) < 250
    assert 150 < len(parts["test"]) < 250


def test_what_one_camera_took_within_ten_minutes_stays_together() -> None:
    for window in range(50):
        start_us = BEGINNING_US + window * TOGETHER_US
        alike = [a_row(number, taken_us=start_us + number * 59_000_000) for number in range(1, 10)]

        assert len({part_of(row, 0) for row in alike}) == 1


def test_what_comes_later_moves_nothing_and_another_seed_deals_anew() -> None:
    rows = [a_row(number) for number in range(1, 201)]

    early, late = dealt(rows[:100], 0), dealt(rows, 0)

    assert all(row in late[part] for part in PARTS for row in early[part])
    assert dealt(rows, 1) != late


def test_the_report_counts_classes_cameras_and_where_the_inspector_was_wrong() -> None:
    rows = [a_row(1), a_row(2, "good"), replace(a_row(3), device="Second Look")]

    report = report_of({"train": rows[:2], "validation": [], "test": rows[2:]}, 7, missing=4)

    assert (report["images"], report["missing"], report["seed"]) == (3, 4, 7)
    assert report["parts"]["train"] == {"good": 1, "cracked": 1, "deformed": 0, "bubbles": 0}
    assert report["cameras"] == {"Cookie Inspector": 1 + 1, "Second Look": 1}
    assert report["inspector_was_wrong"] == 1
    assert report["few"] == ["good", "cracked", "deformed", "bubbles"]


def test_a_class_with_enough_images_is_not_called_few() -> None:
    rows = [a_row(number) for number in range(1, FEW + 1)]

    assert "cracked" not in report_of(dealt(rows, 0), 0, 0)["few"]
    assert "cracked" in report_of(dealt(rows[1:], 0), 0, 0)["few"]
