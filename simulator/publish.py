"""Publish as a device does: over MQTT at QoS 1, keeping every message until the broker has acknowledged it.

What is unacknowledged stays in an outbox, in memory or in a SQLite file, and is sent again after a reconnect or a
restart. A message can therefore arrive twice, and must be harmless twice; it cannot get lost.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from lineside.errors import Misconfigured, Unavailable
from lineside.site.model import slug
from simulator.commanded import command_filter
from simulator.machines import DEVICES
from simulator.run import Sample
from simulator.telemetry import encode_batch

IN_FLIGHT = 50
KEEP_ALIVE_SECONDS = 30
PAUSE_SECONDS = 0.01
PATIENCE_SECONDS = 30.0
BACKLOG = 500
"""A run faster than the broker waits when this many messages are unacknowledged."""


Hear = Callable[[str, bytes], None]
"""Gets what came on a topic, on paho's own thread."""


def topic_of(site_id: str, line_id: str, device: str) -> str:
    """Where this device publishes: its name as a topic may carry it."""
    return f"dt/lineside/{site_id}/{line_id}/{slug(device)}"


@dataclass(frozen=True)
class Broker:
    """Where to connect, and as whom."""

    host: str
    port: int
    user: str
    password: str

    @classmethod
    def parse(cls, address: str, user: str, password: str) -> Broker:
        """`host:port` or `host`. Raises Misconfigured."""
        host, _, port = address.partition(":")
        if not host or (port and not port.isdecimal()):
            raise Misconfigured(f"{address!r} is no broker's address: write host:port")
        return cls(host, int(port or 1883), user, password)


