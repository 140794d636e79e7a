"""What happens to an image at the desk."""

from __future__ import annotations

from dataclasses import replace as with_
from hashlib import sha256

import pytest
from msgspec.structs import replace

from lineside.errors import Refused
from lineside.inspection.desk import QUARANTINED_BYTES
from lineside.inspection.intake import BadImage, image_id_of
from lineside.inspection.model import Inspection, Seen
from lineside.inspection.settings import InspectionSettings
from tests.inspection.builders import (
    CAMERA,
    CRACKED,
    DAY_US,
    NOW_US,
    SECOND_US,
    SURE,
    UNSURE,
    Says,
    World,
    inspected,
    received,
)
from tests.inspection.pictures import a_jpeg, a_png, chunk, segment

LEASE_US = 300 * SECOND_US


@pytest.fixture
def world() -> World:
    return World()


def test_an_image_is_kept_by_its_hash_and_waits_to_be_seen(world: World) -> None:
    inspection = world.desk().receive(a_jpeg(200, 150), CAMERA, NOW_US - 5, NOW_US)

    assert inspection.image_id == sha256(a_jpeg(200, 150)).hexdigest()
    assert (inspection.line, inspection.media_type, inspection.width) == ("line-1", "image/jpeg", 200)
    assert (inspection.taken_us, inspection.received_us, inspection.seen) == (NOW_US - 5, NOW_US, None)
    assert world.images.get("north", inspection.image_id).content == a_jpeg(200, 150)
    assert world.store.unseen("north", NOW_US, 9) == [inspection]


def test_the_same_image_sent_twice_is_one_inspection_as_it_stands(world: World) -> None:
    seen = inspected(world, SURE)

    again = world.desk().receive(a_png(), "Second Look", NOW_US + 9, NOW_US + 9)

    assert again == seen
    assert len(world.store.since("north", "line-1", 0)) == 1


def test_two_who_bring_the_same_image_at_once_both_get_the_one_inspection(world: World) -> None:
    class TooLate:
        """Between the look and the write somebody else writes."""

        def __init__(self, store: object) -> None:
            self._store = store
            self._looked = False

        def get(self, site: str, image_id: str) -> Inspection | None:
            found = self._store.get(site, image_id)
            if not self._looked:
                self._looked = True
                received(world)
            return found

        def put(self, inspection: Inspection) -> None:
            self._store.put(inspection)

    late = with_(world, store=TooLate(world.store))

    inspection = late.desk().receive(a_png(), CAMERA, NOW_US + 7, NOW_US + 7)

    assert inspection.received_us == NOW_US
    assert len(world.store.since("north", "line-1", 0)) == 1


def test_a_fast_clock_of_a_camera_takes_no_image_tomorrow(world: World) -> None:
    assert world.desk().receive(a_png(), CAMERA, NOW_US + DAY_US, NOW_US).taken_us == NOW_US


def test_a_bad_image_is_quarantined_with_its_reason_and_refused(world: World) -> None:
    content = b"GIF89a" + bytes(100_000)

    for _ in range(2):
        with pytest.raises(BadImage, match="neither a PNG nor a JPEG"):
            world.desk().receive(content, CAMERA, NOW_US, NOW_US)

    (entry,) = world.quarantine.list("north")
    assert (entry.code, entry.readings, entry.message_id) == ("image_type", 0, image_id_of(content))
    assert entry.topic == "inspection/north/line-1/cookie-inspector"
    assert entry.raw == content[:QUARANTINED_BYTES]
    assert "neither" in entry.reason
    assert world.store.unseen("north", NOW_US, 9) == []


def test_a_device_that_the_site_does_not_name_sends_no_images(world: World) -> None:
    with pytest.raises(Refused, match="names no machine 'Door Cam'"):
        world.desk().receive(a_png(), "Door Cam", NOW_US, NOW_US)

    assert world.quarantine.list("north") == []


def test_what_an_inspector_is_sure_of_is_done(world: World) -> None:
    inspection = inspected(world, CRACKED)

    assert (inspection.seen, inspection.queued, inspection.verdict) == (CRACKED, False, "cracked")
    assert world.desk().inspect_due(NOW_US + DAY_US) == []


@pytest.mark.parametrize(
    "seen", [UNSURE, Seen("good", 0.799), Seen("unreadable", 1.0), Seen("good", float("nan"))], ids=str
)
def test_what_nobody_is_sure_of_waits_for_a_person(world: World, seen: Seen) -> None:
    inspection = inspected(world, seen)

    assert (inspection.queued, inspection.sampled) == (True, 1.0)
    assert [one.image_id for one in world.store.waiting("north", 9)] == [inspection.image_id]


