from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson
import pytest

from edge.quarantine import SqliteQuarantine
from edge.sqlite_twin import SqliteTwin
from lineside.errors import Unavailable
from lineside.lake import Appended, Lake
from lineside.lake.memory import MemoryObjects
from lineside.line.ingest import BatchOutcome, Message, batch_id_of, store_batch
from lineside.line.quarantine import Quarantined
from lineside.line.replay import replay
from lineside.line.twin import DeviceTwin
from lineside.site.model import Attribute, Line, Machine, Site
from lineside.telemetry.arrival import Arrivals
from lineside.telemetry.reading import Reading
from tests.lake.readings import HOUR_US, SECOND_US, SIX_US, contents

SITE = Site(
    site="bakery-north",
    lines=(
        Line(id="line-1", machines=(Machine(id="Oven", attributes={"Temperature": Attribute(unit="CEL")}),)),
        Line(id="line-2", machines=(Machine(id="Packer"), Machine(id="Gateway", gateway=True))),
    ),
)


def native(device: str = "Oven", second: int = 0, **values: object) -> bytes:
    measurements = {name: {"value": value} for name, value in (values or {"Temperature": 180.0}).items()}
    return orjson.dumps({"device": device, "ts": f"2025-03-03T06:00:{second:02d}Z", "measurements": measurements})


def message(payload: bytes, message_id: str = "m-1", topic: str = "dt/lineside/bakery-north/line-1/oven") -> Message:
    return Message(message_id, topic, payload, SIX_US + 60 * SECOND_US)


def adds_up(outcome: BatchOutcome) -> bool:
    return outcome.received == outcome.stored + outcome.duplicates + outcome.quarantined


class Plant:
    """A lake, a twin and a quarantine, and a batch through them."""

    def __init__(self, *, exact: bool = True) -> None:
        self.lake = Lake(MemoryObjects(), exact=exact)
        self.twin = SqliteTwin()
        self.quarantine = SqliteQuarantine()

    def store(self, *messages: Message, site: Site = SITE) -> BatchOutcome:
        outcome = store_batch(messages, site, self.lake, self.twin, self.quarantine)
        assert adds_up(outcome)
        return outcome

    def held(self, line: str = "line-1") -> dict:
        return contents(self.lake.window(SITE.site, line, SIX_US - HOUR_US, SIX_US + HOUR_US))


def test_a_good_message_is_in_the_lake_and_in_the_twin():
    plant = Plant()

    outcome = plant.store(message(native(Temperature=180.5, State="Running")))

    assert (outcome.received, outcome.stored, outcome.failed_ids) == (2, 2, ())
    assert plant.held() == {("Oven", "Temperature", "", SIX_US): 180.5, ("Oven", "State", "", SIX_US): "Running"}
    device = plant.twin.device(SITE.site, "line-1", "Oven")
    assert device is not None
    assert device.values["Temperature"].value == 180.5


def test_a_bad_message_is_quarantined_and_the_nine_beside_it_are_stored():
    plant = Plant()
    good = [message(native(second=second), f"m-{second}") for second in range(9)]
    bad = message(b'{"device": "Oven", "ts":', "m-bad")

    outcome = plant.store(*good[:4], bad, *good[4:])

    assert (outcome.received, outcome.stored, outcome.quarantined, outcome.failed_ids) == (10, 9, 1, ())
    (entry,) = plant.quarantine.list(SITE.site)
    assert (entry.raw, entry.topic, entry.message_id) == (bad.payload, bad.topic, "m-bad")
    assert entry.received_us == bad.received_us
    assert outcome.codes == {entry.code: 1}


def test_a_redelivery_is_a_duplicate_everywhere():
    plant = Plant()
    batch = [message(native()), message(b"\xff\xfe", "m-2")]
    plant.store(*batch)

    again = plant.store(message(native(), "m-3"), message(b"\xff\xfe", "m-4"))

    assert (again.stored, again.duplicates, again.conflicts) == (0, 1, 0)
    assert len(plant.held()) == 1
    assert len(plant.quarantine.list(SITE.site)) == 1