class Outbox:
    """Messages that no broker has acknowledged yet, oldest first. A path of ":memory:" forgets them at exit."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._rows = sqlite3.connect(path, isolation_level=None)
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, topic TEXT, payload BLOB)")
        self._newest = int(self._rows.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0])

    def keep(self, topic: str, payload: bytes) -> None:
        # SQLite by itself would begin again at 1 once everything is acknowledged, behind what was handed over already.
        self._newest += 1
        self._rows.execute("INSERT INTO outbox VALUES (?, ?, ?)", (self._newest, topic, payload))

    def after(self, row_id: int, limit: int) -> Iterator[tuple[int, str, bytes]]:
        """The next messages behind this one, as (id, topic, payload)."""
        query = "SELECT id, topic, payload FROM outbox WHERE id > ? ORDER BY id LIMIT ?"
        yield from self._rows.execute(query, (row_id, limit)).fetchall()

    def forget(self, row_id: int) -> None:
        self._rows.execute("DELETE FROM outbox WHERE id = ?", (row_id,))

    def __len__(self) -> int:
        return int(self._rows.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def close(self) -> None:
        self._rows.close()


class Publisher:
    """One MQTT client with its outbox. Use it from one thread; acknowledgements arrive on paho's own.

    With `hears`, a topic filter, it also gets what comes there, at QoS 1, and hands it to `on_heard`.
    """

    def __init__(
        self,
        broker: Broker,
        outbox: Outbox,
        client_id: str = "",
        *,
        hears: str = "",
        on_heard: Hear = lambda _topic, _payload: None,
    ) -> None:
        self._broker = broker
        self._outbox = outbox
        self._handed_over = 0
        self._in_flight: dict[int, int] = {}
        self._acknowledged: deque[int] = deque()
        self._refused = ""
        self._hears = hears
        name = client_id or broker.user
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self._client.username_pw_set(broker.user, broker.password)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_message = lambda _c, _u, message: on_heard(message.topic, bytes(message.payload))

    def connect(self) -> None:
        """Start connecting; what is sent meanwhile waits in the outbox. Raises Unavailable if nobody listens."""
        try:
            self._client.connect(self._broker.host, self._broker.port, KEEP_ALIVE_SECONDS)
        except OSError as error:
            raise Unavailable(f"no broker answers at {self._broker.host}:{self._broker.port}: {error}") from error
        self._client.loop_start()

    def send(self, topic: str, payload: bytes) -> None:
        """Keep the message, and publish as much as the broker takes. Raises Unavailable if it refused our login."""
        self._outbox.keep(topic, payload)
        self.pump()

    def pump(self) -> None:
        """Forget what was acknowledged and hand over what waits."""
        if self._refused:
            raise Unavailable(f"the broker refused {self._broker.user!r}: {self._refused}")
        while self._acknowledged:
            row_id = self._in_flight.pop(self._acknowledged.popleft(), None)
            if row_id is not None:
                self._outbox.forget(row_id)
        if self._client.is_connected() and len(self._in_flight) < IN_FLIGHT:
            for row_id, topic, payload in self._outbox.after(self._handed_over, IN_FLIGHT - len(self._in_flight)):
                self._in_flight[self._client.publish(topic, payload, qos=1).mid] = row_id
                self._handed_over = row_id

    def drain(self, timeout_seconds: float, down_to: int = 0) -> int:
        """Wait until at most `down_to` messages are unacknowledged. Returns how many are."""
        until = time.monotonic() + timeout_seconds
        while (waiting := len(self._outbox)) > down_to and time.monotonic() < until:
            self.pump()
            time.sleep(PAUSE_SECONDS)
        return waiting

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._outbox.close()

    def _on_connect(
        self, client: mqtt.Client, _u: object, _f: mqtt.ConnectFlags, reason: ReasonCode, _p: Properties | None
    ) -> None:
        self._refused = str(reason) if reason.is_failure else ""
        if self._hears and not reason.is_failure:
            client.subscribe(self._hears, qos=1)

    def _on_publish(self, _c: mqtt.Client, _u: object, mid: int, _r: ReasonCode, _p: Properties | None) -> None:
        self._acknowledged.append(mid)


class Gateway:
    """Sends for the whole line: one message, an array, per sample. The site file must declare it a gateway."""

    def __init__(
        self, broker: Broker, outbox: Outbox, site_id: str, line_id: str, on_command: Hear | None = None
    ) -> None:
        """`on_command` gets the commands to every machine of the line."""
        self._topic = topic_of(site_id, line_id, broker.user)
        hears = command_filter(site_id, line_id) if on_command else ""
        self._publisher = Publisher(broker, outbox, hears=hears, on_heard=on_command or _hear_nothing)
        self._publisher.connect()

    def answer(self, topic: str, payload: bytes) -> None:
        """Publish what a machine of the line answers."""
        self._publisher.send(topic, payload)

    def write(self, sample: Sample) -> None:
        self._publisher.send(self._topic, encode_batch(sample.messages))
        self._publisher.drain(PATIENCE_SECONDS, down_to=BACKLOG)

    def close(self) -> int:
        """Wait for the last acknowledgements. Returns how many messages still have none."""
        waiting = self._publisher.drain(PATIENCE_SECONDS)
        self._publisher.close()
        return waiting


class Devices:
    """Every device with its own client, which logs in as its thing and may publish nothing else."""

    def __init__(self, broker: Broker, site_id: str, line_id: str, on_command: Hear | None = None) -> None:
        """`on_command` gets the commands to every machine, each from its own client."""
        self._topic = {device: topic_of(site_id, line_id, device) for device in DEVICES}
        self._publishers = {
            device: Publisher(
                replace(broker, user=slug(device)),
                Outbox(),
                client_id=slug(device),
                hears=command_filter(site_id, line_id, slug(device)) if on_command else "",
                on_heard=on_command or _hear_nothing,
            )
            for device in DEVICES
        }
        for publisher in self._publishers.values():
            publisher.connect()

    def answer(self, topic: str, payload: bytes) -> None:
        """Publish what a machine answers, as that machine."""
        thing = topic.split("/")[-2]
        for device, publisher in self._publishers.items():
            if slug(device) == thing:
                publisher.send(topic, payload)

    def write(self, sample: Sample) -> None:
        for message in sample.messages:
            publisher = self._publishers[message.device]
            publisher.send(self._topic[message.device], message.encode())
            publisher.drain(PATIENCE_SECONDS, down_to=BACKLOG)

    def close(self) -> int:
        """Wait for the last acknowledgements. Returns how many messages still have none."""
        waiting = sum(publisher.drain(PATIENCE_SECONDS) for publisher in self._publishers.values())
        for publisher in self._publishers.values():
            publisher.close()
        return waiting


def _hear_nothing(_topic: str, _payload: bytes) -> None:
    return None
