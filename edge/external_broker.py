"""A broker that the plant already has: we subscribe, and acknowledge only what is on our disk.

The session is kept by the broker (clean_session false), so what arrives while we are away waits there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.inbox import Inbox
from lineside.errors import Unavailable

logger = logging.getLogger(__name__)

ROOM_POLL_SECONDS = 0.1


class ExternalBroker:
    """A subscription to an external MQTT 3.1.1 broker, such as Mosquitto."""

    def __init__(self, address: str, site: str, inbox: Inbox, now_us: Callable[[], int]) -> None:
        """`address` is `mqtt://user:password@host:port` or `mqtts://`."""
        url = urlsplit(address)
        self._host, self._tls = url.hostname or "", url.scheme == "mqtts"
        self.port = url.port or (8883 if self._tls else 1883)
        self._filter = f"dt/lineside/{site}/#"
        self._inbox = inbox
        self._now_us = now_us
        self.refused = 0
        self.connected = False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"lineside-{site}", clean_session=False, manual_ack=True
        )
        if url.username:
            self._client.username_pw_set(unquote(url.username), unquote(url.password or ""))
        if self._tls:
            self._client.tls_set()
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect, now and after every interruption. `Unavailable` when nobody listens there at all."""
        try:
            self._client.connect(self._host, self.port)
        except OSError as error:
            raise Unavailable(f"no broker answers at {self._host}:{self.port}: {error}") from error
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
        self.connected = not reason.is_failure
        if reason.is_failure:
            logger.error("the broker at %s:%d refuses us: %s", self._host, self.port, reason)
            return
        client.subscribe(self._filter, qos=1)
        logger.info("listening to %s at %s:%d", self._filter, self._host, self.port)

    def _on_disconnect(self, *_: object) -> None:
        self.connected = False

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        while not self._inbox.room:
            time.sleep(ROOM_POLL_SECONDS)  # paho reads nothing meanwhile, so the broker keeps the rest
        mid, qos = message.mid, message.qos

        def acknowledge() -> None:
            client.ack(mid, qos)

        self._inbox.put(message.topic, bytes(message.payload), self._now_us(), acknowledge)
