"""The drain: what leaves the inbox is in the lake, once, also after a crash at the worst moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.drain import Drain
from edge.files import FileObjects
from edge.inbox import Inbox
from edge.quarantine import SqliteQuarantine
from edge.sqlite_twin import SqliteTwin
from lineside.errors import Unavailable
from lineside.lake import Appended, Lake
from lineside.site import parse_site
from lineside.telemetry.reading import Reading
from lineside.telemetry.timestamps import parse, render
from tests.beside import beside

SITE = parse_site("site: north\nlines:\n  - id: line-1\n    machines:\n      - id: Press\n")
TOPIC = "dt/lineside/north/line-1/press"
START_US = parse("2025-03-03T06:00:00Z")


@dataclass
class Scripted:
    """A lake that fails as the test says: "before" or "after" it has stored."""

    lake: Lake
    failures: list[str] = field(default_factory=list)
    breaks_on: float | None = None

    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> Appended:
        if self.breaks_on is not None and any(reading.value == self.breaks_on for reading in readings):
            raise ZeroDivisionError("a mistake of ours")
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise Unavailable("no space left on device")
        appended = self.lake.append(site, line, readings, batch_id)
        if failure == "after":
            raise Unavailable("the power went")
        return appended


@dataclass
class Stores:
    lake: Scripted


@dataclass
class Plant:
    root: Path
    lake: Scripted
    inbox: Inbox
    drain: Drain

    def send(self, *numbers: int) -> None:
        durable = threading.Semaphore(0)
        for number in numbers:
            at = render(START_US + number * 1_000_000)
            payload = f'{{"device":"Press","ts":"{at}","measurements":{{"Count":{{"value":{number}}}}}}}'
            self.inbox.put(TOPIC, payload.encode(), START_US + number * 1_000_000, durable.release)
        for _ in numbers:
            assert durable.acquire(timeout=10)

    def stored(self) -> list[float]:
        window = Lake(FileObjects(self.root / "lake")).window("north", "line-1", START_US, START_US + 10**9)
        return [float(number) for series in window.series.values() for number in series.number]

    def counted(self) -> tuple[int, int, int, int]:
        counters = self.inbox.counters()
        return tuple(counters.get(name, 0) for name in ("received", "stored", "duplicate", "quarantined"))  # type: ignore[return-value]


def open_plant(root: Path) -> Plant:
    lake = Scripted(Lake(FileObjects(root / "lake"), exact=True))
    inbox = Inbox(root / "inbox.db")
    quarantine = SqliteQuarantine(root / "quarantine.db")
    drain = Drain(inbox, SITE, Stores(lake), SqliteTwin(root / "twin.db"), quarantine, drain_seconds=0)
    return Plant(root, lake, inbox, drain)


def close(plant: Plant) -> None:
    plant.inbox.close()
    plant.drain.twin.close()  # type: ignore[attr-defined]
    plant.drain.quarantine.close()  # type: ignore[attr-defined]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = open_plant(tmp_path)
    yield made
    close(made)


def test_what_arrived_is_stored_counted_and_gone_from_the_inbox(plant: Plant) -> None:
    plant.send(1, 2, 3)

    more = plant.drain.store_one_batch(), plant.drain.store_one_batch()

    assert more == (True, False)
    assert plant.stored() == [1, 2, 3]
    assert plant.counted() == (3, 3, 0, 0)
    assert plant.inbox.backlog == 0


@pytest.mark.parametrize("failure", ["before", "after"])
def test_a_batch_that_failed_is_stored_once_and_counted_once(plant: Plant, failure: str) -> None:
    plant.send(1, 2)
    plant.lake.failures = [failure]

    with pytest.raises(Unavailable):
        plant.drain.store_one_batch()
    plant.send(3)
    settled_meanwhile = plant.drain.settled
    plant.drain.store_one_batch()
    plant.drain.store_one_batch()

    assert not settled_meanwhile
    assert plant.drain.settled
    assert plant.stored() == [1, 2, 3]
    assert plant.counted() == (3, 3, 0, 0)


def test_a_crash_between_the_lake_and_the_inbox_doubles_and_loses_nothing(tmp_path: Path) -> None:
    before = open_plant(tmp_path)
    before.send(1, 2)
    before.lake.failures = ["after"]
    with pytest.raises(Unavailable):
        before.drain.store_one_batch()
    before.send(3)
    close(before)

    after = open_plant(tmp_path)
    while after.drain.store_one_batch():
        pass

    assert after.stored() == [1, 2, 3]
    assert after.counted() == (3, 3, 0, 0)
    close(after)


def test_a_message_sent_again_is_a_duplicate(plant: Plant) -> None:
    plant.send(1, 2)
    plant.drain.store_one_batch()
    plant.send(2, 3)
    plant.drain.store_one_batch()

    assert plant.stored() == [1, 2, 3]
    assert plant.counted() == (4, 3, 1, 0)


def test_a_clock_that_steps_back_shows_from_one_batch_to_the_next(plant: Plant) -> None:
    plant.send(500)
    plant.drain.store_one_batch()

    plant.send(100)
    plant.drain.store_one_batch()

    counters = plant.inbox.counters()
    assert (counters["flag_out_of_order"], counters["flag_clock_step"]) == (1, 1)


def test_what_cannot_be_read_is_quarantined_beside_the_good_messages(plant: Plant) -> None:
    plant.send(1)
    durable = threading.Event()
    plant.inbox.put(TOPIC, b"x" * 200_000, START_US, durable.set)
    assert durable.wait(10)
    plant.send(2)

    plant.drain.store_one_batch()

    (entry,) = plant.drain.quarantine.list("north")
    assert plant.stored() == [1, 2]
    assert plant.counted() == (3, 2, 0, 1)
    assert len(entry.raw) == 200_000


def test_a_message_that_breaks_our_own_code_is_quarantined_and_the_others_are_stored(plant: Plant) -> None:
    plant.send(1, 2, 3)
    plant.lake.breaks_on = 2

    plant.drain.store_one_batch()

    (entry,) = plant.drain.quarantine.list("north")
    assert plant.stored() == [1, 3]
    assert plant.counted() == (3, 2, 0, 1)
    assert "ZeroDivisionError" in entry.reason
    assert plant.inbox.counters()["code_internal"] == 1


def test_it_says_why_nothing_is_stored_and_goes_on_by_itself(plant: Plant) -> None:
    plant.send(1)
    plant.lake.failures = ["before"]

    with beside(plant.drain.run):
        troubled = _within(lambda: "no space left" in plant.drain.trouble)
        recovered = _within(lambda: plant.inbox.backlog == 0 and plant.drain.trouble == "")

    assert troubled
    assert recovered
    assert plant.stored() == [1]


def test_what_is_in_the_inbox_when_it_stops_is_stored_first(plant: Plant) -> None:
    plant.send(1, 2)
    stopped = threading.Event()
    stopped.set()

    plant.drain.run(stopped)

    assert plant.stored() == [1, 2]


def _within(true: object) -> bool:
    for _ in range(1_000):
        if true():  # type: ignore[operator]
            return True
        threading.Event().wait(0.01)
    return False
