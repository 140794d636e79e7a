"""A real Mosquitto beside the plant: stopped, killed, restarted, with the wrong password; nothing lost or doubled."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from edge.external_broker import ExternalBroker
from edge.folder import locked
from edge.inbox import Inbox
from edge.plant import Plant, PlantParts
from edge.settings import settings_from
from lineside.site import parse_site
from tests.edge.devices import Device, until
from tests.journey.test_kill import SITE, TOPIC, Sender, counters_of, free_port, numbers_in_the_lake, rows_on_disk

SEARCHED = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
BINARY, PASSWD = shutil.which("mosquitto", path=SEARCHED), shutil.which("mosquitto_passwd", path=SEARCHED)

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not (BINARY and PASSWD), reason="there is no mosquitto here; apt-get install mosquitto"),
]

PLANT_PASSWORD = "pl@nt/#1"
PRESS_PASSWORD = "press-password"
AWAY = 1_100
"""More than the 1,000 messages that Mosquitto keeps for an absent subscriber unless it is told otherwise."""

CONFIGURATION = """
user root
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
persistence true
persistence_location {folder}/
max_queued_messages 0
message_size_limit 16777216
log_dest stderr
log_type all
"""
ACCESS = """
user lineside
topic read dt/lineside/plant/#
topic read cmd/lineside/plant/+/+/response
topic read inspection/plant/#
topic write cmd/lineside/plant/+/+/request
pattern write dt/lineside/plant/+/%u
pattern write cmd/lineside/plant/+/%u/response
pattern write inspection/plant/+/%u
pattern write inspection/plant/+/%u/+
pattern read cmd/lineside/plant/+/%u/request
"""


class Mosquitto:
    """The real broker, as docs/plant.md sets it up; it can be stopped and started again on the same port."""

    def __init__(self, folder: Path, configuration: str = CONFIGURATION) -> None:
        self.port = free_port()
        self.address = f"mqtt://lineside:{quote(PLANT_PASSWORD, safe='')}@127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        folder.mkdir()
        (folder / "passwords").touch(mode=0o600)
        self.set_password("lineside", PLANT_PASSWORD)
        self.set_password("press", PRESS_PASSWORD)
        (folder / "acl").write_text(ACCESS)
        (folder / "mosquitto.conf").write_text(configuration.format(port=self.port, folder=folder))

    def set_password(self, user: str, password: str) -> None:
        command = [str(PASSWD), "-b", str(self._folder / "passwords"), user, password]
        subprocess.run(command, check=True, capture_output=True)

    def start(self) -> None:
        self._starts += 1
        with (self._folder / "log").open("a") as log:
            command = [str(BINARY), "-c", str(self._folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        assert until(lambda: self.log.count(" running\n") == self._starts), self.log

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(signal_number)
            self._process.wait(10)
            self._process = None

    def read_passwords_again(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def acknowledged(self) -> int:
        """How many messages the plant has acknowledged, in Mosquitto's own words."""
        return self.log.count("Received PUBACK from lineside-plant")

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()


