"""A broker that the plant already has: what it hands us is acknowledged once it is on our disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from edge.external_broker import ExternalBroker
from edge.inbox import Inbox
from lineside.errors import Misconfigured
from tests.edge.devices import Device, until

pytestmark = pytest.mark.loopback

PRESS = "dt/lineside/north/line-1/press"
REQUEST, RESPONSE = (f"cmd/lineside/north/line-1/press/{last}" for last in ("request", "response"))


@pytest.fixture
def foreign_port() -> Iterator[int]:
    """A plain broker of somebody else, which lets anybody in."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    config = BrokerConfig(listeners={"default": ListenerConfig(bind="127.0.0.1:0")}, plugins=plugins)

    async def start() -> Broker:
        broker = Broker(config)
        await broker.start()
        return broker

    broker = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield broker._servers["default"].instance.sockets[0].getsockname()[1]
    asyncio.run_coroutine_threadsafe(broker.shutdown(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_what_devices_tell_a_foreign_broker_reaches_our_inbox(foreign_port: int, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker(f"mqtt://127.0.0.1:{foreign_port}", "north", inbox, lambda: 7)
    external.start()
    until(lambda: external.connected)
    acknowledged: list[int] = []
    acknowledge = external._client.ack
    external._client.ack = lambda mid, qos: (acknowledged.append(inbox.backlog), acknowledge(mid, qos))[1]  # type: ignore[method-assign]

    with Device(foreign_port, "", "", client_id="press") as press:
        sent = until(lambda: press.publish(PRESS, b"one") and inbox.backlog > 0)
        press.publish("dt/lineside/south/line-1/press", b"another plant's")
        press.publish(PRESS, b"two")
        arrived = until(lambda: inbox.backlog >= 2)
    external.stop()
    claim = inbox.claim()
    inbox.close()

    assert sent
    assert arrived
    assert claim is not None
    assert {message.payload for message in claim.messages} == {b"one", b"two"}
    assert {message.topic for message in claim.messages} == {PRESS}
    assert 0 not in acknowledged


def test_commands_go_out_through_a_foreign_broker_and_answers_come_back(foreign_port: int, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker(f"mqtt://127.0.0.1:{foreign_port}", "north", inbox, lambda: 7)
    before = external.reaches(REQUEST)
    external.start()
    until(lambda: external.connected)
    acknowledged: list[str] = []

    with Device(foreign_port, "", "", client_id="press") as press:
        press.subscribe(REQUEST)
        for number in range(20):
            external.publish(REQUEST, b"%d" % number, partial(acknowledged.append, f"{number}"))
        heard = until(lambda: len(press.heard) == 20 and len(acknowledged) == 20)
        press.publish(REQUEST.replace("request", "response"), b"done")
        answered = until(lambda: inbox.backlog > 0)
    with Device(foreign_port, "", "", client_id="late") as late:
        late.subscribe(REQUEST)
        retained = until(lambda: bool(late.heard), 0.3)
    reached = external.reaches(REQUEST)
    external.stop()
    claim = inbox.claim()
    inbox.close()

    assert (before, reached, external.reaches(REQUEST)) == (False, True, False)
    assert heard
    assert press.heard == [b"%d" % number for number in range(20)]
    assert answered
    assert claim is not None
    assert [(message.topic, message.payload) for message in claim.messages] == [(RESPONSE, b"done")]
    assert not retained


def test_an_acknowledgement_that_is_faster_than_the_publisher_is_not_lost(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker("mqtt://127.0.0.1:1", "north", inbox, lambda: 7)
    acknowledged: list[bool] = []

    external._on_publish(None, None, 1, None, None)
    external.publish(REQUEST, b"x", lambda: acknowledged.append(True))

    inbox.close()
    assert acknowledged == [True]


def test_a_broker_that_hides_the_answers_is_said_and_telemetry_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker("mqtt://127.0.0.1:1", "north", inbox, lambda: 7)
    granted, refused = (ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (1, 128))

    external._on_subscribe(None, None, 1, [granted, refused], None)

    inbox.close()
    assert external.connected
    assert "cmd/lineside/north/+/+/response; see its access list" in caplog.text


def test_images_reach_us_through_a_foreign_broker(foreign_port: int, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker(f"mqtt://127.0.0.1:{foreign_port}", "north", inbox, lambda: 7)
    external.start()
    until(lambda: external.connected)
    long, topic = b"x" * 3_000_000, "inspection/north/line-1/press"

    with Device(foreign_port, "", "", client_id="press") as press:
        for each in (topic, f"{topic}/2026-11-04T06:00:00Z", "inspection/south/line-1/press"):
            press.publish(each, long)
        arrived = until(lambda: inbox.backlog >= 2)
    external.stop()
    claim = inbox.claim()
    inbox.close()

    assert arrived
    assert claim is not None
    assert sorted(message.topic for message in claim.messages) == [topic, f"{topic}/2026-11-04T06:00:00Z"]
    assert all(message.payload == long for message in claim.messages)


def test_a_subscription_that_is_refused_is_one_clear_sentence(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker("mqtt://127.0.0.1:1", "north", inbox, lambda: 7)

    external._on_subscribe(None, None, 1, [ReasonCode(PacketTypes.SUBACK, identifier=128)], None)

    inbox.close()
    assert external.trouble.startswith("the broker at 127.0.0.1:1 does not let us hear dt/lineside/north/#")
    assert not external.connected


def test_a_broker_that_is_not_there_is_one_clear_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    external = ExternalBroker("mqtt://name:secret@127.0.0.1:1", "north", inbox, lambda: 7)
    external.start()
    until(lambda: "refused" in external.trouble)
    external.stop()
    inbox.close()

    assert external.trouble == "the broker at 127.0.0.1:1 does not answer: Connection refused; trying again"
    assert not external.connected
    assert "secret" not in caplog.text


@pytest.mark.parametrize("address", ["mqtt://name:sec/ret@broker:1883", "mqtt://broker:99999", f"mqtt://{'b' * 64}"])
def test_an_address_that_cannot_be_read_is_told_without_its_password(address: str, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")

    with pytest.raises(Misconfigured, match="mqtt://user:password@host:port") as told:
        ExternalBroker(address, "north", inbox, lambda: 7)

    inbox.close()
    assert "sec" not in str(told.value)
