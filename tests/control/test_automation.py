"""What is done by itself is told, each thing once, wherever the process is killed and whatever does not answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from edge.sqlite_commands import SqliteCommands
from lineside.control.audit import Note, verify
from lineside.control.automatic import Notice, Untold, decode_memory, encode_memory, row_key
from lineside.control.automation import UnknownRow
from lineside.control.desk import ControlDesk
from lineside.control.filing import Who
from lineside.control.record import Command
from lineside.errors import Conflict, Refused, Unavailable
from tests.control.commands import EVA, MINUTE_US, NOW_US, SECOND_US, SPEED, TORQUE, Plant, a_site
from tests.control.test_automatic import an_alarm

JUDGED_US = NOW_US + 11 * MINUTE_US
KEY = row_key("Mixer", "TorqueSetpoint", TORQUE.automatic[0])


class Killed(BaseException):
    """The process ends here."""


class Fragile:
    """A store and a way to people; the process is killed at the `dies_at`-th moment before or after one of them."""

    def __init__(self, store: SqliteCommands) -> None:
        self._store = store
        self.dies_at, self.moments = 0, 0
        self.away = False
        self.told: list[Notice] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, command: Command, note: Note | None = None) -> None:
        self._moment(lambda: self._store.put(command, note))

    def remember(self, site: str, line: str, memory: bytes, *, was: bytes | None, notes: Sequence[Note] = ()) -> None:
        self._moment(lambda: self._store.remember(site, line, memory, was=was, notes=notes))

    def tell(self, notice: Notice) -> None:
        if self.away:
            raise Unavailable("the mail server did not answer")
        self._moment(lambda: self.told.append(notice))

    def _moment(self, act: Callable[[], None]) -> None:
        self._die()
        act()
        self._die()

    def _die(self) -> None:
        self.moments += 1
        if self.moments == self.dies_at:
            raise Killed


class World:
    """A plant whose process can be killed and started anew on what was written down."""

    def __init__(self) -> None:
        self.plant = Plant()
        self.fragile = Fragile(self.plant.store)
        self.plant.alarms = [an_alarm()]
        self.start()

    def start(self) -> None:
        plant = self.plant
        self.desk = ControlDesk(
            *(plant.site, self.fragile, plant.audit, plant.sent, plant.machines), alarms=lambda _: list(plant.alarms)
        )

    def look(self, now_us: int) -> None:
        self.plant.machines.all_is_well(now_us)
        self.desk.automate("line-1", now_us, self.fragile.tell)

    def act_and_stop(self) -> None:
        """One action that does not help, and the end of it."""
        self.look(NOW_US)
        for seconds in (1, 7):
            self.desk.send_due(NOW_US + seconds * SECOND_US)
        self.look(JUDGED_US)

    def memory(self) -> Any:
        stored = self.plant.store.automatic_memory("bakery", "line-1")
        return decode_memory(stored) if stored else None


def moments() -> int:
    """How many there are, at which a process may be killed."""
    world = World()
    world.act_and_stop()
    return world.fragile.moments


@pytest.mark.parametrize("dies_at", range(1, moments() + 1))
def test_wherever_it_is_killed_each_thing_is_done_once_and_told(dies_at: int) -> None:
    world = World()
    world.fragile.dies_at = dies_at

    with pytest.raises(Killed):
        world.act_and_stop()
    world.start()
    world.act_and_stop()

    told = world.fragile.told
    (sent,) = set(world.plant.sent.messages)
    assert sent.value == 18.0
    assert [kind for kind, _ in dict.fromkeys((each.kind, each.notice_id) for each in told)] == ["acts", "stopped"]
    assert len(told) <= 3
    repeated = [each for number, each in enumerate(told) if each.notice_id in {one.notice_id for one in told[:number]}]
    assert all(each.perhaps_told for each in repeated)
    assert world.memory().untold == ()
    assert world.plant.said().count("automatic row stopped") == 1
    assert verify("bakery", world.plant.audit.entries("bakery")) is None


def test_what_was_never_interrupted_is_told_once_and_as_told_never_before() -> None:
    world = World()

    world.act_and_stop()
    world.look(JUDGED_US + MINUTE_US)

    assert [(each.kind, each.perhaps_told) for each in world.fragile.told] == [("acts", False), ("stopped", False)]


def test_while_people_cannot_be_told_nothing_more_is_done_by_itself() -> None:
    world = World()
    world.fragile.away = True
    for minute in range(3):
        with pytest.raises(Unavailable, match="mail server"):
            world.look(NOW_US + minute * MINUTE_US)
    world.plant.alarms = [an_alarm("a-2")]
    with pytest.raises(Unavailable):
        world.look(NOW_US + 20 * MINUTE_US)

    world.fragile.away = False
    world.look(NOW_US + 21 * MINUTE_US)

    first, *later = world.fragile.told
    assert (first.alarm_id, first.perhaps_told) == ("a-1", True)
    assert [each.alarm_id for each in later] == ["a-2"]


def test_what_was_decided_before_automation_was_stopped_is_not_done_and_people_read_that() -> None:
    world = World()
    world.fragile.dies_at = 2
    with pytest.raises(Killed):
        world.look(NOW_US)
    world.desk.stop_automation(EVA, NOW_US + SECOND_US)

    world.start()
    world.look(NOW_US + 2 * SECOND_US)

    (notice,) = world.fragile.told
    assert notice.stands.startswith("Rejected: automation is stopped")
    assert notice.comes_to == "nothing"
    assert world.desk.send_due(NOW_US + 3 * SECOND_US) == []
    assert world.plant.sent.messages == []


def test_of_medium_risk_people_are_asked_and_not_told_that_it_changes() -> None:
    world = World()
    world.plant.site = a_site(TORQUE.model_copy(update={"risk": "medium"}), SPEED)
    world.start()

    world.look(NOW_US)

    (notice,) = world.fragile.told
    assert (notice.comes_to, notice.stands) == ("question", "Waiting for another person's approval")


def test_a_decision_whose_id_stands_for_another_command_is_told_as_not_done_and_holds_up_nothing() -> None:
    world = World()
    world.look(NOW_US)
    (known,) = world.memory().rows.values()
    stored = world.plant.store.automatic_memory("bakery", "line-1")
    request = world.plant.desk.filing.get(known.command_id)
    other = Untold(world.fragile.told[0], _asking_for(request, 15.0))
    world.plant.store.remember(
        "bakery", "line-1", encode_memory(type(world.memory())(world.memory().rows, (other,))), was=stored
    )

    world.look(NOW_US + SECOND_US)

    assert "could not be proposed: the id" in world.fragile.told[-1].stands
    assert world.fragile.told[-1].comes_to == "nothing"
    assert world.memory().untold == ()


def _asking_for(command: Command, value: float) -> str:
    from lineside.control.filing import request_of

    return request_of(command).model_copy(update={"value": value}).model_dump_json()


def test_the_notice_of_a_row_that_is_declared_no_more_is_still_told() -> None:
    world = World()
    world.fragile.away = True
    with pytest.raises(Unavailable):
        world.look(NOW_US)
    world.fragile.away = False
    world.plant.site = a_site(TORQUE.model_copy(update={"automatic": ()}), SPEED)
    world.start()

    world.look(NOW_US + SECOND_US)

    assert [(each.kind, each.stands[:8]) for each in world.fragile.told] == [("acts", "Approved")]
    assert world.desk.send_due(NOW_US + SECOND_US)[0].status == "rejected"


def test_of_two_who_look_at_once_one_decides_and_both_tell_the_same() -> None:
    world = World()
    one, other = world.fragile, world.plant.store
    was = other.automatic_memory("bakery", "line-1")
    one.remember = lambda *args, **given: other.remember(*args, **{**given, "was": b"older"})  # type: ignore[method-assign]

    with pytest.raises(Conflict, match="changed by somebody else"):
        world.look(NOW_US)

    assert (other.automatic_memory("bakery", "line-1"), world.fragile.told) == (was, [])
    assert world.plant.store.open("bakery") == []


def test_who_was_overtaken_decides_again_on_what_the_other_wrote() -> None:
    world = World()
    store, others = world.plant.store, list[Notice]()

    def overtaken(site: str, line: str, memory: bytes, **given: Any) -> None:
        world.plant.desk.automate("line-1", NOW_US, others.append)
        store.remember(site, line, memory, **given)

    world.fragile.remember = overtaken  # type: ignore[method-assign]

    world.look(NOW_US)

    assert ([each.kind for each in others], world.fragile.told) == (["acts"], [])
    assert [each.command_id for each in store.open("bakery")] == [others[0].command_id]


def test_a_reset_while_people_are_told_is_lost_to_neither() -> None:
    world = World()
    world.act_and_stop()
    stopped = world.fragile.told[-1]
    memory, was = world.memory(), world.plant.store.automatic_memory("bakery", "line-1")
    untold = encode_memory(type(memory)(memory.rows, (Untold(stopped),)))
    world.plant.store.remember("bakery", "line-1", untold, was=was)

    def reset_meanwhile(notice: Notice) -> None:
        world.desk.reset_automatic("line-1", KEY, EVA, JUDGED_US)

    world.plant.alarms = []
    world.desk.automate("line-1", JUDGED_US, reset_meanwhile)

    assert world.memory().untold == ()
    assert world.memory().rows[KEY].stopped_us == 0


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (Who("Vera", ("viewer",)), "takes the role operator"),
        (Who("lineside", ("admin",)), "is no person"),
        (Who("first start", ("admin",), named=False), "an account of your own"),
    ],
)
def test_a_row_is_reset_by_a_named_person_who_may_approve_it(who: Who, why: str) -> None:
    world = World()
    world.act_and_stop()

    with pytest.raises(Refused, match=why):
        world.desk.reset_automatic("line-1", KEY, who, JUDGED_US)

    assert world.memory().rows[KEY].stopped_us == JUDGED_US


def test_a_line_or_a_row_that_is_not_there_is_said_to_be_none() -> None:
    world = World()

    for line, key in (("line-1", "another"), ("line-9", KEY)):
        with pytest.raises(UnknownRow):
            world.desk.reset_automatic(line, key, EVA, NOW_US)
