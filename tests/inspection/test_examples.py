"""Reviewed images as examples and as rows to train on."""

from __future__ import annotations

import msgspec

from lineside.inspection.examples import chosen, verdict_rows, within
from lineside.inspection.model import Inspection, Verdict
from tests.inspection.builders import CAMERA, CRACKED, NOW_US, a_review, an_inspection
from tests.inspection.pictures import an_image


def reviewed(number: int, verdict: Verdict, **changes: object) -> Inspection:
    return an_inspection(number, **{"review": a_review(verdict, at_us=NOW_US + number), **changes})


def test_of_each_class_one_in_turn_this_device_s_own_first_and_then_the_newest() -> None:
    known = [
        reviewed(1, "good"),
        reviewed(2, "good"),
        reviewed(3, "good", device="Second Look"),
        reviewed(4, "bubbles", device="Second Look"),
        reviewed(5, "unreadable"),
        reviewed(6, "cracked", forgotten=True),
        an_inspection(7, seen=CRACKED),
    ]

    assert [int(one.image_id, 16) for one in chosen(known, CAMERA, 9)] == [2, 4, 1, 3]
    assert [int(one.image_id, 16) for one in chosen(known, CAMERA, 2)] == [2, 4]
    assert chosen([], CAMERA, 9) == []


def test_only_what_fits_together_is_shown_and_what_is_gone_is_passed_over() -> None:
    image = an_image()
    kept = [(reviewed(1, "good"), image), (reviewed(2, "cracked"), None), (reviewed(3, "bubbles"), image)]
    size = len(image.content)

    assert [one.verdict for one in within(2 * size, kept)] == ["good", "bubbles"]
    assert [one.verdict for one in within(2 * size - 1, kept)] == ["good"]
    assert within(0, kept) == ()


def test_a_row_to_train_on_says_what_an_image_shows_and_nothing_about_people() -> None:
    known = [
        reviewed(1, "cracked", seen=CRACKED, sampled=0.02, review=a_review("cracked", "Anna", note="call Ben")),
        reviewed(2, "good", seen=CRACKED),
        reviewed(3, "deformed"),
        reviewed(4, "unreadable"),
        reviewed(5, "good", forgotten=True),
        an_inspection(6, seen=CRACKED),
    ]

    rows = list(verdict_rows(known))

    assert [(row.verdict, row.seen, row.regions) for row in rows] == [
        ("cracked", "cracked", ((10, 20, 30, 40),)),
        ("good", "cracked", ()),
        ("deformed", None, ()),
    ]
    assert rows[0].sampled == 0.02
    written = msgspec.json.encode(rows)
    assert b"Anna" not in written
    assert b"Ben" not in written
