"""The plant process: how soon it listens, and how many messages a second it acknowledges durably.

The publisher is paho in this process, the plant is `lineside up` in another: on two cores each has one.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.credentials import PasswordFile
from lineside.telemetry.timestamps import render

SITE = "site: plant\nlines:\n  - id: line-1\n    machines:\n      - id: Press\n"
TOPIC = "dt/lineside/plant/line-1/press"
MESSAGES = 10_000
IN_FLIGHT = 200
START_SECONDS = 60.0


def bench() -> Iterator[tuple[str, str]]:
    """Start a plant, publish, stop it."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), _free_port()
        (folder / "site.yaml").write_text(SITE)
        with _plant(folder, port) as process:
            seconds = _until_it_listens(port)
            yield "lineside up: first start to listening for devices", f"{seconds:.1f} s"
            password = PasswordFile(folder / "data" / "logins").password("press")
            rate = _acknowledged_per_second(port, password)
            yield f"messages of 150 bytes acknowledged durably, {IN_FLIGHT} in flight", f"{rate:,.0f} / s"
            process.terminate()
            began = time.monotonic()
            process.wait()
            yield f"stopped, with {MESSAGES:,} messages stored", f"{time.monotonic() - began:.1f} s"


@contextmanager
def _plant(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", "from edge.cli import main; main()", "up", "--site", str(folder / "site.yaml")]
    options = ["--data", str(folder / "data"), "--mqtt-port", str(port), "--port", "0"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _until_it_listens(port: int) -> float:
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            return time.monotonic() - began
    raise TimeoutError("the plant did not start")


def _acknowledged_per_second(port: int, password: str) -> float:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="press")
    client.username_pw_set("press", password)
    client.max_inflight_messages_set(IN_FLIGHT)
    left = threading.Semaphore(0)
    client.on_publish = lambda *_: left.release()
    client.connect("127.0.0.1", port)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    payloads = [_payload(number) for number in range(MESSAGES)]
    began = time.monotonic()
    for payload in payloads:
        client.publish(TOPIC, payload, qos=1)
    for _ in payloads:
        left.acquire()
    seconds = time.monotonic() - began
    client.disconnect()
    client.loop_stop()
    return MESSAGES / seconds


def _payload(number: int) -> bytes:
    at = render(time.time_ns() // 1_000 + number)
    values = f'"Temperature":{{"value":{number % 100}.5,"unit":"CEL"}},"Speed":{{"value":12,"unit":"RPM"}}'
    return f'{{"device":"Press","ts":"{at}","measurements":{{{values}}}}}'.encode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
