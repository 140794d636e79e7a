"""A session that a broker keeps for us: subscribed at QoS 1, and acknowledged only once it is on our disk.

The session is kept by the broker (clean_session false, always the same client id), so what arrives while we are away
waits there. Whatever is wrong with the broker is said once and tried again, at the start as later: a plant whose
broker starts after it, or whose password is mended while it runs, needs no restart.
"""

from __future__ import annotations

import logging
import ssl
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.command_wires import KeepsMessages
from lineside.errors import Misconfigured

logger = logging.getLogger(__name__)

ROOM_POLL_SECONDS: Final = 0.1
LEAVE_SECONDS: Final = 2.0
"""How long `stop` waits for what has arrived to become durable. The broker sends again what takes longer."""
SOONEST_RETRY_SECONDS, LATEST_RETRY_SECONDS = 1, 30
TOPICS_AT_ONCE: Final = 8
"""So many topics AWS IoT takes in one SUBSCRIBE; any broker takes as many."""


@dataclass(frozen=True)
class Tls:
    """PEM files. Without `trusted` the system's own certificate authorities are trusted."""

    trusted: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True)
class Server:
    """Whom to connect to, and the words in which people are told what is wrong with it."""

    host: str
    port: int
    client_id: str
    name: str
    """As in "the broker at 127.0.0.1:1883"."""
    mend_login: str
    """As in "see user and password of --broker"."""
    mend_rights: str
    """As in "see its access list"."""
    user: str = ""
    password: str = ""
    tls: Tls | None = None


