"""A command's whole way at a real broker: gate, MQTT, a simulated machine that behaves or not, and its answer back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.command_gate import CommandJournal
from edge.command_wires import EmbeddedWire, with_answers
from edge.credentials import Login
from edge.inbox import Inbox
from edge.mqtt_commands import MqttCommands
from edge.timer import now_us
from lineside.control.wire import CommandAnswer, CommandMessage, encode
from lineside.telemetry.timestamps import render
from simulator.__main__ import main
from simulator.commanded import Commanded
from simulator.controller import LATE_SECONDS, Misbehaviour
from simulator.publish import Broker, Gateway, Outbox
from simulator.setpoints import SetPoints
from tests.control.asked import FORMER
from tests.control.gated import SECOND_US, gate, message, values
from tests.edge.brokers import LocalBroker
from tests.edge.devices import until

pytestmark = pytest.mark.loopback

FORMERS = Login("cookie-former", "line-1", "cookie-former")
GATEWAY = Login("line-gateway", "line-1", gateway=True)
FREEZERS = Login("freezer-tunnel", "line-1", "freezer-tunnel")
LOGINS = (FORMERS, GATEWAY, FREEZERS)
REQUEST = "cmd/lineside/plant/line-1/cookie-former/request"
RESPONSE = "cmd/lineside/plant/line-1/cookie-former/response"


class Plant(LocalBroker):
    """An embedded broker whose answers go to the commands, and the thread that moves them."""

    def __init__(self, folder: Path) -> None:
        self.inbox = Inbox(folder / "inbox.db")
        self.journal, self.told = CommandJournal(folder / "commands.db"), list[CommandAnswer]()
        judge = gate(self.journal)
        object.__setattr__(judge, "values", lambda _line: values(now_us() + SECOND_US))
        object.__setattr__(judge, "ended", lambda _id: True)  # one command after the other, as a desk would
        self.commands = MqttCommands(self.journal, judge, now_us)
        super().__init__(folder, "plant", LOGINS, with_answers(self.inbox, self.commands, "plant"))
        self._stop = threading.Event()
        self._moving = threading.Thread(target=self.commands.run, args=(self._stop, self.told.append))

    def __enter__(self) -> Plant:
        super().__enter__()
        self.commands.connect(EmbeddedWire(self.broker, self.loop))
        self._moving.start()
        return self

    def close(self) -> None:
        self._stop.set()
        self._moving.join()
        self.inbox.close()
        self.journal.close()


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    running = Plant(tmp_path_factory.mktemp("plant"))
    with running:
        yield running
    running.close()


def soon(command_id: str, *, seconds: float = 60, value: float = 28.0) -> CommandMessage:
    now = now_us()
    expires_at = render(now + round(seconds * SECOND_US))
    return message(command_id, sent_at=render(now), expires_at=expires_at, value=value)


class Clock:
    seconds = 0.0


@pytest.mark.parametrize(
    ("kind", "says", "holds"),
    [
        (None, [True], 28.0),
        ("no_answer", [], 28.0),
        ("late_answer", [True], 28.0),
        ("says_yes_does_nothing", [True], 25.0),
        ("wrong_value", [True], 20.5),
        ("answers_twice", [True], 28.0),
    ],
)
def test_a_command_reaches_a_machine_that_behaves_like_this_and_its_answer_comes_back(
    plant: Plant, kind: str | None, says: list[bool], holds: float
) -> None:
    command_id, clock, points = f"c-{kind}", Clock(), SetPoints()
    faults = (Misbehaviour(kind),) if kind else ()  # type: ignore[arg-type]
    sent: list[bytes] = []
    ears = Commanded(
        lambda topic, payload: (sent.append(payload), gateway.answer(topic, payload)),
        "plant",
        "line-1",
        misbehaviours=faults,
        clock=lambda: clock.seconds,
    )
    broker = Broker("127.0.0.1", plant.broker.port, GATEWAY.name, plant.passwords.password(GATEWAY.name))
    gateway = Gateway(broker, Outbox(), "plant", "line-1", ears.take)

    plant.commands.send(soon(command_id))
    obeyed = until(
        lambda: bool(ears.serve(points) or plant.journal.step(command_id) in ("waiting", "answered", "told"))
    )
    ears.serve(points)
    clock.seconds = LATE_SECONDS
    ears.serve(points)
    waiting = gateway.close()
    until(lambda: len([answer for answer in plant.told if answer.command_id == command_id]) == len(says), 5)

    assert obeyed
    assert waiting == 0
    assert points.in_force(FORMER, "TorqueSetpoint") == holds
    assert [answer.accepted for answer in plant.told if answer.command_id == command_id] == says
    assert plant.journal.step(command_id) == ("told" if says else "waiting")
    assert len(sent) == {"no_answer": 0, "answers_twice": 2}.get(kind or "", 1)
    assert plant.inbox.backlog == 0, "an answer is no telemetry"


def test_a_machine_that_connects_late_hears_what_is_valid_and_not_what_has_expired(plant: Plant) -> None:
    plant.commands.send(soon("late-1", seconds=2.2))
    plant.commands.send(soon("late-2"))
    refused = until(lambda: any(answer.command_id == "late-1" for answer in plant.told))

    with plant.device("cookie-former") as former:
        former.subscribe(REQUEST)
        heard = until(lambda: bool(former.heard))
        delivered = until(lambda: plant.journal.step("late-2") == "waiting")

    assert refused
    assert heard
    assert delivered
    assert [b"late-2" in payload for payload in former.heard] == [True]


def test_no_machine_hears_the_commands_of_another_and_nobody_publishes_one(plant: Plant) -> None:
    refused_before = plant.broker.refused
    with plant.device("freezer-tunnel") as freezer, plant.device("cookie-former") as former:
        foreign = freezer.subscribe(REQUEST)
        freezer.publish(REQUEST, encode(soon("forged")))
        freezer.publish(RESPONSE, encode(CommandAnswer(command_id="c-None", device=FORMER, accepted=False)))
        former.subscribe("cmd/lineside/plant/line-1/cookie-former/#")
        plant.commands.send(soon("own-1"))
        heard = until(lambda: bool(former.heard))
        former.publish(RESPONSE, encode(CommandAnswer(command_id="own-1", device=FORMER, accepted=True)))
        told = until(lambda: plant.journal.step("own-1") == "told")

    assert not foreign
    assert plant.broker.refused == refused_before + 2
    assert heard
    assert told
    assert freezer.heard == []
    assert len(former.heard) == 1, "neither what was forged nor its own answer"


def test_nothing_is_retained_for_who_comes_later(plant: Plant) -> None:
    with plant.device("cookie-former") as former:
        former.subscribe(REQUEST)
        plant.commands.send(soon("once-1"))
        heard = until(lambda: bool(former.heard))
        until(lambda: plant.journal.step("once-1") == "waiting")
    with plant.device("cookie-former") as again:
        again.subscribe(REQUEST)
        heard_again = until(lambda: bool(again.heard), 0.3)

    assert heard
    assert not heard_again


def test_the_simulator_that_publishes_for_real_obeys_too(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINESIDE_MQTT_PASSWORD", plant.passwords.password(GATEWAY.name))
    where = {"mqtt": f"127.0.0.1:{plant.broker.port}", "site": "plant", "line": "line-1", "gateway": GATEWAY.name}
    running = threading.Thread(target=main, kwargs={"minutes": 1, "speed": 60, **where})
    plant.commands.send(soon("real-1"))

    running.start()
    told = until(lambda: any(answer.command_id == "real-1" for answer in plant.told))
    running.join(20)
    claim = plant.inbox.claim()

    assert told
    assert claim is not None
    assert b'"TorqueSetpoint":{"value":25.0' in claim.messages[0].payload
    assert b'"TorqueSetpoint":{"value":28.0' in claim.messages[-1].payload
