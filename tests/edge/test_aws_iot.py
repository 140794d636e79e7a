"""A whole plant under AWS IoT: a real broker with TLS plays its endpoint, and a real device is the machine."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from lineside.control.wire import CommandAnswer, CommandMessage, decode_message, encode
from lineside.telemetry.timestamps import render
from tests.edge.aws import Aws, Message
from tests.edge.devices import Device, until
from tests.edge.test_broker import self_signed
from tests.edge.test_external_broker_mosquitto import BINARY, PASSWD, Mosquitto, RunningPlant

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not (BINARY and PASSWD), reason="there is no mosquitto here; apt-get install mosquitto"),
]

SITE = """
site: plant
lines:
  - id: line-1
    machines:
      - id: Press
        commands:
          - {attribute: SpeedSetpoint, unit: RPM, min: 1, max: 9, risk: low, max_step: 3}
          - {attribute: HeatSetpoint, unit: CEL, min: 50, max: 90, risk: low, max_step: 30, transport: shadow}
"""
TELEMETRY, COMMANDS = "dt/lineside/plant/line-1/press", "cmd/lineside/plant/line-1/press"
ENDPOINT = """
user root
listener {port} 127.0.0.1
allow_anonymous true
cafile {folder}/cert.pem
certfile {folder}/cert.pem
keyfile {folder}/key.pem
require_certificate true
persistence true
persistence_location {folder}/
log_dest stderr
log_type all
"""


class Endpoint(Mosquitto):
    """A broker that asks for a certificate, with the part of AWS IoT played behind it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ENDPOINT)
        self.certificate, self.key = self_signed(folder)
        self.aws = Aws()

    @contextmanager
    def played(self) -> Iterator[None]:
        """While somebody is there to answer."""
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="aws", clean_session=False)
        client.tls_set(str(self.certificate), str(self.certificate), str(self.key))
        client.on_message = self._hears
        heard = threading.Event()
        client.on_subscribe = lambda *_: heard.set()
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        topics = ("$aws/commands/things/+/executions/+/response/json", "cmd/#", "$aws/things/+/shadow/name/+/get")
        client.subscribe([(topic, 1) for topic in (*topics, "$aws/things/+/shadow/name/+/update")])
        assert heard.wait(10)
        self._client = client
        yield
        client.disconnect()
        client.loop_stop()

    def sends(self, message: Message) -> None:
        self._client.publish(*message, qos=1).wait_for_publish(10)

    def _hears(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        for topic, payload in self.aws.hears(message.topic, bytes(message.payload)):
            client.publish(topic, payload, qos=1)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as soon as in a plant, where it is 1 to 30 s."""
    monkeypatch.setattr("edge.mqtt_session.SOONEST_RETRY_SECONDS", 0.1)
    monkeypatch.setattr("edge.mqtt_session.LATEST_RETRY_SECONDS", 0.2)


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    broker = Endpoint(tmp_path / "endpoint")
    broker.start()
    yield broker
    broker.stop()


@contextmanager
def plant_at(endpoint: Endpoint, folder: Path, certificates: tuple[Path, Path] | None = None) -> Iterator[RunningPlant]:
    certificate, key = certificates or (endpoint.certificate, endpoint.key)
    settings = {"aws_iot": f"127.0.0.1:{endpoint.port}", "aws_iot_certificate": certificate, "aws_iot_key": key}
    with RunningPlant(folder, site=SITE, mqtt_port=0, aws_iot_ca=endpoint.certificate, **settings) as running:
        yield running


@contextmanager
def press(running: RunningPlant) -> Iterator[Device]:
    """The machine: it has told what is in force, and hears its commands."""
    plant = running.plant
    assert plant.broker is not None
    with Device(plant.broker.port, "press", plant.passwords.password("press")) as device:
        measured = {"SpeedSetpoint": {"value": 4.0, "unit": "RPM"}, "HeatSetpoint": {"value": 60.0, "unit": "CEL"}}
        said = {"device": "Press", "ts": render(time.time_ns() // 1_000), "measurements": measured}
        device.publish(TELEMETRY, json.dumps(said).encode())
        assert until(lambda: "Press" in plant.commands.values("line-1"))
        device.subscribe(f"{COMMANDS}/request")
        yield device


def wanted(command_id: str, attribute: str, value: float, unit: str, seconds: int = 60) -> CommandMessage:
    now_us = time.time_ns() // 1_000
    return CommandMessage(
        command_id=command_id,
        device="Press",
        attribute=attribute,
        value=value,
        unit=unit,
        sent_at=render(now_us),
        expires_at=render(now_us + seconds * 1_000_000),
        risk="low",
        proposed_by="Anna Holm",
        roles=("operator",),
    )


def answer(device: Device) -> None:
    message = decode_message(device.heard[-1])
    said = CommandAnswer(command_id=message.command_id, device="Press", accepted=True)
    device.publish(f"{COMMANDS}/response", encode(said))


def test_a_plant_is_commanded_in_both_ways_over_tls_and_goes_on_when_the_connection_was_lost(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    aws, faster = endpoint.aws, wanted("c-1", "SpeedSetpoint", 6.0, "RPM")
    hotter = wanted("c-2", "HeatSetpoint", 70.0, "CEL")
    with plant_at(endpoint, tmp_path / "data") as running, press(running) as device:
        with endpoint.played():
            assert until(lambda: running.plant.aws_iot is not None and not running.plant.aws_iot.trouble)
            endpoint.sends(aws.start("press", faster))
            heard_command = until(lambda: len(device.heard) == 1)
            begun = until(lambda: aws.statuses["e-1"] == [("IN_PROGRESS", "RECEIVED")])
        endpoint.stop(signal.SIGTERM)
        answer(device)
        degraded = until(lambda: any("AWS IoT" in each for each in running.plant.health().troubles))
        endpoint.start()
        with endpoint.played():
            ended = until(lambda: aws.statuses["e-1"][-1] == ("SUCCEEDED", "MACHINE_ACCEPTED"))
            well = until(lambda: not running.plant.health().troubles)
            endpoint.sends(aws.desire("press", {"HeatSetpoint": json.loads(encode(hotter))}))
            heard_set_point = until(lambda: len(device.heard) == 2)
            answer(device)
            reported = until(lambda: bool(aws.reported) and aws.delta("press") == {})
            told = until(lambda: len(aws.answers) == 2)
        desk_knows = running.plant.commands.desk.store.open("plant")

    assert (heard_command, begun, degraded, ended, well, heard_set_point, reported, told) == (True,) * 8
    assert [decode_message(each) for each in device.heard] == [faster, hotter]
    assert [(topic, said.command_id) for topic, said in aws.answers] == [
        (f"{COMMANDS}/response", "c-1"),
        (f"{COMMANDS}/response", "c-2"),
    ]
    assert desk_knows == []


def test_what_was_sent_while_the_plant_was_away_waits_and_what_has_expired_meanwhile_is_answered(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    aws = endpoint.aws
    with endpoint.played():
        with plant_at(endpoint, tmp_path / "data") as running:
            assert until(lambda: running.plant.aws_iot is not None and not running.plant.aws_iot.trouble)
        endpoint.sends(aws.start("press", wanted("c-1", "SpeedSetpoint", 6.0, "RPM", seconds=1)))
        endpoint.sends(aws.start("press", wanted("c-2", "SpeedSetpoint", 5.0, "RPM"), "e-2"))
        with plant_at(endpoint, tmp_path / "data") as running, press(running) as device:
            expired = until(lambda: aws.statuses["e-1"][-1:] == [("TIMED_OUT", "EXPIRED")])
            heard = until(lambda: len(device.heard) == 1)

    assert expired
    assert heard
    assert decode_message(device.heard[0]).command_id == "c-2"


def test_a_certificate_that_is_not_let_in_is_said_and_the_plant_goes_on(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    with plant_at(endpoint, tmp_path / "data", self_signed(tmp_path / "stranger")) as running:
        said = until(lambda: any("trying again" in each for each in running.plant.health().troubles))
        with press(running) as device:
            works = device.publish(TELEMETRY, b"{}")

    assert said
    assert works
