"""One machine of the simulated line, played alone: it always runs, so that a test knows what the rules will say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from lineside.control.wire import decode_message
from lineside.site.model import slug
from lineside.telemetry.timestamps import render
from simulator.commanded import Commanded, command_filter
from simulator.controller import Misbehaviour
from simulator.publish import topic_of
from simulator.setpoints import POINTS, SetPoints
from tests.beside import beside
from tests.edge.devices import Device


class Machine:
    """One with set-points, at the plant's broker: it measures five times a second, obeys, and answers as declared.

    It outlives its connection, as a machine does: `connected` is one.
    """

    def __init__(self, device: str, *faults: Misbehaviour, site_id: str = "north") -> None:
        self.device, self.thing = device, slug(device)
        self._telemetry = topic_of(site_id, "line-1", device)
        self._request = command_filter(site_id, "line-1", self.thing)
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

    def set_to(self, attribute: str) -> float:
        return self._points.in_force(self.device, attribute)

    @contextmanager
    def connected(self, device: Device) -> Iterator[None]:
        with device:
            if self.listens:
                assert device.subscribe(self._request)
            with beside(partial(self._run, device)):
                yield

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
        measured = {}
        for row in (row for row in POINTS.values() if row.device == self.device):
            held = self._points.held(self.device, row.attribute)
            measured[row.attribute.removesuffix("Setpoint")] = {"value": held, "unit": row.code}
            measured[row.attribute] = {"value": self.set_to(row.attribute), "unit": row.code}
        at = render(time.time_ns() // 1_000)
        return json.dumps({"device": self.device, "ts": at, "measurements": {"State": "Running", **measured}}).encode()
