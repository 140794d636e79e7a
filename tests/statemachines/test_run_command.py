"""A command as the cloud runs it: the real definition, functions, desk and shadow; AWS IoT's commands at the wire."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from msgspec.structs import replace

from tests.fakes.step_functions import REGION
from tests.lambdas.aws import permissions
from tests.stacks.controlling import controlling
from tests.statemachines.command_world import (
    DOUGH,
    EVA,
    SECOND_US,
    TORQUE,
    ControlWorld,
    CookieFormer,
    control_world,
)


@pytest.fixture(scope="module")
def kept() -> Iterator[ControlWorld]:
    """One for all tests of this file: clients and functions take longer to make than most commands run."""
    with pytest.MonkeyPatch.context() as patch, control_world(patch) as made:
        yield made


@pytest.fixture
def world(kept: ControlWorld) -> ControlWorld:
    kept.fresh()
    return kept


UNHEARD_OF = ("ServiceIsHavingABadDay", 400)
"""A code that boto3 does not try again by itself, so that it takes no time."""


class Stubborn(CookieFormer):
    """Says yes, and sets another value than it was told."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def obey(self, message):
        super().obey(replace(message, value=self.value))


def nobody_starts(world: ControlWorld) -> None:
    """As where Step Functions does not answer."""
    world.machine_arn = world.machine_arn.replace("run-command", "another")


def test_a_command_of_low_risk_is_sent_answered_and_done_when_the_machine_shows_it(world):
    world.propose()
    run = world.run()

    assert (run.status, run.output["status"]) == ("SUCCEEDED", "verified"), run.cause
    assert run.states == (
        *("Check again and send", "Has it ended?", "Wait a while", "Is it to be sent again?"),
        *("Look at the read-back", "Has it ended?", "Ended"),
    )
    assert world.said() == ["proposed", "send", "handed over", "accept", "shown"]
    (asked,) = world.jobs.asked
    assert asked["targetArn"].endswith(":thing/cookie-former")
    assert asked["commandArn"].endswith(":command/lineside-bakery-north-set-point")
    assert (asked["clientToken"], asked["executionTimeoutSeconds"]) == ("c-1", 600)
    (message,) = world.jobs.messages
    assert (message.attribute, message.value, message.unit, message.proposed_by) == (
        *("TorqueSetpoint", 32.0, "NU"),
        "Anna",
    )
    assert world.desired() == []


def test_a_command_of_medium_risk_waits_for_a_second_person_and_goes_by_the_shadow(world):
    waiting = world.propose(**DOUGH)
    started_before = world.running()
    world.desk.approve("c-1", EVA, world.now_us)
    run = world.run()

    assert (waiting.status, started_before) == ("awaiting_approval", [])
    assert (run.output["status"], run.output["told"]) == (
        "verified",
        "Done, as the read-back shows: the machine shows 3 CEL, within 0.5 of what was set",
    )
    (desired,) = world.desired()
    assert (desired.value, desired.command_id, desired.approved_by) == (3.0, "c-1", "Eva")
    assert world.jobs.asked == []


def test_who_has_not_agreed_yet_stops_it_even_where_somebody_starts_the_machine(world):
    world.desk.start(world.propose(**DOUGH))
    run = world.run()

    assert (run.status, run.error) == ("FAILED", "Refused")
    assert run.cause == "command 'c-1' is awaiting approval, so it cannot be sent"
    assert (world.command().status, world.desired()) == ("awaiting_approval", [])


def test_what_the_rules_allow_no_longer_at_the_moment_of_sending_is_not_sent(world):
    nobody_starts(world)
    world.propose()
    world.machine.shown["Freezer Tunnel", "Temperature"] = (-10.0, "CEL")
    world.tick(5)
    world.turn_of_the_clock()

    assert world.command().status == "rejected"
    assert "Freezer Tunnel" in world.command().reason
    assert world.jobs.asked == []


