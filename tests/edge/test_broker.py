"""The embedded broker: an acknowledgement means durable, and nobody speaks for another."""

from __future__ import annotations

import asyncio
import random
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.broker import Listen, start_broker
from edge.credentials import Login
from edge.inbox import Inbox
from edge.topics import Rights
from lineside.errors import Unavailable
from tests.edge.brokers import LocalBroker
from tests.edge.devices import Device, until

pytestmark = pytest.mark.loopback

HOUR = timedelta(hours=1)
PRESS = "dt/lineside/north/line-1/press"
OVEN = "dt/lineside/north/line-1/oven"
LOGINS = (Login("press", "line-1", "press"), Login("oven", "line-1", "oven"), Login("gate", "line-1", gateway=True))


class Running(LocalBroker):
    """A broker whose messages go to an inbox."""

    def __init__(self, folder: Path) -> None:
        self.inbox = Inbox(folder / "inbox.db")
        super().__init__(folder, "north", LOGINS, self.inbox)

    def kept(self) -> list[tuple[str, bytes]]:
        claim = self.inbox.claim()
        return [(message.topic, message.payload) for message in claim.messages] if claim else []


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    local = Running(tmp_path)
    with local:
        yield local
    local.inbox.close()


def test_what_is_acknowledged_is_in_the_inbox(running: Running) -> None:
    with running.device("press") as press:
        acknowledged = press.publish(PRESS, b"one")

    assert acknowledged
    assert running.kept() == [(PRESS, b"one")]


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_quality_of_service_reaches_the_inbox(running: Running, qos: int) -> None:
    with running.device("press") as press:
        press.publish(PRESS, b"one", qos=qos)
        arrived = until(lambda: running.inbox.backlog == 1)

    assert arrived


def test_nothing_is_acknowledged_while_the_inbox_cannot_store(running: Running, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)
    with running.device("press") as press:
        other.execute("BEGIN IMMEDIATE")
        while_locked = press.publish(PRESS, b"one", seconds=2)
        trouble = until(lambda: bool(running.inbox.trouble))

        other.execute("ROLLBACK")
        afterwards = until(lambda: running.inbox.backlog == 1)

    other.close()
    assert not while_locked
    assert trouble
    assert afterwards


def test_nothing_is_acknowledged_while_the_disk_is_full(running: Running) -> None:
    disk_has_pages(running.inbox, 1)
    with running.device("press") as press:
        while_full = press.publish(PRESS, b"x" * 100_000, seconds=2)
        trouble = running.inbox.trouble

        disk_has_pages(running.inbox, 100_000)
        afterwards = until(lambda: running.inbox.backlog == 1)

    assert not while_full
    assert "full" in trouble
    assert "nothing is acknowledged" in trouble
    assert afterwards


def test_nobody_enters_without_a_name_or_with_a_wrong_password(running: Running) -> None:
    with Device(running.broker.port, "", "") as anonymous:
        pass
    with Device(running.broker.port, "press", "guessed") as guesser:
        pass

    assert not anonymous.admitted
    assert not guesser.admitted


def test_a_device_cannot_speak_for_another(running: Running) -> None:
    with running.device("oven") as oven:
        oven.publish(PRESS, b"lies")
        oven.publish(OVEN, b"truth")

    assert running.kept() == [(OVEN, b"truth")]
    assert running.broker.refused == 1


def test_a_gateway_speaks_for_its_line(running: Running) -> None:
    with running.device("gate") as gate:
        gate.publish(PRESS, b"press")
        gate.publish("dt/lineside/north/line-2/press", b"not my line")

    assert running.kept() == [(PRESS, b"press")]


def test_a_device_hears_its_own_commands_and_no_other_device(running: Running) -> None:
    with running.device("press") as press:
        own = press.subscribe("cmd/lineside/north/line-1/press/#")
    with running.device("press", client_id="second") as press:
        everything = press.subscribe("#")

    assert own
    assert not everything


def test_a_client_id_cannot_be_taken_over_by_another_login(running: Running) -> None:
    with running.device("press", client_id="same") as press, running.device("oven", client_id="same") as oven:
        press_is_heard, oven_is_heard = press.publish(PRESS, b"1"), oven.publish(OVEN, b"2")

    assert press_is_heard
    assert oven_is_heard
    assert not press.heard


def test_a_wrong_password_does_not_disturb_who_is_connected(running: Running) -> None:
    with running.device("press", client_id="same") as press:
        with Device(running.broker.port, "press", "guessed", client_id="same"):
            pass
        still_heard = press.publish(PRESS, b"1")
        disturbed = press.disconnected.is_set()

    assert still_heard
    assert not disturbed


def test_garbage_on_the_wire_does_not_stop_the_broker(running: Running) -> None:
    chance = random.Random(7)
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", running.broker.port)) as wire:
            wire.sendall(b"\x10" + chance.randbytes(chance.randint(1, 200)))

    with running.device("press") as press:
        acknowledged = press.publish(PRESS, b"one")

    assert acknowledged


def test_a_packet_without_end_closes_the_connection(running: Running) -> None:
    with running.device("press") as press:
        press.publish(PRESS, b"x" * (17 * 1024 * 1024), seconds=0.5)
        closed = press.disconnected.wait(10)

    assert closed
    assert running.inbox.backlog == 0


def test_an_oversized_message_is_taken_so_that_it_can_be_quarantined(running: Running) -> None:
    with running.device("press") as press:
        acknowledged = press.publish(PRESS, b"x" * 200_000)

    assert acknowledged
    assert len(running.kept()[0][1]) == 200_000


def test_a_port_that_is_taken_is_one_clear_sentence(running: Running, tmp_path: Path) -> None:
    taken = Listen(port=running.broker.port)

    with pytest.raises(Unavailable, match=r"cannot listen on 127\.0\.0\.1"):
        asyncio.run(start_broker(taken, running.passwords, Rights("north", {}), running.inbox, lambda: 7))


def test_with_a_certificate_the_broker_speaks_tls_and_nothing_else(running: Running, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    listen = Listen(port=0, certificate=certificate, key=key)
    rights = Rights("north", {login.name: login for login in LOGINS})
    starting = start_broker(listen, running.passwords, rights, running.inbox, lambda: 7)
    broker = asyncio.run_coroutine_threadsafe(starting, running.loop).result(10)

    with Device(broker.port, "press", running.passwords.password("press"), trusted=certificate) as press:
        acknowledged = press.publish(PRESS, b"one")
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as wire:
        wire.sendall(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")
        answer = wire.recv(4)
    asyncio.run_coroutine_threadsafe(broker.shutdown(), running.loop).result(10)

    assert acknowledged
    assert not answer.startswith(b"\x20"), "a CONNACK in clear text"


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plant")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + HOUR)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, unencrypted = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(signed.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted))
    return folder / "cert.pem", folder / "key.pem"


def disk_has_pages(inbox: Inbox, pages: int) -> None:
    """SQLite then says "database or disk is full" beyond so many pages, or beyond those it has."""
    with inbox._writing:
        inbox._database.execute(f"PRAGMA max_page_count = {pages}")
