"""The line for a demonstration: at wall-clock speed, with a fault soon after the start and another every few minutes.

Twenty minutes of simulated history go out first, with timestamps in the past, so that whoever listens has something
to compare with; they are as simulated as everything after them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from simulator.commanded import SLICE_SECONDS, Commanded
from simulator.faults import Fault
from simulator.line import Line
from simulator.machines import CONVEYOR, FORMER, FREEZER, LABELLER, SEALER
from simulator.publish import topic_of
from simulator.run import SAMPLING_SECONDS, warm_line
from simulator.telemetry import DeviceMessage, Telemetry, encode_batch

Publish = Callable[[str, bytes], None]
OnFault = Callable[[Fault, datetime], None]
Look = Callable[[Line, datetime], None]

HISTORY_SECONDS = 1200
MESSAGES_PER_BATCH = 60
SOON_SECONDS = 3.0
GAP_SECONDS = 180.0
"""Quiet between the end of one fault and the next: long enough to see the alarm clear."""

ROTATION = (
    Fault("jam", CONVEYOR, 0, duration=180),
    Fault("out_of_material", SEALER, 0, duration=150),
    Fault("dough_warm_dry", FORMER, 0, duration=480, ramp=120, recovery=120),
    Fault("slow", LABELLER, 0, duration=480, ramp=30, size=0.6),
    Fault("freezer_losing_cold", FREEZER, 0, duration=600, ramp=180, recovery=120),
    Fault("frozen_sensor", FORMER, 0, duration=900, attribute="Moisture"),
    Fault("silent_stopped", CONVEYOR, 0, duration=240),
)


def _ignore(_fault: Fault, _at: datetime) -> None:
    return None


def _look_away(_line: Line, _at: datetime) -> None:
    return None


def run_demo(
    publish: Publish,
    site_id: str,
    line_id: str,
    seed: int,
    stop: threading.Event,
    on_fault: OnFault = _ignore,
    speed: float = 1.0,
    fault_within_s: float = 15.0,
    *,
    history_seconds: int = HISTORY_SECONDS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    commanded: Commanded | None = None,
    look: Look = _look_away,
) -> None:
    """Run until `stop` is set. `publish(topic, payload)` gets one message per device every five seconds.

    `on_fault(fault, at)` is told of every fault when it begins. `speed` is simulated seconds per second; timestamps
    are the simulated line's, which runs on from `now()`, so at any speed but 1 they leave the wall clock behind.
    Whoever gives `commanded` hands the commands that come to it; the machines obey from then on and answer. `look` gets
    the line with every sample that is no history, for a camera.
    """
    telemetry_rng, line_rng = np.random.default_rng(seed).spawn(2)
    line, telemetry = warm_line(line_rng, ()), Telemetry(telemetry_rng)
    start = now().replace(microsecond=0) - timedelta(seconds=history_seconds)

    def sample_at(second: float) -> list[DeviceMessage]:
        line.run_until(second)
        return list(telemetry.sample(line, (start + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")))

    history = (sample_at(float(second)) for second in range(0, history_seconds, SAMPLING_SECONDS))
    _publish_history(publish, site_id, line_id, history)
    faults = _faults_from(history_seconds + min(SOON_SECONDS, fault_within_s))
    upcoming = next(faults)
    began = time.monotonic()
    second = float(history_seconds)
    while not _wait(began + (second - history_seconds) / speed, stop, commanded, line):
        if second + SAMPLING_SECONDS > upcoming.onset:
            line.faults = (*(fault for fault in line.faults if fault.ends + fault.recovery > second), upcoming)
            on_fault(upcoming, start + timedelta(seconds=upcoming.onset))
            upcoming = next(faults)
        for message in sample_at(second):
            publish(topic_of(site_id, line_id, message.device), message.encode())
        look(line, start + timedelta(seconds=second))
        second += SAMPLING_SECONDS


def _wait(until: float, stop: threading.Event, commanded: Commanded | None, line: Line) -> bool:
    """Wait, and meanwhile look after the commands. True when it is time to stop."""
    while True:
        if commanded is not None:
            commanded.serve(line.set_points)
        left = max(0.0, until - time.monotonic())
        if stop.wait(left if commanded is None else min(left, SLICE_SECONDS)):
            return True
        if time.monotonic() >= until:
            return False


def _publish_history(publish: Publish, site_id: str, line_id: str, samples: Iterator[list[DeviceMessage]]) -> None:
    by_device: dict[str, list[DeviceMessage]] = {}
    for messages in samples:
        for message in messages:
            by_device.setdefault(message.device, []).append(message)
    for device, messages in by_device.items():
        for first in range(0, len(messages), MESSAGES_PER_BATCH):
            batch = messages[first : first + MESSAGES_PER_BATCH]
            publish(topic_of(site_id, line_id, device), encode_batch(batch))


def _faults_from(onset: float) -> Iterator[Fault]:
    """The rotation for ever, one fault after the other."""
    while True:
        for pattern in ROTATION:
            yield replace(pattern, onset=onset)
            onset += pattern.duration + pattern.recovery + GAP_SECONDS
