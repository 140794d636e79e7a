"""The demonstration runs at wall-clock speed; here the wall clock runs a thousand times faster."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

from lineside.control.wire import CommandMessage, decode_answer, encode
from simulator.commanded import Commanded
from simulator.demo import ROTATION, run_demo
from simulator.machines import CONVEYOR, DEVICES

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Demo:
    """Collects what the demonstration sends, and stops it after so many live samples."""

    def __init__(self, live_samples: int) -> None:
        self.stop = threading.Event()
        self.sent: list[tuple[str, dict]] = []
        self.faults = []
        self._left = live_samples * len(DEVICES)

    def publish(self, topic: str, payload: bytes) -> None:
        decoded = json.loads(payload)
        if isinstance(decoded, list):
            self.sent.extend((topic, message) for message in decoded)
            return
        self.sent.append((topic, decoded))
        self._left -= 1
        if self._left <= 0:
            self.stop.set()

    def run(self, seed: int = 1, speed: float = 10_000.0, commanded: Commanded | None = None) -> Demo:
        run_demo(
            self.publish,
            "bakery-north",
            "line-1",
            seed,
            self.stop,
            lambda fault, at: self.faults.append((fault, at)),
            speed,
            now=lambda: NOW,
            commanded=commanded,
        )
        return self


def at(message: dict) -> datetime:
    return datetime.fromisoformat(message["ts"])


def test_twenty_minutes_of_history_come_first_and_lie_in_the_past():
    demo = Demo(live_samples=1).run()

    history = [message for _, message in demo.sent[: -len(DEVICES)]]

    assert len(history) == 240 * len(DEVICES)
    assert min(map(at, history)) == NOW - timedelta(minutes=20)
    assert max(map(at, history)) < NOW
    assert not any(message["measurements"].get("Alarm_Text") == "Lift jammed" for message in history[-400:])


def test_each_device_publishes_to_its_own_topic():
    demo = Demo(live_samples=1).run()

    topics = {(topic, message["device"]) for topic, message in demo.sent}

    assert ("dt/lineside/bakery-north/line-1/freezer-tunnel", "Freezer Tunnel") in topics
    assert len(topics) == len(DEVICES)


def test_the_first_fault_is_a_stop_within_fifteen_seconds():
    demo = Demo(live_samples=20).run()
    down = [
        at(m) for _, m in demo.sent if m["device"] == CONVEYOR and m["measurements"]["State"] == "Down" and at(m) >= NOW
    ]

    (fault, began) = demo.faults[0]

    assert (fault.device, fault.kind) == (CONVEYOR, "jam")
    assert NOW <= began <= NOW + timedelta(seconds=15)
    assert down[0] <= NOW + timedelta(seconds=15)


def test_other_faults_follow_in_rotation_with_quiet_between_them():
    demo = Demo(live_samples=500).run()

    kinds = [fault.kind for fault, _ in demo.faults]

    assert kinds[:3] == [fault.kind for fault in ROTATION[:3]]
    for (fault, _), (following, _) in zip(demo.faults, demo.faults[1:], strict=False):
        assert following.onset >= fault.ends + fault.recovery + 120


def test_it_keeps_time():
    demo = Demo(live_samples=3)
    began = datetime.now(UTC)

    demo.run(speed=50.0)

    assert 0.2 <= (datetime.now(UTC) - began).total_seconds() < 5, "two intervals of five seconds, fifty times faster"


def test_its_machines_obey_while_it_runs_and_answer_between_two_samples():
    answers = []
    commanded = Commanded(
        lambda topic, payload: answers.append((topic, decode_answer(payload))), "bakery-north", "line-1"
    )
    demo = Demo(live_samples=40)
    expires_at = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    commanded.take(
        "cmd/lineside/bakery-north/line-1/vertical-conveyor/request",
        encode(
            CommandMessage(
                command_id="c-1", device=CONVEYOR, attribute="SpeedSetpoint", value=25.0, unit="RPM",
                sent_at=expires_at, expires_at=expires_at, risk="low", proposed_by="ada",
            )
        ),
    )  # fmt: skip

    demo.run(commanded=commanded)

    said = [m["measurements"]["SpeedSetpoint"]["value"] for _, m in demo.sent if m["device"] == CONVEYOR]
    assert [(topic.split("/")[-2:], answer.accepted) for topic, answer in answers] == [
        (["vertical-conveyor", "response"], True)
    ]
    assert said[239] == 30
    assert said[-1] == 25