class MqttSession:
    """A subscription to an MQTT 3.1.1 broker, such as Mosquitto. What comes goes to `inbox`.

    `connected` is true while we hear `needed`; else `trouble` says why not, in one sentence. That a topic of `others`
    is not to be heard is said in the log. `on_ready` is called, from another thread, each time we hear again.
    """

    def __init__(
        self,
        server: Server,
        needed: Sequence[str],
        others: Sequence[str],
        inbox: KeepsMessages,
        now_us: Callable[[], int],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._server, self._needed, self._topics = server, frozenset(needed), (*needed, *others)
        self._inbox, self._now_us, self._on_ready = inbox, now_us, on_ready
        self.connected = False
        self.trouble = f"not connected to {server.name} yet"
        self._lock = threading.RLock()
        self._leaving = False
        self._heard_out = threading.Event()
        self._turned_away = False
        self._granted = 0
        self._connection = 0
        self._unacknowledged = 0
        self._matching = threading.Lock()
        self._published: dict[int, Callable[[], None]] = {}
        self._acknowledged_early: set[int] = set()
        self._client = self._make_client()

    def start(self) -> None:
        """Connect, now and after every interruption. Returns at once; `connected` and `trouble` tell how it goes."""
        self._client.connect_async(self._server.host, self._server.port)
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        """QoS 1, not retained. `on_acknowledged`: the broker has it, which says nothing of whoever it is for."""
        mid = self._client.publish(topic, payload, qos=1, retain=False).mid
        with self._matching:
            was_faster = mid in self._acknowledged_early
            self._acknowledged_early.discard(mid)
            if not was_faster:
                self._published[mid] = on_acknowledged
        if was_faster:
            on_acknowledged()

    def stop(self) -> None:
        """Take no further message, acknowledge what becomes durable in time, and go. The broker keeps the rest."""
        with self._lock:
            self._leaving = True
        deadline = time.monotonic() + LEAVE_SECONDS
        while self._unacknowledged and time.monotonic() < deadline:
            time.sleep(0.01)
        if self.connected:
            # The broker answers in order: when it answers this, which changes nothing, it has read every
            # acknowledgement. Closing at once could reset the connection over them, and they would come again.
            self._client.unsubscribe(f"{self._topics[0].rpartition('/')[0]}/nothing")
            self._heard_out.wait(deadline - time.monotonic())
        self._client.disconnect()
        self._client.loop_stop()
        self.connected = False

    def _make_client(self) -> mqtt.Client:
        server = self._server
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=server.client_id, clean_session=False, manual_ack=True
        )
        if server.user:
            client.username_pw_set(server.user, server.password)
        if server.tls is not None:
            _encrypt(client, server.tls)
        client.reconnect_delay_set(SOONEST_RETRY_SECONDS, LATEST_RETRY_SECONDS)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_subscribe = self._on_subscribe
        client.on_unsubscribe = lambda *_: self._heard_out.set()
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
        self._turned_away = reason.is_failure
        if reason.is_failure:
            self._say(f"{self._server.name} does not let us in ({reason}); {self._server.mend_login}")
        else:
            self._granted = 0
            self._subscribe()

    def _asked(self) -> tuple[str, ...]:
        return self._topics[self._granted : self._granted + TOPICS_AT_ONCE]

    def _subscribe(self) -> None:
        self._client.subscribe([(each, 1) for each in self._asked()])

    def _on_connect_fail(self, *_: object) -> None:
        # paho calls this while it handles the error, which it hands to nobody.
        error = sys.exception()
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        self._say(f"{self._server.name} does not answer: {reason}")

    def _on_subscribe(
        self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        asked = self._asked()
        for topic, reason in zip(asked, reasons, strict=False):
            told = f"{self._server.name} does not let us hear {topic}; {self._server.mend_rights}"
            if reason.is_failure and topic in self._needed:
                self._say(told)
                return
            if reason.is_failure:
                logger.error("%s", told)
        self._granted += len(asked)
        if self._asked():
            self._subscribe()
            return
        self.connected, self.trouble = True, ""
        logger.info("listening to %s at %s", ", ".join(self._topics), self._server.name)
        self._on_ready()

    def _on_disconnect(self, *_: object) -> None:
        with self._lock:
            self._connection += 1
        self.connected = False
        if not self._leaving and not self._turned_away:
            self._say(f"the connection to {self._server.name} ended")

    def _say(self, trouble: str) -> None:
        """Every retry comes here; the log hears of it when something else is wrong than before."""
        trouble = f"{trouble}; trying again"
        if trouble != self.trouble:
            logger.error("%s", trouble)
        self.connected, self.trouble = False, trouble

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        while not self._inbox.room and not self._leaving:
            time.sleep(ROOM_POLL_SECONDS)  # paho reads nothing meanwhile, so the broker keeps the rest
        with self._lock:
            if self._leaving:
                return  # not acknowledged: the broker sends it again at the next start
            self._unacknowledged += 1
            acknowledge = partial(self._acknowledge, message.mid, message.qos, self._connection)
        self._inbox.put(message.topic, bytes(message.payload), self._now_us(), acknowledge)

    def _on_publish(self, _client: object, _data: object, mid: int, _reason: object, _properties: object) -> None:
        with self._matching:  # never held while paho is called, which holds a lock of its own now
            on_acknowledged = self._published.pop(mid, None)
            if on_acknowledged is None:
                self._acknowledged_early.add(mid)
        if on_acknowledged is not None:
            on_acknowledged()

    def _acknowledge(self, packet_id: int, qos: int, connection: int) -> None:
        with self._lock:
            # A packet id means something to one connection only: in the next one the same id may be a message that is
            # not on disk yet. What was not acknowledged in its own connection comes again, and is known by then.
            if connection == self._connection:
                self._client.ack(packet_id, qos)
            self._unacknowledged -= 1


def _encrypt(client: mqtt.Client, tls: Tls) -> None:
    def path(file: Path | None) -> str | None:
        return str(file) if file else None

    try:
        client.tls_set(path(tls.trusted), path(tls.certificate), path(tls.key))
    except (ssl.SSLError, OSError, ValueError) as error:
        raise Misconfigured(
            f"the certificate {tls.certificate} with the key {tls.key} cannot be used, or not with the authority "
            f"{tls.trusted}: {error}"
        ) from error
