"""A device as the tests need it: a real MQTT client that knows which of its messages were acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import paho.mqtt.client as mqtt


class Device:
    """Connects on `with`; `publish` waits for the acknowledgement, at most `seconds`, and says whether it came."""

    def __init__(
        self, port: int, name: str, password: str, *, client_id: str = "", trusted: Path | None = None
    ) -> None:
        self._port = port
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id or name)
        if trusted:
            self._client.tls_set(ca_certs=str(trusted))
        if name:
            self._client.username_pw_set(name, password)
        self._client.on_connect = self._connected
        self._client.on_disconnect = lambda *_: self.disconnected.set()
        self._client.on_message = lambda _client, _data, message: self.heard.append(bytes(message.payload))
        self._client.on_subscribe = self._subscribed
        self._answered = threading.Event()
        self._granted = threading.Event()
        self._reason = 128
        self.disconnected = threading.Event()
        self.admitted = False
        self.heard: list[bytes] = []

    def __enter__(self) -> Device:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._answered.wait(10), "the broker did not answer"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, *, seconds: float = 5, qos: int = 1) -> bool:
        sent = self._client.publish(topic, payload, qos=qos)
        return until(sent.is_published, seconds)

    def subscribe(self, topic_filter: str) -> bool:
        self._client.subscribe(topic_filter, qos=1)
        assert self._granted.wait(10), "the broker did not answer the subscription"
        return self._reason < 128

    def _connected(self, _client: object, _data: object, _flags: object, reason: mqtt.ReasonCode, _: object) -> None:
        self.admitted = not reason.is_failure
        self._answered.set()

    def _subscribed(self, _client: object, _data: object, _mid: int, reasons: list[mqtt.ReasonCode], _: object) -> None:
        self._reason = reasons[0].value
        self._granted.set()


def until(true: Callable[[], bool], seconds: float = 10, pause_seconds: float = 0.005) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_seconds)
    return True
