"""A device keeps what was not acknowledged, and sends it again."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from lineside.errors import Misconfigured, Unavailable
from simulator.machines import DEVICES
from simulator.publish import Broker, Devices, Gateway, Outbox, Publisher, topic_of
from simulator.run import simulate

CONNECT, PUBLISH, SUBSCRIBE, PING = 1, 3, 8, 12


class Listener:
    """Just enough MQTT 3.1.1 to hear QoS 1 messages, and to answer them, fall silent, or hang up."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.heard: list[tuple[str, bytes]] = []
        self.logins: list[bytes] = []
        self.subscriptions: list[bytes] = []
        self.answers = True
        self.hang_up_after = -1
        self.refuses = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while first := stream.read(1):
                    if not self._answer(connection, first[0] >> 4, stream.read(_length(stream))):
                        connection.shutdown(socket.SHUT_RDWR)
                        return
            except OSError:
                return

    def _answer(self, connection: socket.socket, kind: int, body: bytes) -> bool:
        if kind == CONNECT:
            self.logins.append(body)
            connection.sendall(bytes((0x20, 2, 0, 5 if self.refuses else 0)))
        elif kind == PING:
            connection.sendall(bytes((0xD0, 0)))
        elif kind == SUBSCRIBE:
            self.subscriptions.append(body[4:-1])
            connection.sendall(bytes((0x90, 3)) + body[:2] + b"\x01")
        elif kind == PUBLISH:
            size = struct.unpack("!H", body[:2])[0]
            self.heard.append((body[2 : 2 + size].decode(), body[4 + size :]))
            if len(self.heard) == self.hang_up_after:
                return False
            if self.answers:
                connection.sendall(bytes((0x40, 2)) + body[2 + size : 4 + size])
        return True


def _length(stream) -> int:
    size = shift = 0
    while True:
        (byte,) = stream.read(1)
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return size


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def broker_at(listener: Listener) -> Broker:
    return Broker("127.0.0.1", listener.port, "line-gateway", "secret")


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


@pytest.mark.loopback
def test_what_is_sent_after_everything_was_acknowledged_goes_out_as_well(listener):
    outbox = Outbox()
    publisher = Publisher(broker_at(listener), outbox)
    publisher.connect()
    said = [str(number).encode() for number in range(6)]

    for payload in said[:3]:
        publisher.send("a/topic", payload)
    left = [publisher.drain(10)]
    for payload in said[3:]:
        publisher.send("a/topic", payload)
    left.append(publisher.drain(2))
    publisher.close()

    assert left == [0, 0]
    assert [payload for _, payload in listener.heard] == said


def test_a_device_has_a_topic_of_its_own():
    assert topic_of("bakery-north", "line-1", "Freezer Tunnel") == "dt/lineside/bakery-north/line-1/freezer-tunnel"


def test_an_address_that_is_none_is_refused():
    assert Broker.parse("plant:8883", "a", "b").port == 8883
    with pytest.raises(Misconfigured, match="host:port"):
        Broker.parse("plant:mqtt", "a", "b")


def test_an_outbox_on_disk_outlives_the_process(tmp_path):
    outbox = Outbox(tmp_path / "outbox.db")
    outbox.keep("topic", b"1")
    outbox.keep("topic", b"2")
    outbox.close()

    again = Outbox(tmp_path / "outbox.db")

    assert [payload for _, _, payload in again.after(0, 10)] == [b"1", b"2"]
    again.close()


@pytest.mark.loopback
def test_what_is_acknowledged_is_forgotten(listener):
    publisher = Publisher(broker_at(listener), Outbox())
    publisher.connect()

    for number in range(200):
        publisher.send("t", b"%d" % number)
    waiting = publisher.drain(10)
    publisher.close()

    assert waiting == 0
    assert [payload for _, payload in listener.heard] == [b"%d" % number for number in range(200)]


@pytest.mark.loopback
def test_what_is_not_acknowledged_is_kept_for_the_next_process(listener, tmp_path):
    listener.answers = False
    publisher = Publisher(broker_at(listener), Outbox(tmp_path / "outbox.db"))
    publisher.connect()
    for number in range(3):
        publisher.send("t", b"%d" % number)
    unanswered = publisher.drain(0.3)
    publisher.close()
    listener.answers = True
    listener.heard.clear()

    again = Publisher(broker_at(listener), Outbox(tmp_path / "outbox.db"))
    again.connect()
    waiting = again.drain(10)
    again.close()

    assert unanswered == 3
    assert waiting == 0
    assert [payload for _, payload in listener.heard] == [b"0", b"1", b"2"]


@pytest.mark.loopback
def test_after_a_broken_connection_everything_arrives_at_least_once(listener):
    listener.hang_up_after = 5
    publisher = Publisher(broker_at(listener), Outbox())
    publisher.connect()

    for number in range(20):
        publisher.send("t", b"%d" % number)
    waiting = publisher.drain(20)
    publisher.close()

    assert waiting == 0
    assert {payload for _, payload in listener.heard} == {b"%d" % number for number in range(20)}
    assert len(listener.logins) == 2


@pytest.mark.loopback
def test_a_refused_login_is_said(listener):
    listener.refuses = True
    publisher = Publisher(broker_at(listener), Outbox())
    publisher.connect()
    until(lambda: bool(listener.logins))

    with pytest.raises(Unavailable, match=r"refused 'line-gateway'"):
        publisher.drain(5, down_to=-1)
    publisher.close()


@pytest.mark.loopback
def test_nobody_listening_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Unavailable, match="no broker answers"):
        Publisher(Broker("127.0.0.1", port, "a", "b"), Outbox()).connect()


@pytest.mark.loopback
def test_a_gateway_sends_one_array_per_sample(listener):
    samples = list(simulate(np.random.default_rng(1), (), 30))
    gateway = Gateway(broker_at(listener), Outbox(), "bakery-north", "line-1")

    for sample in samples:
        gateway.write(sample)

    assert gateway.close() == 0
    assert len(listener.heard) == len(samples)
    assert {topic for topic, _ in listener.heard} == {"dt/lineside/bakery-north/line-1/line-gateway"}


@pytest.mark.loopback
def test_devices_log_in_each_for_itself(listener):
    samples = list(simulate(np.random.default_rng(1), (), 10))
    devices = Devices(broker_at(listener), "bakery-north", "line-1")

    for sample in samples:
        devices.write(sample)

    assert devices.close() == 0
    assert len(listener.heard) == len(samples) * len(DEVICES)
    assert len(listener.logins) == len(DEVICES)
    assert any(b"freezer-tunnel" in login for login in listener.logins)


@pytest.mark.loopback
def test_each_machine_hears_its_own_commands_and_answers_through_its_own_client(listener):
    devices = Devices(broker_at(listener), "bakery-north", "line-1", on_command=lambda _topic, _payload: None)
    subscribed = until(lambda: len(listener.subscriptions) == len(DEVICES))

    devices.answer("cmd/lineside/bakery-north/line-1/freezer-tunnel/response", b"{}")

    assert devices.close() == 0
    assert subscribed
    assert b"cmd/lineside/bakery-north/line-1/freezer-tunnel/request" in listener.subscriptions
    assert listener.heard == [("cmd/lineside/bakery-north/line-1/freezer-tunnel/response", b"{}")]


@pytest.mark.loopback
def test_who_hears_no_commands_subscribes_to_nothing(listener):
    gateway = Gateway(broker_at(listener), Outbox(), "bakery-north", "line-1")

    gateway.close()

    assert listener.subscriptions == []
