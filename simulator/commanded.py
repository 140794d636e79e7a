"""The line's ears and mouth for commands: what came over the wire goes to the controllers, their answers go back.

`take` may be called from any thread, such as an MQTT client's; the line is touched only by whoever calls `serve`.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from lineside.site.model import slug
from simulator.controller import Controller, Misbehaviour
from simulator.machines import DEVICES
from simulator.setpoints import SetPoints

SLICE_SECONDS = 0.2
"""How long a command waits at most until a line that runs at wall-clock speed looks at it."""
MOST_WAITING = 1_000

Publish = Callable[[str, bytes], None]
Seed = int | Sequence[int]


def command_prefix(site_id: str, line_id: str) -> str:
    return f"cmd/lineside/{site_id}/{line_id}/"


def command_filter(site_id: str, line_id: str, thing: str = "+") -> str:
    """What to subscribe to: the requests to one thing, or to all of a line."""
    return f"{command_prefix(site_id, line_id)}{thing}/request"


class Commanded:
    """Commands of one line. `now_us` is the clock by which its machines judge what has expired."""

    def __init__(
        self,
        publish: Publish,
        site_id: str,
        line_id: str,
        *,
        seed: Seed = 0,
        misbehaviours: Sequence[Misbehaviour] = (),
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publish, self._seed, self._misbehaviours = publish, seed, tuple(misbehaviours)
        self._now_us, self._clock = now_us, clock
        self._prefix = command_prefix(site_id, line_id)
        self._device = {slug(device): device for device in DEVICES}
        self._heard: queue.Queue[tuple[str, bytes]] = queue.Queue(MOST_WAITING)
        self._due: list[tuple[float, str, bytes]] = []
        self._controller: Controller | None = None

    def take(self, topic: str, payload: bytes) -> None:
        """Keep a request for the next `serve`. While too many wait it is dropped, as by a controller that is busy."""
        with suppress(queue.Full):
            self._heard.put_nowait((topic, payload))

    def serve(self, set_points: SetPoints) -> None:
        """Obey what has come, and send the answers that are due."""
        if self._controller is None:
            rng = np.random.default_rng(self._seed)
            self._controller = Controller(set_points, rng, self._misbehaviours)
        while not self._heard.empty():
            topic, payload = self._heard.get()
            self._hear(self._controller, topic, payload)
        now = self._clock()
        due, self._due = [row for row in self._due if row[0] <= now], [row for row in self._due if row[0] > now]
        for _, topic, payload in due:
            self._publish(topic, payload)

    def _hear(self, controller: Controller, topic: str, payload: bytes) -> None:
        thing, _, last = topic.removeprefix(self._prefix).partition("/")
        device = self._device.get(thing)
        if device is None or last != "request" or not topic.startswith(self._prefix):
            return
        for after_seconds, answer in controller.hear(device, payload, self._now_us()):
            self._due.append((self._clock() + after_seconds, f"{self._prefix}{thing}/response", answer))
