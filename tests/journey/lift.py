"""One machine of the simulated line, played alone: it always runs, so that a test knows what the rules will say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lineside.control.wire import decode_message
from lineside.telemetry.timestamps import render
from simulator.commanded import Commanded, command_filter
from simulator.controller import Misbehaviour
from simulator.machines import CONVEYOR
from simulator.publish import topic_of
from simulator.setpoints import POINTS, SetPoints
from tests.edge.devices import Device

THING = "vertical-conveyor"
USUAL = POINTS[CONVEYOR, "SpeedSetpoint"].usual


class Lift:
    """The simulated conveyor at the plant's broker: it measures five times a second, obeys, and answers as declared.

    It outlives its connection, as a machine does: `connected` is one.
    """

    def __init__(self, *faults: Misbehaviour, site_id: str = "north") -> None:
        self._telemetry = topic_of(site_id, "line-1", CONVEYOR)
        self._request = command_filter(site_id, "line-1", THING)
        self.later_seconds = 0.0
        self.heard: list[str] = []
        self.said = 0
        self.listens = True
        self.answers = True
        self._points = SetPoints()
        self._due: list[tuple[str, bytes]] = []
        self._commanded = Commanded(
            lambda topic, payload: self._due.append((topic, payload)), site_id, "line-1",
            misbehaviours=faults, clock=lambda: time.monotonic() + self.later_seconds,
        )  # fmt: skip

    @property
    def set_to(self) -> float:
        return self._points.in_force(CONVEYOR, "SpeedSetpoint")

    @contextmanager
    def connected(self, device: Device) -> Iterator[None]:
        stop = threading.Event()
        with device:
            if self.listens:
                assert device.subscribe(self._request)
            thread = threading.Thread(target=self._run, args=(device, stop))
            thread.start()
            try:
                yield
            finally:
                stop.set()
                thread.join()

    def _run(self, device: Device, stop: threading.Event) -> None:
        second = 0.0
        while not stop.wait(0.2):
            while device.heard:
                payload = device.heard.pop(0)
                self.heard.append(decode_message(payload).command_id)
                self._commanded.take(self._request, payload)
            self._commanded.serve(self._points)
            self._points.step(second)
            while self._due and self.answers and device.publish(*self._due[0]):
                self._due.pop(0)
                self.said += 1
            device.publish(self._telemetry, self._measured(), seconds=1)
            second += 1.0

    def _measured(self) -> bytes:
        held = {"Speed": self._points.held(CONVEYOR, "SpeedSetpoint"), "SpeedSetpoint": self.set_to}
        measured = {name: {"value": value, "unit": "RPM"} for name, value in held.items()}
        at = render(time.time_ns() // 1_000)
        return json.dumps({"device": CONVEYOR, "ts": at, "measurements": {"State": "Running", **measured}}).encode()
