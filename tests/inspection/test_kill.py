"""A process that is killed at any step: the next one goes on, and nothing is lost or done twice over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edge.image_folder import image_folder
from edge.quarantine import SqliteQuarantine
from edge.sqlite_inspections import SqliteInspections
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.intake import BadImage, image_id_of
from tests.inspection.builders import CAMERA, DAY_US, NOW_US, SECOND_US, UNSURE, Images, Says, World
from tests.inspection.pictures import a_png

LEASE_US = 300 * SECOND_US
SENT = [a_png(shade=shade) for shade in range(2)]
IDS = [image_id_of(content) for content in SENT]
BAD = b"GIF89a"


class Killed(BaseException):
    """What nothing catches, as nothing catches a kill."""


@dataclass
class Kill:
    """Ends the process at one call of a port: before it, or after it was done."""

    at: int
    done: bool
    calls: int = 0

    def __call__(self, port: Any) -> Any:
        return _Mortal(port, self)


@dataclass
class _Mortal:
    port: Any
    kill: Kill

    def __getattr__(self, name: str) -> Any:
        act = getattr(self.port, name)

        def call(*given: Any, **named: Any) -> Any:
            self.kill.calls += 1
            if self.kill.calls == self.kill.at and not self.kill.done:
                raise Killed
            result = act(*given, **named)
            if self.kill.calls == self.kill.at:
                raise Killed
            return result

        return call


@dataclass
class Camera:
    """Sends each image until it was told that it is kept, as a camera or a queue does."""

    left: list[bytes] = field(default_factory=lambda: [BAD, SENT[0], SENT[1], SENT[0]])

    def send(self, desk: InspectionDesk) -> None:
        while self.left:
            with suppress(BadImage):  # told so; it sends it no more
                desk.receive(self.left[0], CAMERA, NOW_US, NOW_US)
            del self.left[0]


def a_day(desk: InspectionDesk, camera: Camera, at_us: int) -> None:
    """Everything that the plant does with the images, in the order in which it does it."""
    camera.send(desk)
    while desk.inspect_due(at_us):
        pass
    for waiting in desk.store.waiting("north", 9):
        desk.review(waiting.image_id, "bubbles", "Anna", "", at_us)


def killed_at(at: int, *, done: bool, world: World, work: Callable[[InspectionDesk], None]) -> bool:
    """Whether the process came as far as that call."""
    try:
        work(world.desk(Kill(at, done)))
    except Killed:
        return True
    return False


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_killed_at_any_step_no_image_is_lost_and_none_is_in_two_records(done: bool) -> None:
    at, reached = 0, True
    while reached:
        at += 1
        world, camera = World(inspector=Says(UNSURE)), Camera()

        reached = killed_at(at, done=done, world=world, work=lambda desk, sent=camera: a_day(desk, sent, NOW_US))
        a_day(world.desk(), camera, NOW_US + LEASE_US)

        known = world.store.since("north", "line-1", 0)
        assert sorted(one.image_id for one in known) == sorted(IDS), f"killed at call {at}"
        assert all(one.seen == UNSURE and one.verdict == "bubbles" and not one.queued for one in known)
        assert all(one.attempts <= 2 for one in known)
        assert {world.images.get("north", image_id).content for image_id in IDS} == set(SENT)
        assert len(world.store.reviewed("north", 9)) == 2
        assert world.store.unseen("north", NOW_US + DAY_US, 9) == world.store.waiting("north", 9) == []
        assert [entry.code for entry in world.quarantine.list("north")] == ["image_type"]
        assert len(world.inspector.asked) <= 3, "at most the one at which it was killed is asked twice"

    assert at > 20


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_killed_while_it_forgets_it_forgets_the_rest_later(done: bool) -> None:
    at, reached = 0, True
    while reached:
        at += 1
        world = World(inspector=Says(UNSURE))
        a_day(world.desk(), Camera(), NOW_US)
        later = NOW_US + 366 * DAY_US

        reached = killed_at(at, done=done, world=world, work=lambda desk, at_us=later: desk.forget_old(at_us) and None)
        world.desk().forget_old(later)

        assert isinstance(world.images, Images)
        assert world.images.kept == {}
        assert all(one.forgotten and one.verdict == "bubbles" for one in world.store.since("north", "line-1", 0))

    assert at > 4


def test_what_a_killed_process_left_on_the_disk_the_next_one_goes_on_with(tmp_path: Path) -> None:
    def opened() -> World:
        return World(
            images=image_folder(tmp_path / "images"),
            store=SqliteInspections(tmp_path / "inspections.db"),
            quarantine=SqliteQuarantine(tmp_path / "quarantine.db"),
            inspector=Says(UNSURE),
        )

    camera = Camera()
    for at in (6, 9, 12):
        killed_at(at, done=True, world=opened(), work=lambda desk: a_day(desk, camera, NOW_US))
    a_day(opened().desk(), camera, NOW_US + LEASE_US)

    last = opened()
    assert sorted(one.image_id for one in last.store.reviewed("north", 9)) == sorted(IDS)
    assert {last.images.get("north", image_id).content for image_id in IDS} == set(SENT)
