"""kill -9 in mid-stream, twenty times: nothing that was acknowledged is lost, and nothing is there twice."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge.credentials import PasswordFile
from edge.files import FileObjects
from edge.inbox import Inbox
from lineside.lake import Lake
from lineside.lake.paths import raw_file
from lineside.telemetry.timestamps import render

KILLS = 20
SITE = "site: plant\nlines:\n  - id: line-1\n    machines:\n      - id: Press\n"
TOPIC = "dt/lineside/plant/line-1/press"
STEP_US = 1_000


class Sender:
    """A device that sends numbered messages and sends again, to whoever listens next, what was not acknowledged."""

    def __init__(self, port: int, first_us: int) -> None:
        self.port = port
        self.first_us = first_us
        self.unacknowledged: dict[int, bytes] = {}
        self.sent = 0

    def message(self, number: int) -> bytes:
        at = render(self.first_us + number * STEP_US)
        return f'{{"device":"Press","ts":"{at}","measurements":{{"Count":{{"value":{number}}}}}}}'.encode()

    @contextmanager
    def connected(self, password: str) -> Iterator[Connection]:
        connection = Connection(self, password)
        try:
            yield connection
        finally:
            connection.client.loop_stop()
            connection.settle()

    def more(self, number: int) -> None:
        """Decide to send so many more."""
        for one in range(self.sent, self.sent + number):
            self.unacknowledged[one] = self.message(one)
        self.sent += number


class Connection:
    """One connection of the sender; everything that waits goes out again when it is made."""

    def __init__(self, sender: Sender, password: str) -> None:
        self._sender = sender
        self._number_of: dict[int, int] = {}
        self._answered: deque[int] = deque()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="press")
        self.client.username_pw_set("press", password)
        self.client.max_inflight_messages_set(100)
        self.client.on_publish = self._on_publish
        self._connect()

    @property
    def acknowledged(self) -> int:
        return len(self._answered)

    def send_all(self) -> None:
        for number, payload in list(self._sender.unacknowledged.items()):
            self._number_of[self.client.publish(TOPIC, payload, qos=1).mid] = number

    def settle(self) -> bool:
        """Forget what was acknowledged; whether that is everything. Not while `send_all` runs."""
        for mid in list(self._answered):
            self._sender.unacknowledged.pop(self._number_of[mid], None)
        return not self._sender.unacknowledged

    def _on_publish(self, _client: object, _data: object, mid: int, *_: object) -> None:
        # No lock here: paho calls this with its own lock held, which `publish` may be waiting for.
        self._answered.append(mid)

    def _connect(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.client.connect("127.0.0.1", self._sender.port)
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the plant did not start"
                time.sleep(0.02)
        self.client.loop_start()


@contextmanager
def plant(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The real command, in a process of its own; whatever happens, it does not outlive the test."""
    command = [sys.executable, "-c", "from edge.cli import main; main()", "up", "--site", str(folder / "site.yaml")]
    options = ["--data", str(folder / "data"), "--mqtt-port", str(port), "--port", "0", "--tick", "30"]
    with (folder / "plant.log").open("a") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.loopback
@pytest.mark.slow
def test_nothing_is_lost_or_doubled_when_the_plant_is_killed_in_mid_stream(tmp_path: Path) -> None:
    chance = random.Random(20)
    (tmp_path / "site.yaml").write_text(SITE)
    sender = Sender(free_port(), time.time_ns() // 1_000)
    password = ""

    for _ in range(KILLS):
        with plant(tmp_path, sender.port) as process:
            password = password or password_of_the_press(tmp_path / "data")
            with sender.connected(password) as connection:
                sender.more(400)
                sending = threading.Thread(target=connection.send_all, daemon=True)
                sending.start()
                wait_for(lambda: connection.acknowledged >= wanted, wanted := chance.randint(20, 380))
                time.sleep(chance.choice((0, 0, 0.2, 0.6)))
                os.kill(process.pid, signal.SIGKILL)
                sending.join()
    with plant(tmp_path, sender.port) as process, sender.connected(password) as connection:
        connection.send_all()
        wait_for(connection.settle)
        process.send_signal(signal.SIGTERM)
        exit_status = process.wait(30)

    assert exit_status == 0, (tmp_path / "plant.log").read_text()[-2_000:]
    stored = numbers_in_the_lake(tmp_path / "data", sender)
    assert stored == list(range(sender.sent))
    counters = counters_of(tmp_path / "data")
    assert counters["received"] == counters["stored"] + counters["duplicate"] + counters["quarantined"]
    assert counters["stored"] == sender.sent
    assert counters["quarantined"] == 0
    assert rows_on_disk(tmp_path / "data") == sender.sent


def numbers_in_the_lake(data: Path, sender: Sender) -> list[int]:
    lake = Lake(FileObjects(data / "lake"))
    window = lake.window("plant", "line-1", sender.first_us, sender.first_us + sender.sent * STEP_US)
    return [int(number) for number in window.series["Press", "Count", ""].number]


def rows_on_disk(data: Path) -> int:
    """How many rows the files hold, as their names tell: the same reading in two files would count twice."""
    return sum(raw_file(key).rows for key in FileObjects(data / "lake").list("raw/"))


def counters_of(data: Path) -> dict[str, int]:
    inbox = Inbox(data / "inbox.db")
    try:
        assert inbox.backlog == 0
        return inbox.counters()
    finally:
        inbox.close()


def password_of_the_press(data: Path) -> str:
    wait_for((data / "logins" / "passwords").exists)
    return PasswordFile(data / "logins").password("press")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(true: object, _wanted: int = 0) -> None:
    deadline = time.monotonic() + 60
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)
