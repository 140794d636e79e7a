"""Whatever happens, in whatever order: nothing leaves outside its limits, without its approval, too late, or twice.

Hypothesis plays people, machines, a clock that steps both ways, lost, repeated and reordered answers, a transport that
fails, alarms that a row acts on by itself, and a process that is killed before and after each write, each hand-over and
each message to people.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.sqlite_commands import SqliteCommands
from lineside.control.audit import Note, decoded, verify
from lineside.control.automatic import Notice, decode_memory
from lineside.control.desk import ControlDesk
from lineside.control.filing import instant, point_of
from lineside.control.people import is_same_person
from lineside.control.record import ENDED, IN_FLIGHT, Command
from lineside.control.wire import CommandAnswer, CommandMessage
from lineside.errors import LinesideError, Unavailable
from lineside.telemetry.timestamps import parse
from tests.control.commands import ANNA, BERT, EVA, NOW_US, SECOND_US, TORQUE, VIEWER, Plant, Who, a_request
from tests.control.test_automatic import KEY, an_alarm

PEOPLE = st.sampled_from([ANNA, BERT, ANNA, BERT, EVA, VIEWER, Who(" anna", ("admin",)), Who("lineside", ("admin",))])
TORQUES = [(value, "TorqueSetpoint", "NU") for value in (22.0, 18.0, 9.9, 40.1)]
SPEEDS = [(value, "SpeedSetpoint", "RPM") for value in (12.0, 8.0, 15.5)]
VALUES = st.sampled_from(TORQUES + SPEEDS)
EXPIRES = st.sampled_from([10, 60, 600])
STEPS = st.sampled_from([1, 6, 6, 12, 40, 400, -1, -40, -400])
CHANNELS: Any = st.sampled_from(["console", "console", "voice"])
STATES = st.sampled_from(["Running", "Running", "Running", "Down"])
WHICH = st.integers(0, 2)
"""Which of the commands, counted from the newest; most of what is interesting happens to few of them."""
MOMENTS = [f"{when} the {what}" for what in ("write", "hand-over", "message") for when in ("before", "after")]
CRASHES = st.sampled_from(MOMENTS)
ROW = TORQUE.automatic[0]
HOUR_US = 3_600 * SECOND_US


class Killed(BaseException):
    """The process ends here."""


class Fragile:
    """A store and a transport in which the process may be killed, and that keeps what went out."""

    def __init__(self, store: SqliteCommands) -> None:
        self._store = store
        self.armed = ""
        self.unavailable = False
        self.out: list[tuple[CommandMessage, int]] = []
        self.state: Callable[[], object] = str
        self.stopped: list[str] = []
        self.now_us = NOW_US
        self.told: list[Notice] = []
        self.unruly: list[str] = []
        """What was sent by itself and should not have been, and why."""
        self.in_force: Callable[[], float] = float

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, command: Command, note: Note | None = None) -> None:
        self._die("before the write")
        self._store.put(command, note)
        self._die("after the write")

    def remember(self, site: str, line: str, memory: bytes, *, was: bytes | None, notes: Sequence[Note] = ()) -> None:
        self._die("before the write")
        self._store.remember(site, line, memory, was=was, notes=notes)
        self._die("after the write")

    def tell(self, notice: Notice) -> None:
        self._die("before the message")
        if self.unavailable:
            raise Unavailable("the mail server does not answer")
        self.told.append(notice)
        self._die("after the message")

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"]) -> None:
        self._die("before the hand-over")
        if not self.unavailable:
            self.out.append((message, self.now_us))
            if message.channel == "automatic":
                self._judge(message)
            if message.attribute == "TorqueSetpoint" and self.state() != "Running":
                self.stopped.append(message.command_id)
        self._die("after the hand-over")
        if self.unavailable:
            raise Unavailable("the broker does not answer")

    def _judge(self, message: CommandMessage) -> None:
        """Whether this may leave by itself, at this moment."""
        hour = {one.command_id for one, at_us in self.out if one.channel == "automatic" and self._within_hour(at_us)}
        down = self.in_force() - message.value
        for why, is_so in (
            ("automation is stopped", self._store.automation_stopped("bakery")),
            ("it goes up, or too far", not 0 < down <= ROW.largest_step),
            ("more than the row says", len(hour) > ROW.max_per_hour),
        ):
            if is_so:
                self.unruly.append(f"{message.command_id}: {why}")

    def _within_hour(self, at_us: int) -> bool:
        return self.now_us - HOUR_US < at_us <= self.now_us

    def _die(self, where: str) -> None:
        if self.armed == where:
            self.armed = ""
            raise Killed


class Commands(RuleBasedStateMachine):
    """The world around one desk."""

    def __init__(self) -> None:
        super().__init__()
        self.plant = Plant()
        self.fragile = Fragile(self.plant.store)
        self.now_us = NOW_US
        self.count = self.count_of_alarms = 0
        self.too_late: set[str] = set()
        self.ended: dict[str, Command] = {}
        self.fragile.state = lambda: self.plant.machines.shown["Mixer"]["State"].value
        self.fragile.in_force = lambda: float(self.plant.machines.shown["Mixer"]["TorqueSetpoint"].value)
        self.desk = self._desk()

    def _desk(self) -> ControlDesk:
        plant = self.plant
        return ControlDesk(
            *(plant.site, self.fragile, plant.audit, self.fragile, plant.machines), alarms=lambda _: list(plant.alarms)
        )

    def _do(self, act: Callable[[], object]) -> None:
        """One act at the desk, on values of now; a kill starts the process anew."""
        sent_before = len(self.fragile.out)
        self.fragile.now_us = self.now_us
        try:
            act()
        except LinesideError:
            pass
        except Killed:
            self.desk = self._desk()
            self.too_late &= {each for each in self.too_late if self.plant.get(each).status in ENDED}
        for message, _ in self.fragile.out[sent_before:]:
            assert message.command_id not in self.too_late, "an expired command was sent"

    def _refresh(self) -> None:
        shown = self.plant.machines
        state = shown.shown["Mixer"]["State"].value
        shown.all_is_well(self.now_us)
        shown.show("Mixer", "State", str(state), "", self.now_us)

    def _any(self, which: int) -> str:
        return f"c-{max(1, self.count - which)}"

    def _open(self, which: int) -> str:
        known = [each.command_id for each in self.plant.store.open("bakery")]
        return known[which % len(known)] if known else self._any(which)

    @rule(value=VALUES, who=PEOPLE, channel=st.sampled_from(["console", "console", "agent"]), seconds=EXPIRES)
    def propose(self, value: tuple[float, str, str], who: Who, channel: str, seconds: int) -> None:
        self.count += 1
        self._propose(f"c-{self.count}", value, who, channel, seconds)

    @rule(which=WHICH, value=VALUES, who=PEOPLE)
    def propose_again(self, which: int, value: tuple[float, str, str], who: Who) -> None:
        self.count = max(1, self.count)
        self._propose(self._any(which), value, who, "console", 600)

    def _propose(self, command_id: str, value: tuple[float, str, str], who: Who, channel: str, seconds: int) -> None:
        asked = {"value": value[0], "attribute": value[1], "unit": value[2], "channel": channel}
        expires_at = instant(self.now_us + seconds * SECOND_US)
        self._do(lambda: self.desk.propose(a_request(command_id, expires_at=expires_at, **asked), who, self.now_us))

    @rule(which=WHICH, waits=st.booleans(), who=PEOPLE, channel=CHANNELS)
    def approve(self, which: int, waits: bool, who: Who, channel: Literal["console", "voice"]) -> None:
        command_id = self._open(which) if waits else self._any(which)
        was = self.plant.store.get("bakery", command_id)
        self._note_time([command_id])
        self._do(lambda: self.desk.approve(command_id, who, self.now_us, channel))
        if was and was.status == "awaiting_approval" and channel == "voice":
            assert self.plant.get(command_id).status != "approved"

    @rule(
        value=VALUES,
        who=PEOPLE,
        other=PEOPLE,
        channel=CHANNELS,
        state=STATES,
        waits=st.sampled_from([True, True, True, False]),
    )
    def agree_and_send(
        self,
        value: tuple[float, str, str],
        who: Who,
        other: Who,
        channel: Literal["console", "voice"],
        state: str,
        waits: bool,
    ) -> None:
        """Once whatever was under way has had its time, or beside it; the machine shows the value already."""
        if waits:
            self.clock(40)
            self.turn()
        self.propose(value, who, "console", 60)
        self.approve(0, False, other, channel)
        self.machine(state)
        self.show(value, 1)
        self.send()
        self.machine("Running")
        self.turn()

    @rule(value=st.sampled_from(TORQUES[:2]), where=CRASHES, unavailable=st.booleans())
    def be_cut_off(self, value: tuple[float, str, str], where: str, unavailable: bool) -> None:
        self.propose(value, ANNA, "console", 60)
        self.fragile.armed, self.fragile.unavailable = where, unavailable
        self.send()
        self.fragile.unavailable = False
        self.clock(6)
        self.send()

    @rule(which=WHICH, who=PEOPLE, withdraws=st.booleans())
    def say_no(self, which: int, who: Who, withdraws: bool) -> None:
        act = self.desk.withdraw if withdraws else self.desk.reject
        self._do(lambda: act(self._open(which), who, self.now_us))

    @rule()
    def send(self) -> None:
        self._note_time()
        self._do(lambda: self.desk.send_due(self.now_us))

    @rule()
    def expire(self) -> None:
        self._note_time()
        self._do(lambda: self.desk.expire(self.now_us))

    @rule()
    def turn(self) -> None:
        self._note_time()
        self._do(lambda: self.desk.turn(self.now_us))

    @rule(which=WHICH, flies=st.booleans(), accepted=st.booleans(), repeated=st.booleans())
    def answer(self, which: int, flies: bool, accepted: bool, repeated: bool) -> None:
        command_id = self._open(which) if flies else self._any(which)
        said = CommandAnswer(command_id=command_id, device="Mixer", accepted=accepted, repeated=repeated)
        self._do(lambda: self.desk.answered(said, self.now_us))

    @rule(value=st.sampled_from([*TORQUES[:2], *SPEEDS[:2]]), ago=st.sampled_from([0, 1, 30]))
    def show(self, value: tuple[float, str, str], ago: int) -> None:
        name = value[1].removesuffix("Setpoint")
        self.plant.machines.show("Mixer", name, value[0], value[2], self.now_us - ago * SECOND_US)

    @rule(state=STATES)
    def machine(self, state: str) -> None:
        self.plant.machines.show("Mixer", "State", state, "", self.now_us)

    @rule(seconds=STEPS)
    def clock(self, seconds: int) -> None:
        self.now_us += seconds * SECOND_US
        self._refresh()

    @rule(where=CRASHES)
    def be_killed_at(self, where: str) -> None:
        self.fragile.armed = where

    @rule()
    def start_anew(self) -> None:
        self.desk = self._desk()

    @rule(unavailable=st.sampled_from([True, False, False]))
    def transport(self, unavailable: bool) -> None:
        self.fragile.unavailable = unavailable

    @rule(number=st.integers(0, 3), value=st.sampled_from([36.0, 31.0]))
    def alarm(self, number: int, value: float) -> None:
        """The mixer's torque is beyond its limit, by another alarm or by the same; or by none."""
        self.plant.alarms = [an_alarm(f"a-{number}", value, self.now_us)] if number else []

    @rule(torque=st.sampled_from([20.0, 11.0, 10.0, 41.0]), sends=st.booleans())
    def act_by_itself(self, torque: float, sends: bool) -> None:
        self.plant.machines.show("Mixer", "TorqueSetpoint", torque, "NU", self.now_us)
        self._do(lambda: self.desk.automate("line-1", self.now_us, self.fragile.tell))
        if sends:
            self.send()

    @rule(stopped=st.sampled_from([True, False, False]))
    def stop_all(self, stopped: bool) -> None:
        self._do(lambda: self.desk.stop_automation(EVA, self.now_us, stopped=stopped))

    @rule()
    def reset_row(self) -> None:
        self._do(lambda: self.desk.reset_automatic("line-1", KEY, EVA, self.now_us))

    @rule(where=CRASHES, sends=st.booleans())
    def act_and_be_cut_off(self, where: str, sends: bool) -> None:
        self.alarm(1 + len(self.fragile.told) % 3, 36.0)
        self.clock(61)
        self.fragile.armed = where
        self.act_by_itself(20.0, False)
        if sends:
            self.send()
        self.fragile.armed = ""
        self.act_by_itself(20.0, True)

    @rule(times=st.integers(2, 5))
    def act_again_and_again(self, times: int) -> None:
        """As the row is asked for by one alarm after another, and whatever was under way has had its time."""
        for _ in range(times):
            self.count_of_alarms += 1
            self.plant.alarms = [an_alarm(f"a-{self.count_of_alarms}", at_us=self.now_us)]
            self.act_by_itself(20.0, True)
            self.clock(40)
            self.turn()

    @rule(resets=st.booleans())
    def act_and_not_help(self, resets: bool) -> None:
        self.act_again_and_again(1)
        self.clock(400)
        self.clock(400)
        self.act_by_itself(20.0, True)
        if resets:
            self.reset_row()

    def _note_time(self, command_ids: list[str] | None = None) -> None:
        """The desk hears, about these, that their time is over: from now on they must never leave."""
        for each in self.plant.store.open("bakery"):
            meant = each.command_id in command_ids and each.status not in IN_FLIGHT if command_ids else not each.handed
            if meant and self.now_us >= each.expires_us:
                self.too_late.add(each.command_id)

    @invariant()
    def nothing_left_outside_its_limits_too_late_or_without_its_approval(self) -> None:
        for message, at_us in self.fragile.out:
            point = point_of(self.plant.site, message.device, message.attribute)
            assert point is not None
            assert point.min <= message.value <= point.max
            assert at_us < parse(message.expires_at)
            if point.risk != "low":
                assert message.approved_by
                assert not is_same_person(message.approved_by, message.proposed_by)

    @invariant()
    def nothing_left_that_the_rules_of_that_moment_forbid(self) -> None:
        assert self.fragile.stopped == []

    @invariant()
    def what_left_by_itself_was_within_its_row_and_never_while_automation_was_stopped(self) -> None:
        assert self.fragile.unruly == []

    @invariant()
    def of_what_left_by_itself_people_are_told_and_once_unless_it_says_so(self) -> None:
        stored = self.plant.store.automatic_memory("bakery", "line-1")
        waits = {each.notice.notice_id for each in decode_memory(stored).untold} if stored else set()
        told = [each.notice_id for each in self.fragile.told]
        assert {message.command_id for message, _ in self.fragile.out if message.channel == "automatic"} <= (
            waits | set(told)
        )
        fresh = [each.notice_id for each in self.fragile.told if not each.perhaps_told]
        assert len(fresh) == len(set(fresh))

    @invariant()
    def every_copy_is_the_same_and_one_is_written_before_it_leaves(self) -> None:
        copies: dict[str, set[CommandMessage]] = defaultdict(set)
        for message, _ in self.fragile.out:
            copies[message.command_id].add(message)
            command = self.plant.get(message.command_id)
            assert command.sent_us
            assert command.attempts >= sum(one.command_id == message.command_id for one, _ in self.fragile.out)
        assert all(len(each) == 1 for each in copies.values())

    @invariant()
    def one_is_in_flight_on_a_point(self) -> None:
        flying = [each.point for each in self.plant.store.open("bakery") if each.status in IN_FLIGHT]
        assert len(flying) == len(set(flying))

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        for number in range(1, self.count + 1):
            now = self.plant.store.get("bakery", f"c-{number}")
            if now is not None and now.status in ENDED:
                assert self.ended.setdefault(now.command_id, now) == now
            elif now is not None:
                assert now.command_id not in self.ended

    @invariant()
    def what_is_verified_was_seen_after_it_was_sent(self) -> None:
        for each in self.ended.values():
            if each.status == "verified":
                assert each.readback is not None
                assert each.readback.within_tolerance
                assert each.readback.observed_us > each.sent_us

    def teardown(self) -> None:
        """The log holds, and tells every version of every command, once and in order."""
        entries = self.plant.audit.entries("bakery", limit=100_000)
        assert verify("bakery", entries) is None
        told: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for detail in (json.loads(decoded(each).detail) for each in entries):
            if "version" in detail:
                told[detail["command_id"]].append((detail["version"], detail["to"]))
        for command_id, versions in told.items():
            command = self.plant.get(command_id)
            assert [version for version, _ in versions] == list(range(1, command.version + 1))
            assert versions[-1][1] == command.status


Commands.TestCase.settings = settings(
    max_examples=int(os.environ.get("LINESIDE_EXAMPLES", "160")),
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestCommands = Commands.TestCase
