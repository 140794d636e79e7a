"""What images showed of the pieces of a line, as detection takes it."""

from __future__ import annotations

import pytest

from edge.sqlite_inspections import SqliteInspections
from lineside.detection.defects import Inspected
from lineside.errors import Unavailable
from lineside.inspection.model import Inspection
from lineside.inspection.pieces import SeenPieces, taken_since
from tests.inspection.builders import CAMERA, CRACKED, NOW_US, SECOND_US, SURE, a_review, an_inspection


class Moody(SqliteInspections):
    """A store that may not answer."""

    answers = True

    def since(self, site: str, line: str, taken_us: int, limit: int = 10_000) -> list[Inspection]:
        if not self.answers:
            raise Unavailable("the records of inspections")
        return super().since(site, line, taken_us, limit)


def store_of(*inspections: Inspection) -> Moody:
    store = Moody()
    for one in inspections:
        store.put(one)
    return store


def test_a_person_s_word_weighs_one_and_an_inspector_s_as_much_as_it_is_sure() -> None:
    at = [NOW_US + number * SECOND_US for number in range(4)]
    store = store_of(
        an_inspection(1, taken_us=at[0], seen=CRACKED),
        an_inspection(2, taken_us=at[1], seen=CRACKED, review=a_review("good")),
        an_inspection(3, taken_us=at[2]),
        an_inspection(4, taken_us=at[3], seen=SURE),
    )

    found = SeenPieces(store).inspected("north", "line-1", at[0], at[3])

    assert found == [Inspected(CAMERA, at[0], "cracked", 0.93), Inspected(CAMERA, at[1], "good", 1.0)]


def test_a_store_that_does_not_answer_takes_nothing_back_and_stops_nothing() -> None:
    store = store_of(an_inspection(1, taken_us=NOW_US, seen=CRACKED))
    pieces = SeenPieces(store)
    told = pieces.inspected("north", "line-1", NOW_US, NOW_US + SECOND_US)

    store.answers = False

    assert pieces.inspected("north", "line-1", NOW_US, NOW_US + 2 * SECOND_US) == told != []
    assert pieces.inspected("north", "line-1", NOW_US + 1, NOW_US + 2 * SECOND_US) == []
    assert SeenPieces(store).inspected("north", "line-1", 0, NOW_US + SECOND_US) == []


@pytest.mark.parametrize("page", [1, 2, 3, 7, 8])
def test_pages_tell_every_image_once_also_those_of_one_microsecond(page: int) -> None:
    times = [0, 0, 1, 1, 1, 1, 2, 3]
    store = store_of(*(an_inspection(number, taken_us=NOW_US + at) for number, at in enumerate(times, 1)))

    found = [int(one.image_id, 16) for one in taken_since(store, "north", "line-1", NOW_US, page)]

    assert found == list(range(1, 9))