def test_another_value_of_the_same_instant_is_a_conflict_and_the_first_is_kept():
    plant = Plant()
    plant.store(message(native(Temperature=1.0)))

    outcome = plant.store(message(native(Temperature=2.0), "m-2"))

    assert (outcome.stored, outcome.duplicates, outcome.conflicts) == (0, 1, 1)
    assert list(plant.held().values()) == [1.0]


def test_null_is_missing_and_zero_is_a_value():
    outcome = Plant().store(message(native(Temperature=0, Speed=None)))

    assert (outcome.received, outcome.stored, outcome.missing) == (1, 1, 1)


@pytest.mark.parametrize(
    "topic",
    ["dt/lineside/bakery-south/line-1/oven", "dt/lineside/bakery-north/oven", "dt/lineside/bakery-north/line-2/packer"],
)
def test_a_message_on_a_topic_that_is_not_its_own_is_quarantined(topic: str):
    plant = Plant()

    outcome = plant.store(message(native(Temperature=1.0, Speed=2.0), topic=topic))

    assert (outcome.received, outcome.quarantined, plant.held()) == (2, 2, {})


def test_a_gateway_speaks_for_others():
    plant = Plant()
    payload = b"[" + native("Oven") + b"," + native("Packer") + b"]"

    outcome = plant.store(message(payload, topic="dt/lineside/bakery-north/line-2/gateway"))

    assert (outcome.stored, len(plant.held("line-1")), len(plant.held("line-2"))) == (2, 1, 1)


def test_a_message_that_came_by_no_topic_needs_none():
    assert Plant().store(message(native(), topic="")).stored == 1


def test_an_unknown_device_is_kept_listed_and_watched():
    plant = Plant()

    outcome = plant.store(message(native("New Mixer"), topic="dt/lineside/bakery-north/line-1/new-mixer"))

    assert outcome.unknown_devices == ("New Mixer",)
    assert len(plant.held("unassigned")) == 1
    assert [device.device for device in plant.twin.line(SITE.site, "unassigned")] == ["New Mixer"]


def test_how_a_reading_arrived_is_flagged_and_counted():
    plant, arrivals = Plant(), Arrivals()

    def store(message_id: str, second: int, received_second: int) -> dict[str, int]:
        sent = Message(message_id, "", native(second=second), SIX_US + received_second * SECOND_US)
        batch = (plant.lake, plant.twin, plant.quarantine)
        return store_batch([sent], SITE, *batch, arrivals=arrivals).flags

    assert store("m-1", 30, 31) == {}
    assert store("m-2", 20, 32) == {"out_of_order": 1}
    assert store("m-3", 40, 500) == {"late": 1}
    assert store("m-4", 50, 40) == {"future": 1}


def test_a_batch_that_must_come_again_is_flagged_the_same_when_it_does():
    plant, arrivals = Plant(), Arrivals()
    batch = [message(native(second=second), f"m-{second}") for second in (1, 2, 3)]

    failed = store_batch(batch, SITE, NoLake(plant.lake, "line-1"), plant.twin, plant.quarantine, arrivals=arrivals)
    repeated = store_batch(batch, SITE, plant.lake, plant.twin, plant.quarantine, arrivals=arrivals)

    assert len(failed.failed_ids) == 3
    assert (repeated.stored, repeated.flags) == (3, {})


class NoLake:
    """A full disk, for one line."""

    def __init__(self, lake: Lake, broken: str) -> None:
        self._lake, self._broken = lake, broken

    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> Appended:
        if line == self._broken:
            raise Unavailable("the disk is full")
        return self._lake.append(site, line, readings, batch_id)