class Held:
    """An inbox whose disk is slow: the test says when a message is durable."""

    room = True

    def __init__(self) -> None:
        self.make_durable: list[Callable[[], None]] = []

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        self.make_durable.append(on_durable)
        return len(self.make_durable)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as soon as in a plant, where it is 1 to 30 s."""
    monkeypatch.setattr("edge.mqtt_session.SOONEST_RETRY_SECONDS", 0.1)
    monkeypatch.setattr("edge.mqtt_session.LATEST_RETRY_SECONDS", 0.2)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "mosquitto")
    yield broker
    broker.stop()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "inbox.db")
    yield inbox
    inbox.close()


@contextmanager
def listening(address: str, inbox: Inbox | Held) -> Iterator[ExternalBroker]:
    external = ExternalBroker(address, "plant", inbox, lambda: time.time_ns() // 1_000)
    external.start()
    try:
        yield external
    finally:
        external.stop()


@contextmanager
def press(mosquitto: Mosquitto) -> Iterator[Device]:
    with Device(mosquitto.port, "press", PRESS_PASSWORD) as device:
        assert device.admitted
        yield device


@contextmanager
def command(folder: Path, mosquitto: Mosquitto) -> Iterator[subprocess.Popen[str]]:
    """The real `lineside up`, in a process of its own; whatever happens, it does not outlive the test."""
    (folder / "site.yaml").write_text(SITE)
    line = [sys.executable, "-c", "from edge.cli import main; main()", "up", "--site", str(folder / "site.yaml")]
    options = ["--data", str(folder / "data"), "--broker", mosquitto.address, "--port", "0", "--tick", "30"]
    with (folder / "plant.log").open("a") as log:
        process = subprocess.Popen([*line, *options], stdout=log, stderr=log, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class RunningPlant:
    """A plant in a thread of its own, with such settings."""

    def __init__(self, folder: Path, *, site: str = SITE, **settings: Any) -> None:
        self._settings, self._site = settings_from(data=folder, port=0, tick_seconds=30, **settings), parse_site(site)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> RunningPlant:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        with locked(self._settings.data) as folder:
            self.plant = Plant(PlantParts(self._settings, folder, self._site))
            await self.plant.run(self._stop, self._ready.set)


def test_nothing_is_acknowledged_while_the_inbox_cannot_store(
    mosquitto: Mosquitto, inbox: Inbox, tmp_path: Path
) -> None:
    mosquitto.start()
    with listening(mosquitto.address, inbox) as external, press(mosquitto) as device:
        assert until(lambda: external.connected)
        with sqlite3.connect(tmp_path / "inbox.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            for number in range(50):
                assert device.publish(TOPIC, b"%d" % number)
            locked_out = until(lambda: bool(inbox.trouble))
            acknowledged_meanwhile = mosquitto.acknowledged()
            other.execute("ROLLBACK")
        other.close()
        arrived = until(lambda: inbox.backlog == 50)
        all_acknowledged = until(lambda: mosquitto.acknowledged() == 50)

    claim = inbox.claim()
    assert locked_out
    assert acknowledged_meanwhile == 0
    assert arrived
    assert all_acknowledged
    assert claim is not None
    assert [message.payload for message in claim.messages] == [b"%d" % number for number in range(50)]


def test_a_command_goes_out_and_its_answer_comes_back_and_no_machine_has_the_right_to_send_one(
    mosquitto: Mosquitto, inbox: Inbox
) -> None:
    mosquitto.start()
    request, response = (f"cmd/lineside/plant/line-1/press/{last}" for last in ("request", "response"))
    with listening(mosquitto.address, inbox) as external, press(mosquitto) as device:
        assert until(lambda: external.connected)
        device.subscribe(request)
        for topic in (request, response.replace("press", "oven")):
            with Device(mosquitto.port, "press", PRESS_PASSWORD, client_id="forger") as forger:
                forger.publish(topic, b"forged", qos=0)
                denied = forger.disconnected.wait(5)
        external.publish(request, b"command", lambda: None)
        heard = until(lambda: bool(device.heard))
        device.publish(response, b"done")
        answered = until(lambda: inbox.backlog > 0)

    claim = inbox.claim()
    assert denied
    assert heard
    assert device.heard == [b"command"]
    assert answered
    assert claim is not None
    assert [(message.topic, message.payload) for message in claim.messages] == [(response, b"done")]


def test_a_camera_sends_its_images_and_nobody_elses(mosquitto: Mosquitto, inbox: Inbox) -> None:
    mosquitto.start()
    own, long = "inspection/plant/line-1/press", b"x" * 3_000_000
    with listening(mosquitto.address, inbox) as external, press(mosquitto) as device:
        assert until(lambda: external.connected)
        with Device(mosquitto.port, "press", PRESS_PASSWORD, client_id="forger") as forger:
            forger.publish(own.replace("press", "oven"), b"of another", qos=0)
            denied = forger.disconnected.wait(5)
        device.publish(f"{own}/2026-11-04T06:00:00Z", b"said when")
        device.publish(own, long)
        arrived = until(lambda: inbox.backlog == 2)

    claim = inbox.claim()
    assert denied
    assert arrived
    assert claim is not None
    assert [message.payload for message in claim.messages] == [b"said when", long]


def test_an_acknowledgement_never_reaches_another_connection(mosquitto: Mosquitto) -> None:
    """Mosquitto forgot the session, so the packet id of the first message now belongs to the second."""
    mosquitto.start()
    inbox = Held()
    with listening(mosquitto.address, inbox) as external:
        assert until(lambda: external.connected)
        with press(mosquitto) as device:
            device.publish(TOPIC, b"first")
            assert until(lambda: len(inbox.make_durable) == 1)
        mosquitto.stop(signal.SIGKILL)
        assert until(lambda: not external.connected)
        mosquitto.start()
        assert until(lambda: external.connected)
        with press(mosquitto) as device:
            device.publish(TOPIC, b"second")
            assert until(lambda: len(inbox.make_durable) == 2)

            inbox.make_durable[0]()
            device.publish("dt/lineside/plant/line-1/somebody-else", b"not allowed: only passes the time")
            after_first = mosquitto.acknowledged()
            inbox.make_durable[1]()
            after_second = until(lambda: mosquitto.acknowledged() == 1)

    assert after_first == 0
    assert after_second


def test_an_orderly_stop_leaves_nothing_to_be_sent_twice(mosquitto: Mosquitto, inbox: Inbox) -> None:
    mosquitto.start()
    with press(mosquitto) as device:
        with listening(mosquitto.address, inbox) as external:
            assert until(lambda: external.connected)
            sent = [device._client.publish(TOPIC, b"%d" % number, qos=1) for number in range(2_000)]
            assert until(lambda: inbox.backlog > 50)
        assert until(lambda: all(one.is_published() for one in sent))
        before = inbox.backlog
        with listening(mosquitto.address, inbox):
            arrived = until(lambda: inbox.backlog >= 2_000)

    claim = inbox.claim()
    assert before < 2_000
    assert arrived
    assert claim is not None
    assert sorted(int(message.payload) for message in claim.messages) == list(range(2_000))


def test_a_wrong_password_is_one_sentence_until_it_is_right(
    mosquitto: Mosquitto, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    mosquitto.set_password("lineside", "another")
    mosquitto.start()
    with listening(mosquitto.address, inbox) as external:
        assert until(lambda: mosquitto.log.count("not authorised") >= 2)
        trouble = external.trouble
        mosquitto.set_password("lineside", PLANT_PASSWORD)
        mosquitto.read_passwords_again()
        mended = until(lambda: external.connected)

    told = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert trouble == (
        f"the broker at 127.0.0.1:{mosquitto.port} does not let us in (Not authorized); "
        "see user and password of --broker; trying again"
    )
    assert told == [trouble]
    assert mended
    assert external.trouble == ""
    assert PLANT_PASSWORD not in caplog.text


def test_a_plant_that_is_killed_resumes_its_session(mosquitto: Mosquitto, tmp_path: Path) -> None:
    mosquitto.start()
    sender = Sender(mosquitto.port, time.time_ns() // 1_000)
    with sender.connected(PRESS_PASSWORD) as connection:

        def send(number: int) -> None:
            sender.more(number)
            connection.send_all()

        with command(tmp_path, mosquitto) as process:
            assert until(lambda: "Sending SUBACK to lineside-plant" in mosquitto.log, 30)
            send(400)
            assert until(lambda: mosquitto.acknowledged() > 50)
            process.send_signal(signal.SIGKILL)
        # What is not settled would be published again, and Mosquitto's count of acknowledgements would say too much.
        assert until(connection.settle, 30)
        send(AWAY)
        assert until(connection.settle, 30)
        with command(tmp_path, mosquitto) as process:
            send(200)
            assert until(lambda: connection.settle() and mosquitto.acknowledged() == sender.sent, 30)
            process.send_signal(signal.SIGTERM)
            end = process.wait(30)

    assert end == 0, (tmp_path / "plant.log").read_text()[-2_000:]
    assert_the_lake_has_everything_once(tmp_path / "data", sender)


def test_a_broker_that_starts_late_and_restarts_is_waited_for(
    mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    where = f"127.0.0.1:{mosquitto.port}"
    sender = Sender(mosquitto.port, time.time_ns() // 1_000)
    with RunningPlant(tmp_path / "data", broker=mosquitto.address) as running:
        assert until(lambda: "Connection refused" in caplog.text)
        late = running.plant.health()
        mosquitto.start()
        assert until(lambda: running.plant.health().status == "ok")
        with sender.connected(PRESS_PASSWORD) as connection:
            sender.more(400)
            connection.send_all()
            assert until(lambda: mosquitto.acknowledged() > 50)
            mosquitto.stop()
            assert until(lambda: running.plant.health().status == "degraded")
            away = running.plant.health()
            mosquitto.start()
            assert until(connection.settle)
            assert until(lambda: running.plant.health().counters.get("stored") == sender.sent)
        mended = running.plant.health()

    told = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert late.status == "degraded"
    assert [where in trouble for trouble in late.troubles] == [True]
    assert [where in trouble for trouble in away.troubles] == [True]
    assert (mended.status, mended.troubles) == ("ok", ())
    # A retry may come before Mosquitto is up again, and says so; nothing is said twice in a row.
    assert told[:2] == [
        f"the broker at {where} does not answer: Connection refused; trying again",
        f"the connection to the broker at {where} ended; trying again",
    ]
    assert_the_lake_has_everything_once(tmp_path / "data", sender)


def assert_the_lake_has_everything_once(data: Path, sender: Sender) -> None:
    assert numbers_in_the_lake(data, sender) == list(range(sender.sent))
    assert rows_on_disk(data) == sender.sent
    counters = counters_of(data)
    assert counters["received"] == counters["stored"] + counters["duplicate"]
    assert counters["stored"] == sender.sent