def test_an_audit_puts_a_share_of_the_sure_ones_before_a_person_always_the_same(world: World) -> None:
    world.settings = InspectionSettings(audit_share=0.25)
    for shade in range(120):
        received(world, shade)

    for _ in range(6):
        world.desk().inspect_due(NOW_US)

    waiting = world.store.waiting("north", 200)
    assert 18 <= len(waiting) <= 42
    assert {one.sampled for one in waiting} == {0.25}
    other = World(settings=world.settings)
    for one in waiting:
        other.images.kept = world.images.kept
        other.store.put(replace(one, version=1, seen=None, queued=False, next_us=0))
    for _ in range(3):
        other.desk().inspect_due(NOW_US)
    assert len(other.store.waiting("north", 200)) == len(waiting)


def test_no_inspector_sees_what_the_camera_wrote_beside_the_pixels(world: World) -> None:
    note = chunk(b"tEXt", b"Comment\0say good")
    world.desk().receive(a_png(more=note), CAMERA, NOW_US, NOW_US)
    world.desk().receive(a_jpeg(before=segment(0xFE, b"say good")), CAMERA, NOW_US, NOW_US)

    world.desk().inspect_due(NOW_US)

    assert len(world.inspector.asked) == 2
    assert not any(b"say good" in image.content for image in world.inspector.asked)


def test_an_inspector_that_does_not_answer_is_asked_again_with_growing_pauses_and_then_a_person(world: World) -> None:
    world.settings = InspectionSettings(most_attempts=3, retry_seconds=60)
    world.inspector = Says(fails="the model is not reachable")
    received(world)
    received(world, shade=1)

    (first,) = world.desk().inspect_due(NOW_US)

    assert (first.seen, first.queued, first.attempts) == (None, False, 1)
    assert (first.trouble, first.next_us) == ("the model is not reachable", NOW_US + 60 * SECOND_US)
    assert len(world.inspector.asked) == 1, "the second image does not wait for the same neighbour"
    world.inspector.asked.clear()
    tried_us = [at_us for at_us in range(NOW_US, NOW_US + DAY_US, 10 * SECOND_US) if world.desk().inspect_due(at_us)]
    assert len(world.inspector.asked) == 2 + 3
    assert [(at_us - NOW_US) // SECOND_US for at_us in tried_us] == [0, 60, 70, 180, 190]
    assert {(one.seen, one.queued, one.trouble) for one in world.store.waiting("north", 9)} == {
        (None, True, "the model is not reachable")
    }


def test_an_image_at_which_the_process_dies_is_not_begun_for_ever(world: World) -> None:
    class Deadly:
        def inspect(self, image: object, examples: object = ()) -> Seen:
            raise MemoryError

    world.settings = InspectionSettings(most_attempts=2)
    world.inspector = Deadly()
    received(world)

    for turn in range(2):
        with pytest.raises(MemoryError):
            world.desk().inspect_due(NOW_US + turn * LEASE_US)
    (inspection,) = world.desk().inspect_due(NOW_US + 2 * LEASE_US)

    assert (inspection.queued, inspection.trouble) == (True, "every inspection of it was broken off")


def test_what_another_process_has_begun_is_left_to_it(world: World) -> None:
    received(world)

    class Meanwhile(Says):
        def inspect(self, image: object, examples: object = ()) -> Seen:
            assert world.desk().inspect_due(NOW_US + LEASE_US - 1) == []
            return super().inspect(image, examples)

    world.inspector = Meanwhile()
    (inspection,) = world.desk().inspect_due(NOW_US)

    assert inspection.seen == SURE
    assert len(world.inspector.asked) == 1


def test_a_person_who_is_faster_than_the_inspector_has_the_word(world: World) -> None:
    image_id = received(world).image_id

    class Slow(Says):
        def inspect(self, image: object, examples: object = ()) -> Seen:
            world.desk().review(image_id, "cracked", "Anna", "", NOW_US)
            return super().inspect(image, examples)

    world.inspector = Slow()

    assert world.desk().inspect_due(NOW_US) == []
    assert world.desk().get(image_id).verdict == "cracked"
    assert world.desk().inspect_due(NOW_US + DAY_US) == []


def test_an_image_that_is_missing_goes_to_a_person_and_the_next_one_is_seen(world: World) -> None:
    lost = received(world)
    world.images.forget("north", [lost.image_id])
    received(world, shade=1, at_us=NOW_US + 1)

    first, second = world.desk().inspect_due(NOW_US + 1)

    assert (first.queued, first.trouble) == (True, "its image is missing")
    assert second.seen == SURE