def test_a_lake_that_fails_acknowledges_nothing_of_that_line_and_all_of_the_others():
    plant = Plant()
    packer = message(native("Packer"), "m-packer", "dt/lineside/bakery-north/line-2/packer")
    batch = [message(native(), "m-oven"), packer]

    outcome = store_batch(batch, SITE, NoLake(plant.lake, "line-1"), plant.twin, plant.quarantine)

    assert (outcome.failed_ids, outcome.troubles) == (("m-oven",), ("the disk is full",))
    assert (outcome.received, outcome.stored, adds_up(outcome)) == (1, 1, True)
    assert plant.twin.line(SITE.site, "line-1") == []
    assert len(plant.held("line-2")) == 1


class NoTwin:
    """A locked database."""

    def update(self, site: str, line: str, readings: Iterable[Reading]) -> int:
        raise Unavailable("the twin is locked")

    def line(self, site: str, line: str) -> list[DeviceTwin]:
        return []

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None:
        return None


def test_a_twin_that_fails_lets_the_message_come_again():
    plant = Plant()
    batch = [message(native())]

    failed = store_batch(batch, SITE, plant.lake, NoTwin(), plant.quarantine)
    repeated = store_batch(batch, SITE, plant.lake, plant.twin, plant.quarantine)

    assert (failed.failed_ids, failed.received) == (("m-1",), 0)
    assert (repeated.failed_ids, repeated.stored, repeated.duplicates) == ((), 1, 0)
    assert plant.twin.device(SITE.site, "line-1", "Oven") is not None


class NoQuarantine(SqliteQuarantine):
    def keep(self, entries: Sequence[Quarantined]) -> None:
        raise Unavailable("quarantine is full")


def test_a_quarantine_that_fails_holds_back_only_the_bad_messages():
    plant = Plant()

    outcome = store_batch([message(native()), message(b"{", "m-bad")], SITE, plant.lake, plant.twin, NoQuarantine())

    assert (outcome.failed_ids, outcome.received, outcome.stored) == (("m-bad",), 1, 1)


def test_a_batch_repeated_under_its_id_counts_the_same():
    plant = Plant()
    batch = [message(native(second=second), f"m-{second}") for second in range(3)]
    first = plant.store(*batch)

    assert plant.store(*batch) == first
    assert first.stored == 3


def test_a_batch_is_named_by_its_messages():
    one, other = message(b"", "a"), message(b"", "b")

    assert batch_id_of([one, other]) == batch_id_of([one, other])
    assert batch_id_of([one, other]) != batch_id_of([other, one])


def test_what_a_mended_site_file_can_read_is_replayed_and_resolved():
    plant = Plant()
    wrong_unit = orjson.dumps(
        {"device": "Oven", "ts": "2025-03-03T06:00:00Z", "measurements": {"Temperature": {"value": 4, "unit": "BAR"}}}
    )
    plant.store(message(wrong_unit, "m-unit"), message(b"{", "m-bad"))
    oven = Machine(id="Oven", attributes={"Temperature": Attribute(unit="BAR")})
    mended = Site(site=SITE.site, lines=(Line(id="line-1", machines=(oven,)),))
    assert len(plant.quarantine.list(SITE.site)) == 2

    done = replay(plant.quarantine, mended, plant.lake, plant.twin, SIX_US + HOUR_US)

    assert (done.resolved, done.waiting, done.readings, done.outcome.stored) == (1, 1, 1, 1)
    assert list(plant.held().values()) == [4.0]
    assert [entry.message_id for entry in plant.quarantine.list(SITE.site)] == ["m-bad"]


def test_a_replay_that_cannot_be_stored_resolves_nothing():
    plant = Plant()
    plant.quarantine.keep([Quarantined(SITE.site, "", native(), "mended since", "unit")])

    done = replay(plant.quarantine, SITE, NoLake(plant.lake, "line-1"), plant.twin, SIX_US)

    assert (done.resolved, done.waiting) == (0, 1)
    assert len(plant.quarantine.list(SITE.site)) == 1
