"""What people say of images at the desk, what is shown and learned from it, and what is forgotten."""

from __future__ import annotations

import pytest

from lineside.errors import Conflict, Malformed, Refused, Unavailable
from lineside.inspection import examples
from lineside.inspection.ports import Image
from lineside.inspection.review import UnknownInspection
from lineside.inspection.settings import InspectionSettings
from tests.inspection.builders import (
    CAMERA,
    DAY_US,
    NOW_US,
    SECOND_US,
    SURE,
    UNSURE,
    Images,
    Says,
    World,
    inspected,
    received,
)
from tests.inspection.pictures import a_png

LEASE_US = 300 * SECOND_US


@pytest.fixture
def world() -> World:
    return World()


def test_a_verdict_is_kept_once_and_leaves_the_queue(world: World) -> None:
    image_id = inspected(world, UNSURE).image_id

    said = world.desk().review(image_id, "cracked", "Anna", " along\tthe edge\x1b[2J ", NOW_US + 5)
    again = world.desk().review(image_id, "cracked", "Anna", "", NOW_US + 9)
    agreed = world.desk().review(image_id, "cracked", "Ben", "yes", NOW_US + 9)

    assert (said.review.by, said.review.note, said.review.at_us) == ("Anna", "along the edge [2J", NOW_US + 5)
    assert said == again == agreed == world.desk().get(image_id)
    assert said.verdict == "cracked"
    assert world.store.waiting("north", 9) == []


def test_another_person_s_other_verdict_needs_a_look_at_the_first(world: World) -> None:
    image_id = inspected(world, UNSURE).image_id
    said = world.desk().review(image_id, "cracked", "Anna", "", NOW_US)

    for version in (None, said.version - 1):
        with pytest.raises(Conflict, match="Anna has said cracked"):
            world.desk().review(image_id, "good", "Ben", "", NOW_US, seen_version=version)
    changed = world.desk().review(image_id, "good", "Ben", "", NOW_US + 1, seen_version=said.version)

    assert (changed.review.by, changed.verdict, changed.sampled) == ("Ben", "good", 1.0)


def test_a_person_may_change_their_own_mind(world: World) -> None:
    image_id = inspected(world, UNSURE).image_id
    world.desk().review(image_id, "cracked", "Anna", "", NOW_US)

    assert world.desk().review(image_id, "good", "Anna", "", NOW_US + 1).verdict == "good"


def test_a_verdict_that_is_none_or_nobody_s_or_of_nothing_is_refused(world: World) -> None:
    image_id = inspected(world, UNSURE).image_id
    at_the_desk = world.desk()

    with pytest.raises(Malformed, match="'fine' is no verdict; say good, cracked"):
        at_the_desk.review(image_id, "fine", "Anna", "", NOW_US)
    with pytest.raises(Refused, match="needs the name"):
        at_the_desk.review(image_id, "good", "", "", NOW_US)
    with pytest.raises(UnknownInspection):
        at_the_desk.review("0" * 64, "good", "Anna", "", NOW_US)


def test_what_a_person_picked_is_an_example_and_no_sample(world: World) -> None:
    world.settings = InspectionSettings(audit_share=1e-9)
    picked = inspected(world, SURE)

    assert (picked.queued, picked.sampled) == (False, 1e-9)
    assert world.desk().review(picked.image_id, "cracked", "Anna", "", NOW_US).sampled == 0.0


def test_reviewed_images_are_shown_to_the_inspector_of_all_classes_alike(world: World) -> None:
    world.settings = InspectionSettings(examples_shown=3, audit_share=0)
    for shade, verdict in enumerate(("good", "good", "good", "cracked", "unreadable", "bubbles")):
        image_id = inspected(world, UNSURE, shade).image_id
        world.desk().review(image_id, verdict, "Anna", "", NOW_US + shade)

    received(world, shade=99)
    world.inspector = Says()
    world.desk().inspect_due(NOW_US)

    (shown,) = world.inspector.shown
    assert [example.verdict for example in shown] == ["good", "cracked", "bubbles"]
    assert shown[0].image.content == a_png(shade=2), "the newest of its class"


