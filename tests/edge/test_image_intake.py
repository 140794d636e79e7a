"""Images over MQTT: on the disk before they are acknowledged, from their own camera alone, bad ones with a reason."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.credentials import Login, PasswordFile
from edge.folder import DataFolder
from edge.inbox import Inbox
from edge.inspecting import PlantInspections
from edge.large_packets import LONGEST_PACKET_BYTES
from edge.mailbox import MOST_BYTES
from edge.quarantine import SqliteQuarantine
from edge.topics import Rights, place_of_image
from lineside.inspection.intake import image_id_of
from lineside.telemetry.timestamps import parse
from tests.beside import beside
from tests.edge.brokers import LocalBroker
from tests.edge.devices import Device, until
from tests.inspection.builders import CAMERA, NOW_US, SITE, Says
from tests.inspection.pictures import a_png, chunk

TOPIC = "inspection/north/line-1/cookie-inspector"
TELEMETRY = "dt/lineside/north/line-1/cookie-inspector"
LOGINS = (
    Login("cookie-inspector", "line-1", "cookie-inspector"),
    Login("second-look", "line-1", "second-look"),
    Login("gate", "line-1", "gate", gateway=True),
)
# Random bytes, so that no compression makes it short, in a chunk that a PNG may hold.
LONG = a_png(more=chunk(b"tEXt", b"Comment\0" + os.urandom(3_000_000)))


class Images:
    """The images of a plant whose counters are a dict; `killed` or not, the next one opens the same folder."""

    def __init__(self, folder: Path) -> None:
        self.counters: Counter[str] = Counter()
        self.quarantine = SqliteQuarantine(folder / "quarantine.db")
        self.plant = PlantInspections(
            DataFolder(folder), SITE, self.quarantine, inspector=Says(), count=self.counters.update
        )
        self.intake = self.plant.intake

    def publishes(self, payload: bytes, *, topic: str = TOPIC, at_us: int = NOW_US) -> list[int]:
        """Hand one in; the number of images on the disk when it was acknowledged."""
        acknowledged: list[int] = []
        self.intake.put(topic, payload, at_us, lambda: acknowledged.append(self.kept))
        self.intake.turn()
        return acknowledged

    @property
    def kept(self) -> int:
        return len(self.plant.desk.store.since("north", "line-1", 0))

    def reasons(self) -> list[tuple[str, str]]:
        return [(entry.code, entry.topic) for entry in self.quarantine.list("north")]

    def close(self) -> None:
        self.plant.close()
        self.quarantine.close()


@pytest.fixture
def images(tmp_path: Path) -> Iterator[Images]:
    made = Images(tmp_path)
    yield made
    made.close()


def test_an_image_is_on_the_disk_before_it_is_acknowledged(images: Images) -> None:
    acknowledged = images.publishes(a_png())

    (inspection,) = images.plant.desk.store.since("north", "line-1", 0)
    assert acknowledged == [1]
    assert (inspection.device, inspection.taken_us, inspection.received_us) == (CAMERA, NOW_US, NOW_US)
    assert images.plant.desk.images.get("north", inspection.image_id).content == a_png()
    assert images.counters["images"] == 1


def test_the_same_image_twice_is_one(images: Images) -> None:
    images.publishes(a_png())
    again = images.publishes(a_png(), at_us=NOW_US + 1)

    assert again == [1]
    assert images.kept == 1
    assert (images.counters["images"], images.counters["images_again"]) == (2, 1)


def test_the_last_level_of_the_topic_may_say_when_it_was_taken(images: Images) -> None:
    images.publishes(a_png(), topic=f"{TOPIC}/2026-11-04T05:59:30Z")

    (inspection,) = images.plant.desk.store.since("north", "line-1", 0)
    assert inspection.taken_us == parse("2026-11-04T05:59:30Z")


@pytest.mark.parametrize(
    ("payload", "topic", "code"),
    [
        (b"", TOPIC, "image_type"),
        (b"GIF89a", TOPIC, "image_type"),
        (a_png()[:-20], TOPIC, "image_damaged"),
        (a_png(64, 64), TOPIC, "image_pixels"),
        (b"x" * 8_000_001, TOPIC, "image_size"),
        (a_png(), f"{TOPIC}/yesterday", "image_taken"),
        (a_png(), "inspection/north/line-1/nobody", "image_device"),
        (a_png(), "inspection/north/line-2/cookie-inspector", "image_device"),
    ],
)
def test_what_is_not_taken_is_in_quarantine_with_its_reason_and_counted(
    images: Images, payload: bytes, topic: str, code: str
) -> None:
    acknowledged = images.publishes(payload, topic=topic)

    assert acknowledged == [0]
    assert images.reasons() == [(code, topic.removesuffix("/yesterday"))]
    assert images.counters == {"images": 1, "images_refused": 1, f"code_{code}": 1}


def test_nothing_is_acknowledged_while_the_disk_takes_nothing(images: Images, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "inspections.db", isolation_level=None) as other:
        other.execute("DROP TABLE inspection")
    other.close()
    acknowledged = images.publishes(a_png())
    trouble = images.intake.trouble

    after = Images(tmp_path)
    resent = after.publishes(a_png())
    after.close()

    assert acknowledged == []
    assert "images are not taken" in trouble
    assert resent == [1]


def test_a_mistake_of_ours_is_in_quarantine_and_holds_up_no_other_image(
    images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = a_png(shade=1)

    def fails(content: bytes) -> str:
        if content == broken:
            raise ZeroDivisionError("no pixels")
        return image_id_of(content)

    monkeypatch.setattr("lineside.inspection.desk.image_id_of", fails)

    acknowledged = [images.publishes(broken), images.publishes(a_png(shade=2))]

    assert acknowledged == [[0], [1]]
    assert images.reasons() == [("internal", TOPIC)]


def test_there_is_no_room_for_more_than_memory_should_hold(images: Images) -> None:
    before = images.intake.room
    for _ in range(2):
        images.intake.put(TOPIC, b"x" * (MOST_BYTES // 2), NOW_US, lambda: None)
    full = images.intake.room
    images.intake.turn()

    assert (before, full, images.intake.room) == (True, False, True)


RIGHTS = Rights("north", {login.name: login for login in LOGINS})


@pytest.mark.parametrize(
    ("name", "topic", "may"),
    [
        ("cookie-inspector", TOPIC, True),
        ("cookie-inspector", f"{TOPIC}/2026-11-04T05:59:30Z", True),
        ("cookie-inspector", f"{TOPIC}/2026-11-04T05:59:30Z/more", False),
        ("cookie-inspector", TOPIC.replace("north", "south"), False),
        ("cookie-inspector", TOPIC.replace("line-1", "line-2"), False),
        ("second-look", TOPIC, False),
        ("gate", TOPIC, False),
        ("nobody", TOPIC, False),
    ],
)
def test_a_camera_publishes_on_its_own_topic_alone(name: str, topic: str, may: bool) -> None:
    assert RIGHTS.may_publish(name, topic) is may


@pytest.mark.parametrize("topic", ["inspection/north/line-1", "inspection/north//x", f"x/{TOPIC}", TELEMETRY])
def test_other_topics_are_none_for_images(topic: str) -> None:
    assert place_of_image("north", topic) is None


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Inbox(tmp_path / "inbox.db")
    yield made
    made.close()


@pytest.fixture
def running(tmp_path: Path, images: Images, inbox: Inbox) -> Iterator[LocalBroker]:
    broker = LocalBroker(tmp_path, "north", LOGINS, images.plant.sorted_with(inbox))
    with beside(images.intake.run), broker as local:
        yield local


@pytest.mark.loopback
def test_a_camera_sends_an_image_that_is_longer_than_any_telemetry(
    running: LocalBroker, images: Images, inbox: Inbox
) -> None:
    with running.device("cookie-inspector") as camera:
        acknowledged = camera.publish(TOPIC, LONG), camera.publish(TELEMETRY, b"{}")

    (inspection,) = images.plant.desk.store.since("north", "line-1", 0)
    assert acknowledged == (True, True)
    assert inspection.image_id == image_id_of(LONG)
    assert inbox.backlog == 1


@pytest.mark.loopback
@pytest.mark.parametrize(("name", "topic"), [("second-look", TOPIC), ("cookie-inspector", TELEMETRY)])
def test_nobody_else_and_nothing_else_may_be_so_long(running: LocalBroker, name: str, topic: str) -> None:
    with running.device(name) as stranger:
        acknowledged = stranger.publish(topic, LONG, seconds=0.5)
        ended = stranger.disconnected.wait(5)

    assert len(LONG) > LONGEST_PACKET_BYTES
    assert not acknowledged
    assert ended


@pytest.mark.loopback
def test_an_image_on_the_topic_of_another_camera_is_dropped_and_counted(running: LocalBroker, images: Images) -> None:
    with running.device("second-look") as stranger:
        acknowledged = stranger.publish(TOPIC, a_png())

    assert acknowledged
    assert running.broker.refused == 1
    assert (images.kept, images.counters["images"]) == (0, 0)


@pytest.mark.loopback
def test_an_image_over_the_limit_is_acknowledged_and_in_quarantine(running: LocalBroker, images: Images) -> None:
    with running.device("cookie-inspector") as camera:
        acknowledged = camera.publish(TOPIC, b"x" * 8_000_001)

    assert acknowledged
    assert images.reasons() == [("image_size", TOPIC)]


def _live(folder: Path, dies: str) -> None:
    """A plant in a process of its own: a broker, and the thread that takes images; nobody inspects them."""
    images = Images(folder)
    if dies == "before the record":
        images.plant.desk.store.put = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    taking = threading.Thread(target=images.intake.run, args=(threading.Event(),))
    taking.start()
    with LocalBroker(folder, "north", LOGINS, images.intake) as local:
        (folder / "unfinished").write_text(str(local.port))
        (folder / "unfinished").rename(folder / "port")
        taking.join()


@pytest.mark.loopback
@pytest.mark.parametrize("dies", ["after the acknowledgement", "before the record"])
def test_a_plant_that_is_killed_between_receipt_and_inspection_loses_no_image(tmp_path: Path, dies: str) -> None:
    passwords = PasswordFile(tmp_path)
    passwords.add_missing(LOGINS)
    child = os.fork()
    if child == 0:
        _live(tmp_path, dies)
        os._exit(0)
    assert until((tmp_path / "port").exists)
    port, password = int((tmp_path / "port").read_text()), passwords.password("cookie-inspector")
    with Device(port, "cookie-inspector", password) as camera:
        acknowledged = camera.publish(TOPIC, a_png(), seconds=1)
    if acknowledged:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    again = Images(tmp_path)
    if not acknowledged:
        again.publishes(a_png())
    again.plant.look(threading.Event())
    kept = again.plant.desk.store.since("north", "line-1", 0)
    again.close()

    assert acknowledged is (dies == "after the acknowledgement")
    assert [one.seen is not None for one in kept] == [True]