def test_a_machine_that_says_yes_and_does_nothing_is_never_done(world):
    world.machine.does = False
    world.propose()
    run = world.run()

    assert (run.status, run.output["status"]) == ("SUCCEEDED", "unverified")
    assert "30 NU instead of 32" in world.command().reason
    assert world.command().acknowledged_us > 0
    seconds = (world.command().ended_us - world.command().sent_us) / SECOND_US
    assert 30 + 45 <= seconds <= 30 + 45 + 10


@pytest.mark.parametrize(
    ("asked", "instead", "told"),
    [(TORQUE, 34.0, "34 NU instead of 32"), (DOUGH, 4.0, "4 CEL instead of 3")],
    ids=["by a command", "by the shadow"],
)
def test_a_machine_that_says_yes_and_does_something_else_is_never_done(world, asked, instead, told):
    world.machine = Stubborn(instead)
    command = world.propose(**asked)
    if command.status == "awaiting_approval":
        world.desk.approve("c-1", EVA, world.now_us)
    run = world.run()

    assert (run.status, run.output["status"]) == ("SUCCEEDED", "unverified")
    assert told in world.command().reason
    assert world.command().acknowledged_us > 0


def test_an_answer_that_comes_twice_counts_once_and_the_read_back_decides(world):
    world.on_tick.append(world.answer)
    world.propose()
    run = world.run()

    assert run.output["status"] == "verified"
    assert world.said() == ["proposed", "send", "handed over", "accept", "shown"]


def test_a_no_after_a_yes_ends_nothing_and_makes_nothing_done(world):
    world.machine.does = False
    world.on_tick.append(lambda: world.answer(accepted=False, reason="changed my mind"))
    world.propose()
    run = world.run()

    assert run.output["status"] == "unverified"
    assert world.said().count("answer that changes nothing") >= 1


def test_a_machine_that_says_no_ends_it_with_its_own_words_made_harmless(world):
    world.machine.says, world.machine.does, world.machine.reason = False, False, "local\x1b[2J mode"
    world.propose()
    run = world.run()

    assert run.output["status"] == "rejected"
    assert world.command().reason == "refused at the machine: local [2J mode"


def test_what_is_shown_in_time_counts_though_it_arrives_late(world):
    world.machine.says, world.machine.seconds = None, 28
    world.lag_us = 20 * SECOND_US
    world.propose()
    run = world.run()

    assert run.output["status"] == "verified"
    shown = world.command().readback
    assert shown is not None
    assert shown.observed_us - world.command().sent_us == 30 * SECOND_US
    assert world.command().ended_us - world.command().sent_us == 50 * SECOND_US


def test_an_answer_after_the_end_changes_nothing_and_is_written_down(world):
    world.machine.says, world.machine.does = None, False
    world.propose()
    world.run()
    ended = world.command()
    world.answer()
    world.answer()

    assert world.command() == ended
    assert ended.status == "unverified"
    assert world.said()[-2:] == ["answer that changes nothing"] * 2


def test_an_answer_from_another_thing_or_to_no_command_is_dropped_and_not_asked_for_again(world):
    world.machine.says, world.machine.does = None, False
    world.propose()
    heard = []
    world.on_tick.append(lambda: heard.append(world.answer(thing="freezer-tunnel")))
    world.on_tick.append(lambda: heard.append(world.answer("c-9")))
    world.run()

    assert {str(each) for each in heard} == {"{'batchItemFailures': []}"}
    assert world.command().acknowledged_us == 0


def test_what_could_not_be_handed_over_is_sent_again_the_same_once_aws_iot_is_back(world):
    world.jobs.down = UNHEARD_OF

    def mend() -> None:
        if len(world.machines.waits) == 3:
            world.jobs.down = None

    world.on_tick.append(mend)
    world.propose()
    run = world.run()

    assert run.output["status"] == "verified"
    assert world.command().attempts > 1
    assert len({str(each) for each in world.jobs.asked}) == 1
    assert len(world.jobs.executions) == 1


