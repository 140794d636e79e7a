"""Commands in the plant: on disk first, judged when the machine is there, published until acknowledged, never lost."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from edge.command_gate import KEEP_ROWS, KEEP_US
from edge.mqtt_commands import AGAIN_SECONDS
from lineside.control.wire import CommandAnswer, decode_message, encode
from lineside.errors import Conflict, Malformed, Refused, Unavailable
from tests.control.asked import FREEZER
from tests.control.gated import NOW_US, at, message
from tests.edge.commanded_plant import REQUEST, RESPONSE, Plant


@pytest.fixture
def plant():
    plant = Plant()
    yield plant
    plant.journal.close()


def test_a_command_is_on_disk_before_anything_leaves(plant: Plant) -> None:
    plant.commands.send(message(), "command")

    assert plant.journal.step("c-1") == "handed"
    assert plant.wire.published == []


def test_an_id_is_known_once_it_was_judged(plant: Plant) -> None:
    plant.commands.send(message())
    plant.commands.send(message("c-2", value=99.0))
    before = [plant.journal.knows(each) for each in ("c-1", "c-2", "c-3")]

    plant.turn()

    assert before == [False, False, False]
    assert [plant.journal.knows(each) for each in ("c-1", "c-2", "c-3")] == [True, True, False]


def test_it_goes_to_the_topic_of_its_machine_and_waits_for_the_answer(plant: Plant) -> None:
    plant.commands.send(message(), "shadow")
    plant.turn()
    plant.turn()

    ((topic, payload),) = plant.wire.published
    assert topic == REQUEST
    assert decode_message(payload) == message()
    assert plant.journal.step("c-1") == "waiting"
    assert plant.told == []


def test_an_answer_is_on_disk_before_it_is_acknowledged_and_told_after_that(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()

    durable = plant.hears()
    plant.turn()

    assert durable == [True]
    assert [(answer.command_id, answer.accepted) for answer in plant.told] == [("c-1", True)]
    assert plant.journal.step("c-1") == "told"


def test_an_answer_that_comes_twice_is_told_once(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()

    plant.hears()
    plant.hears(accepted=False)
    plant.turn()
    plant.turn()

    assert [answer.accepted for answer in plant.told] == [True]


def test_sending_the_same_command_again_is_harmless(plant: Plant) -> None:
    for _ in range(3):
        plant.commands.send(message())
        plant.turn()

    assert len(plant.wire.published) == 1


def test_another_command_under_the_same_id_is_refused_and_the_first_one_stands(plant: Plant) -> None:
    plant.commands.send(message())

    with pytest.raises(Refused, match="used before"):
        plant.commands.send(message(value=26.0))
    assert plant.journal.message("c-1") == message()


def test_what_the_gate_refuses_is_told_and_never_published(plant: Plant) -> None:
    plant.shows = {"state": "Down"}

    plant.commands.send(message())
    plant.turn()

    (answer,) = plant.told
    assert not answer.accepted
    assert "state" in answer.reason
    assert plant.wire.published == []


def test_for_a_machine_that_is_away_it_waits_and_is_judged_when_the_machine_is_there(plant: Plant) -> None:
    plant.wire.listening = False
    plant.commands.send(message())
    plant.turn()
    waited = plant.journal.step("c-1")
    plant.later(30)
    plant.shows = {"cold": -10.0}

    plant.wire.listening = True
    plant.turn()

    assert waited == "handed"
    assert plant.wire.published == []
    assert "interlock" in plant.told[0].reason


def test_a_machine_that_connects_after_the_end_never_hears_of_it(plant: Plant) -> None:
    plant.wire.listening = False
    plant.commands.send(message())
    plant.turn()
    plant.later(59)
    plant.turn()
    plant.wire.listening = True
    plant.turn()

    assert plant.wire.published == []
    assert plant.told[0].reason.endswith("; the machine is not connected")


def test_without_a_broker_everything_waits(plant: Plant) -> None:
    plant.commands.connect(None)
    plant.commands.send(message())

    plant.turn()

    assert plant.journal.step("c-1") == "handed"


def test_what_is_not_acknowledged_is_published_again_until_it_expires(plant: Plant) -> None:
    plant.wire.acknowledges = False
    plant.commands.send(message())
    for _ in range(40):
        plant.turn()
        plant.later(AGAIN_SECONDS / 2)

    assert 8 <= len(plant.wire.published) <= 12, "every five seconds of the minute"
    assert plant.journal.step("c-1") == "waiting"
    assert plant.told == [], "nobody knows whether it arrived"


def test_it_is_not_published_again_where_the_gate_would_not_let_it_pass_any_more(plant: Plant) -> None:
    plant.wire.acknowledges = False
    plant.commands.send(message())
    plant.turn()
    plant.shows = {"cold": -10.0}
    plant.later(AGAIN_SECONDS)
    plant.turn()

    plant.shows = {}
    plant.later(AGAIN_SECONDS)
    plant.turn()

    assert len(plant.wire.published) == 1


def test_after_a_no_of_the_machine_the_point_is_free_again(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()
    plant.hears(accepted=False, reason="drive\x1b[2J is off")
    plant.turn()
    plant.later(5)

    plant.commands.send(message("c-2", value=26.0))
    plant.commands.send(message("c-3", value=27.0))
    plant.turn()

    assert "still under way" in plant.told[1].reason, "to the third command the second is"
    assert plant.told[0].reason == "drive [2J is off"
    assert len(plant.wire.published) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"command_id": "c-9"},
        {"device": FREEZER},
        {"topic": "cmd/lineside/plant/line-1/freezer-tunnel/response"},
        {"topic": "cmd/lineside/plant/line-2/cookie-former/response"},
    ],
)
def test_an_answer_that_nobody_asked_for_is_counted_and_changes_nothing(plant: Plant, given: dict) -> None:
    plant.commands.send(message())
    plant.turn()

    durable = plant.hears(**given)
    plant.turn()

    assert durable == [False], "acknowledged, or it would come for ever"
    assert plant.commands.strangers == 1
    assert plant.told == []


def test_an_answer_to_what_was_never_sent_changes_nothing(plant: Plant) -> None:
    plant.wire.listening = False
    plant.commands.send(message())
    plant.hears()
    plant.turn()

    assert plant.journal.step("c-1") == "handed"
    assert plant.told == []


def test_what_is_no_answer_is_dropped(plant: Plant) -> None:
    plant.commands.put(RESPONSE, b"\xff{", NOW_US, lambda: None)

    plant.turn()

    assert plant.commands.strangers == 1


def test_while_the_desk_cannot_be_reached_an_answer_is_kept_and_told_later(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()
    plant.hears()
    errors: list[Exception] = [Unavailable("the records are locked"), Conflict("somebody was faster")]

    def busy(answer: CommandAnswer) -> None:
        if errors:
            raise errors.pop()
        plant.told.append(answer)

    troubles = []
    for _ in range(3):
        plant.commands.turn(busy)
        troubles.append(plant.commands.trouble)

    assert len(plant.told) == 1
    assert [bool(trouble) for trouble in troubles] == [True, True, False]


def test_an_answer_that_the_desk_has_no_use_for_is_told_once(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()
    plant.hears()

    def refuses(answer: CommandAnswer) -> None:
        plant.told.append(answer)
        raise Refused("there is no such command")

    plant.commands.turn(refuses)
    plant.commands.turn(refuses)

    assert len(plant.told) == 1


def test_a_command_that_breaks_the_rules_code_is_refused_and_the_next_one_goes_on(plant: Plant) -> None:
    decide = plant.commands._gate.decide

    def breaks(site, request, snapshot):
        return decide(site, request, snapshot) if request.id == "c-2" else 1 / 0

    object.__setattr__(plant.commands._gate, "decide", breaks)
    plant.commands.send(message())
    plant.commands.send(message("c-2"))
    plant.turn()

    assert [answer.command_id for answer in plant.told] == ["c-1"]
    assert "ours to mend" in plant.told[0].reason
    assert len(plant.wire.published) == 1


def test_a_desk_that_fails_ends_nothing_and_is_told_again(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()
    plant.hears()

    plant.commands.turn(lambda _: 1 / 0)
    trouble = plant.commands.trouble
    plant.turn()

    assert "ZeroDivisionError" in trouble
    assert len(plant.told) == 1


def test_a_mistake_that_comes_at_every_look_stands_in_the_log_once(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    plant.commands.send(message())
    plant.turn()
    plant.hears()

    for _ in range(3):
        plant.commands.turn(lambda _: 1 / 0)

    assert [each.message for each in caplog.records if each.exc_info] == ["commands failed"]


def test_a_no_to_a_copy_reaches_the_desk_as_what_it_is(plant: Plant) -> None:
    plant.commands.send(message())
    plant.turn()

    plant.hears(accepted=False, reason="I have that one", repeated=True)
    plant.turn()

    assert [(answer.accepted, answer.repeated) for answer in plant.told] == [(False, True)]


def test_while_the_journal_cannot_be_written_nothing_is_acknowledged(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "commands.db")
    plant.commands.send(message())
    plant.turn()
    answered, plant.journal.answered = plant.journal.answered, _unavailable  # type: ignore[method-assign]

    durable = plant.hears()
    plant.turn()
    while_full = list(durable)
    plant.journal.answered = answered  # type: ignore[method-assign]
    plant.turn()
    plant.journal.close()

    assert while_full == []
    assert durable == [True]
    assert len(plant.told) == 1


def _unavailable(*_: object) -> bool:
    raise Unavailable("the journal of commands cannot be used: disk full")


def test_what_comes_from_outside_is_judged_by_its_topic_too(plant: Plant) -> None:
    plant.commands.receive(REQUEST.replace("cookie-former", "freezer-tunnel"), encode(message()))
    plant.commands.receive(REQUEST, encode(message("c-2")))
    plant.turn()

    (refused,) = plant.told
    assert refused.command_id == "c-1"
    assert [decode_message(payload).command_id for _, payload in plant.wire.published] == ["c-2"]


@pytest.mark.parametrize("topic", [RESPONSE, REQUEST.replace("plant", "other"), "cmd/lineside/plant/line-1/+/request"])
def test_what_comes_on_no_request_topic_of_the_site_is_malformed(plant: Plant, topic: str) -> None:
    with pytest.raises(Malformed):
        plant.commands.receive(topic, encode(message()))


def test_ids_are_forgotten_only_long_after_nobody_could_use_them(plant: Plant) -> None:
    plant.journal.hand(message(), NOW_US)
    with plant.journal.writing() as database:
        database.execute("UPDATE command SET number = 1")
        database.execute("INSERT INTO command VALUES (?, 'x', 'told', ?, '', '', 0, 0, x'', NULL)", (KEEP_ROWS, NOW_US))

    plant.journal.hand(message("c-2"), NOW_US + KEEP_US)
    young = plant.journal.step("c-1")
    plant.journal.hand(message("c-3"), NOW_US + KEEP_US + 1)

    assert young == "handed"
    assert plant.journal.step("c-1") is None
    assert plant.journal.step("c-2") == "handed"


def test_it_runs_until_it_is_told_to_stop() -> None:
    plant, stop, told = Plant(), threading.Event(), threading.Event()
    running = threading.Thread(target=plant.commands.run, args=(stop, lambda _: told.set()))
    running.start()

    plant.commands.send(message(value=99.0))
    was_told = told.wait(10)
    stop.set()
    running.join(10)
    plant.journal.close()

    assert was_told
    assert not running.is_alive()


def test_many_answers_that_wait_close_the_tap(plant: Plant) -> None:
    for _ in range(1_000):
        plant.commands.put(RESPONSE, b"", NOW_US, lambda: None)
    full = plant.commands.room

    plant.turn()

    assert not full
    assert plant.commands.room


def test_a_message_for_later_than_now_waits_for_nobody(plant: Plant) -> None:
    plant.commands.send(message(sent_at=at(30)))

    plant.turn()

    assert "was sent at" in plant.told[0].reason


def test_what_came_from_outside_is_not_sent_by_the_desk_as_well_nor_the_other_way(plant: Plant) -> None:
    plant.commands.receive(REQUEST, encode(message()))
    plant.commands.send(message("c-2"))

    with pytest.raises(Refused, match="was used before"):
        plant.commands.send(message())
    with pytest.raises(Refused, match="was used before"):
        plant.commands.receive(REQUEST, encode(message("c-2")))
    plant.commands.receive(REQUEST, encode(message()))
    plant.turn()

    assert [decode_message(payload).command_id for _, payload in plant.wire.published] == ["c-1"]


def test_what_became_of_a_command_is_told_by_its_outcome(plant: Plant) -> None:
    plant.commands.receive(REQUEST, encode(message()))
    plant.commands.send(message("c-2", value=99.0))
    plant.turn()
    plant.hears()
    plant.turn()

    told = [plant.commands.outcome(each) for each in ("c-1", "c-2", "c-3")]

    assert told[2] is None
    assert [(one.came_on, one.passed, one.answer.accepted) for one in told[:2]] == [
        ("cookie-former", True, True),
        ("", False, False),
    ]
