"""A broker that the plant already has: we subscribe, and acknowledge only what is on our disk.

The session is kept by the broker (clean_session false, always the same client id), so what arrives while we are away
waits there. Whatever is wrong with the broker is said once and tried again, at the start as later: a plant whose
broker starts after it, or whose password is mended while it runs, needs no restart.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from urllib.parse import SplitResult, unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.command_wires import KeepsMessages
from edge.topics import image_filter, response_filter
from lineside.errors import Misconfigured

logger = logging.getLogger(__name__)

ROOM_POLL_SECONDS = 0.1
LEAVE_SECONDS = 2.0
"""How long `stop` waits for what has arrived to become durable. The broker sends again what takes longer."""
SOONEST_RETRY_SECONDS, LATEST_RETRY_SECONDS = 1, 30


class ExternalBroker:
    """A subscription to an external MQTT 3.1.1 broker, such as Mosquitto.

    `connected` is true while we hear the devices; else `trouble` says why not, in one sentence. It is a `CommandWire`,
    too: Mosquitto does not say who listens, so what is published while we are connected counts as heard.
    """

    def __init__(self, address: str, site: str, inbox: KeepsMessages, now_us: Callable[[], int]) -> None:
        """`address` is `mqtt://user:password@host:port` or `mqtts://`; `Misconfigured` when it is not."""
        url, self.port = _read(address)
        self._host = url.hostname or ""
        self._where = f"{self._host}:{self.port}"
        self._filter = f"dt/lineside/{site}/#"
        self._others = (response_filter(site), image_filter(site))
        self._inbox = inbox
        self._now_us = now_us
        self.refused = 0
        self.connected = False
        self.trouble = f"not connected to the broker at {self._where} yet"
        self._lock = threading.RLock()
        self._leaving = False
        self._heard_out = threading.Event()
        self._turned_away = False
        self._connection = 0
        self._unacknowledged = 0
        self._matching = threading.Lock()
        self._published: dict[int, Callable[[], None]] = {}
        self._acknowledged_early: set[int] = set()
        self._client = self._make_client(url, f"lineside-{site}")

    def start(self) -> None:
        """Connect, now and after every interruption. Returns at once; `connected` and `trouble` tell how it goes."""
        self._client.connect_async(self._host, self.port)
        self._client.loop_start()

    def reaches(self, topic: str) -> bool:  # noqa: ARG002  the broker alone knows
        return self.connected

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        """Hand a command to the broker. `on_acknowledged`: the broker has it, which says nothing of the machine."""
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
            self._client.unsubscribe(f"{self._filter.removesuffix('#')}nothing")
            self._heard_out.wait(deadline - time.monotonic())
        self._client.disconnect()
        self._client.loop_stop()
        self.connected = False

    def _make_client(self, url: SplitResult, client_id: str) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True)
        if url.username:
            client.username_pw_set(unquote(url.username), unquote(url.password or ""))
        if url.scheme == "mqtts":
            client.tls_set()
        client.reconnect_delay_set(SOONEST_RETRY_SECONDS, LATEST_RETRY_SECONDS)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_subscribe = self._on_subscribe
        client.on_unsubscribe = lambda *_: self._heard_out.set()
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _on_connect(self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
        self._turned_away = reason.is_failure
        if reason.is_failure:
            self._say(f"the broker at {self._where} does not let us in ({reason}); see user and password of --broker")
        else:
            client.subscribe([(each, 1) for each in (self._filter, *self._others)])

    def _on_connect_fail(self, *_: object) -> None:
        # paho calls this while it handles the error, which it hands to nobody.
        error = sys.exception()
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        self._say(f"no broker answers at {self._where}: {reason}")

    def _on_subscribe(
        self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        if reasons[0].is_failure:
            self._say(f"the broker at {self._where} does not let us hear {self._filter}; see its access list")
            return
        for other, reason in zip(self._others, reasons[1:], strict=False):
            if reason.is_failure:
                logger.error("the broker at %s does not let us hear %s; see its access list", self._where, other)
        self.connected, self.trouble = True, ""
        logger.info("listening to %s at %s", self._filter, self._where)

    def _on_disconnect(self, *_: object) -> None:
        with self._lock:
            self._connection += 1
        self.connected = False
        if not self._leaving and not self._turned_away:
            self._say(f"the connection to the broker at {self._where} ended")

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
            # not on disk yet. What was not acknowledged in its own connection comes again, and the lake knows it.
            if connection == self._connection:
                self._client.ack(packet_id, qos)
            self._unacknowledged -= 1


def _read(address: str) -> tuple[SplitResult, int]:
    """The address's parts and its port. The error shows nothing of it: a password may be in any part."""
    try:
        url = urlsplit(address)
        (url.hostname or "").encode("idna")
        return url, url.port or (8883 if url.scheme == "mqtts" else 1883)
    except ValueError:
        raise Misconfigured(
            "broker: it is given as mqtt://user:password@host:port; in user and password write @ / : # ? % as "
            "%40 %2F %3A %23 %3F %25"
        ) from None