def test_while_nobody_knows_that_it_left_it_never_becomes_done_or_failed(world):
    world.jobs.down = UNHEARD_OF
    world.propose(seconds=30)
    run = world.run()

    assert run.output["status"] == "unverified"
    assert not world.command().handed
    assert len(world.jobs.asked) > 3
    assert world.command().tried_us < world.command().expires_us


def test_a_thing_that_nobody_registered_fails_it_with_what_a_person_can_do(world):
    world.jobs.down = ("ResourceNotFoundException", 404)
    world.propose()
    run = world.run()

    assert run.output["status"] == "failed"
    assert "is the thing registered" in world.command().reason


def test_what_expired_before_it_was_sent_is_never_sent(world):
    nobody_starts(world)
    world.propose(seconds=20)
    world.tick(21)
    told = world.invoke("send_command", {"command_id": "c-1"})

    assert (told["status"], told["next"]) == ("expired", "ended")
    assert world.jobs.asked == []


def test_the_clock_sends_and_finishes_what_nobody_started(world):
    nobody_starts(world)
    approved = world.propose()
    first = world.turn_of_the_clock()
    world.tick(10)
    second = world.turn_of_the_clock()

    moved = {"changed": 1, "told": 0}
    assert (approved.status, first, second) == ("approved", moved, moved)
    assert world.said() == ["proposed", "send", "handed over", "accept", "shown"]


def test_the_clock_finishes_what_an_execution_that_died_left_behind(world):
    class Crashed(Exception):
        """As the runtime tells of a function that was killed."""

    def crash(event):
        raise Crashed("signal: killed")

    world.machines.functions["watch_command"] = crash
    world.propose()
    run = world.run()
    left = world.command().status
    world.turn_of_the_clock()

    assert (run.status, run.error) == ("FAILED", "Crashed")
    assert left in ("sent", "acknowledged")
    assert world.command().status == "verified"


def test_everything_twice_is_as_once(world):
    command = world.propose()
    world.desk.start(command)
    world.propose()
    world.run()
    before = world.command()
    world.desk.start(command)
    again = [world.invoke(each, {"command_id": "c-1"}) for each in ("send_command", "watch_command")]
    world.answer()

    assert len(world.running()) == 1
    assert len(world.jobs.executions) == 1
    assert {each["next"] for each in again} == {"ended"}
    assert world.command() == before


def test_two_who_send_at_once_start_one_execution(world):
    nobody_starts(world)
    world.propose()
    world.invoke("send_command", {"command_id": "c-1"})
    world.turn_of_the_clock()
    world.invoke("send_command", {"command_id": "c-1"})

    assert len(world.jobs.asked) == 1


def test_an_input_that_means_nothing_is_refused_in_one_sentence(world):
    started = boto3.client("stepfunctions", region_name=REGION).start_execution(
        stateMachineArn=world.machine_arn, name="by-hand", input='{"command_id": ""}'
    )
    run = next(each for each in world.running() if each.arn == started["executionArn"]).ended()

    assert (run.status, run.error) == ("FAILED", "Malformed")
    assert "command_id" in run.cause


def test_no_function_does_what_its_role_does_not_allow(world):
    world.propose()
    world.run()
    world.propose("c-2", **DOUGH)
    world.desk.approve("c-2", EVA, world.now_us)
    for each in world.running():
        each.ended()
    world.turn_of_the_clock()

    written = {"TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem"}}
    for verb_noun in ("send_command", "watch_command", "hear_command"):
        allowed = {each.action for each in permissions(verb_noun, controlling())}
        called = {action for name, action in world.calls if name == verb_noun}
        needed = {one for each in called for one in written.get(each.partition(":")[2], {each})}
        assert called
        assert needed <= allowed
    by = {name for name, action in world.calls if action.startswith("iot:")}
    assert by == {"send_command"}