def test_an_example_that_a_disk_has_damaged_keeps_nobody_from_inspecting(world: World) -> None:
    class Damaged(Images):
        def get(self, site: str, image_id: str) -> Image | None:
            if image_id in damaged:
                raise Unavailable("not what was sent any more")
            return super().get(site, image_id)

    world.images, damaged = Damaged(), set[str]()
    damaged.add(inspected(world, UNSURE).image_id)
    world.desk().review(*damaged, "cracked", "Anna", "", NOW_US)

    assert inspected(world, SURE, shade=1).seen == SURE
    assert world.inspector.shown == [()]


def test_an_image_past_its_retention_is_forgotten_and_what_was_said_of_it_stays(world: World) -> None:
    sure, unsure = inspected(world, SURE), inspected(world, UNSURE, shade=1)
    unseen, new = received(world, shade=2), received(world, shade=3, at_us=NOW_US + 20 * DAY_US)

    for _ in range(2):
        world.desk().forget_old(NOW_US + 30 * DAY_US + 1)

    assert set(world.images.kept) == {("north", unseen.image_id), ("north", new.image_id)}
    assert world.desk().get(sure.image_id).verdict == "good"
    assert world.store.waiting("north", 9) == []
    assert not world.desk().get(unsure.image_id).queued
    with pytest.raises(Refused, match="past its retention"):
        world.desk().review(unsure.image_id, "good", "Anna", "", NOW_US)


def test_the_newest_reviewed_images_of_each_class_stay_as_examples_for_a_year(world: World) -> None:
    world.settings = InspectionSettings(examples_kept=2, audit_share=0)
    ids = [inspected(world, UNSURE, shade).image_id for shade in range(4)]
    for at, image_id in enumerate(ids):
        world.desk().review(image_id, "unreadable" if at == 3 else "cracked", "Anna", "", NOW_US + at)

    forgotten = world.desk().forget_old(NOW_US + 31 * DAY_US)

    assert {one.image_id for one in forgotten} == {ids[0], ids[3]}
    assert {image_id for _, image_id in world.images.kept} == {ids[1], ids[2]}
    world.desk().forget_old(NOW_US + 366 * DAY_US)
    assert world.images.kept == {}
    assert world.desk().examples(CAMERA) == ()


def test_however_many_were_reviewed_at_the_same_moment_none_is_passed_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "PAGE", 3)
    world.settings = InspectionSettings(examples_kept=0, audit_share=0)
    for shade in range(9):
        image_id = inspected(world, UNSURE, shade).image_id
        world.desk().review(image_id, "cracked", "Anna", "", NOW_US + shade // 2)

    (week,) = world.desk().accuracy_by_week(NOW_US)
    forgotten = world.desk().forget_old(NOW_US + 31 * DAY_US)

    assert week.reviewed == len(forgotten) == 9
    assert world.images.kept == {}


def test_no_more_is_forgotten_at_once_than_was_asked_for(world: World) -> None:
    for shade in range(3):
        inspected(world, SURE, shade)

    assert len(world.desk().forget_old(NOW_US + 40 * DAY_US, limit=2)) == 2
    assert len(world.images.kept) == 1


def test_accuracy_is_told_by_week_of_what_was_taken_lately(world: World) -> None:
    for shade, at_us in ((0, NOW_US - 100 * DAY_US), (1, NOW_US - 7 * DAY_US), (2, NOW_US)):
        image_id = inspected(world, UNSURE, shade, at_us).image_id
        world.desk().review(image_id, "bubbles", "Anna", "", NOW_US)

    weeks = world.desk().accuracy_by_week(NOW_US)

    assert [week.monday for week in weeks] == ["2026-11-02", "2026-10-26"]


def test_settings_that_cannot_be_meant_are_refused() -> None:
    for wrong in ({"audit_share": 0.9}, {"confidence": float("nan")}, {"image_days": 60, "example_days": 40}, {"x": 1}):
        with pytest.raises(ValueError, match="validation error"):
            InspectionSettings.model_validate(wrong)
    assert InspectionSettings(most_side=1_000).limits.most_pixels == 750_000
