"""What the machines say of themselves: native telemetry messages, as the real ones send them every five seconds.

Only what a device could know and would send: a machine with a frozen sensor repeats a value without knowing it, a
silent one sends nothing, and no message carries the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np

from simulator.chance import normals
from simulator.faults import Fault
from simulator.line import Line
from simulator.machines import CONVEYOR, DEVICES, FORMER, FREEZER, TURNS
from simulator.setpoints import POINTS

SECOND_US = 1_000_000
MOISTURE_NOISE, DOUGH_NOISE, FREEZER_NOISE, SPEED_NOISE = 0.01, 0.01, 0.02, 0.005
TORQUE_NOISE, DRIVE_NOISE = 0.03, 0.02


class Measured(msgspec.Struct, frozen=True):
    """A value with its unit, spelt as the device spells it."""

    value: float
    unit: str


Measurement = Measured | float | str


class DeviceMessage(msgspec.Struct, frozen=True):
    """One device at one instant: the native telemetry message of `docs/one-message.md`."""

    device: str
    ts: str
    measurements: dict[str, Measurement]

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def encode_batch(messages: Iterable[DeviceMessage]) -> bytes:
    """Several messages as a gateway sends them: one array."""
    return msgspec.json.encode(list(messages))


class Telemetry:
    """Turns the line's state into messages. Sensor noise has its own streams, one per sensor."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._noise = [normals(own) for own in rng.spawn(4)]
        self._drives = [normals(own) for own in rng.spawn(2)]  # spawned later, so that the four stay what they were
        self._stuck: dict[Fault, float] = {}

    def sample(self, line: Line, timestamp: str) -> Iterator[DeviceMessage]:
        """Every device's message, but for the silent ones."""
        active = [fault for fault in line.faults if fault.onset <= line.at < fault.ends]
        quiet = {fault.device for fault in active if fault.row.quiet}
        said = self._measurements(line, active)
        for device in DEVICES:
            if device not in quiet:
                yield DeviceMessage(device=device, ts=timestamp, measurements=said[device])

    def _measurements(self, line: Line, active: list[Fault]) -> dict[str, dict[str, Measurement]]:
        said: dict[str, dict[str, Measurement]] = {device: _counted(line, device) for device in line.stations}
        said.update({turn: {"Total": line.level(turn)} for turn in TURNS})
        moisture, dough, cold, belt = (next(noise) for noise in self._noise)
        process = line.process
        sensed = {
            (FORMER, "Moisture"): Measured(round(process.moisture_percent + MOISTURE_NOISE * moisture, 2), "%"),
            (FORMER, "Temperature"): Measured(round(process.dough_celsius + DOUGH_NOISE * dough, 2), "Cel"),
            (FREEZER, "Temperature"): Measured(round(process.freezer_celsius + FREEZER_NOISE * cold, 2), "Cel"),
            (FREEZER, "Speed"): Measured(_speed(line, FREEZER, process.belt_speed + SPEED_NOISE * belt), "rpm"),
            **self._driven(line),
        }
        for (device, attribute), measured in sensed.items():
            said[device][attribute] = self._sensed(device, attribute, measured, active)
        for (device, attribute), row in POINTS.items():
            said[device][attribute] = Measured(line.set_points.in_force(device, attribute), row.unit)
        return said

    def _driven(self, line: Line) -> dict[tuple[str, str], Measured]:
        """What the mixer's and the conveyor's drives show of themselves."""
        mixer, lift = (next(noise) for noise in self._drives)
        torque = round(line.process.torque + TORQUE_NOISE * mixer, 2) if line.former.state == "Running" else 0.0
        speed = line.set_points.held(CONVEYOR, "SpeedSetpoint") + DRIVE_NOISE * lift
        return {
            (FORMER, "Torque"): Measured(torque, "N.m"),
            (CONVEYOR, "Speed"): Measured(_speed(line, CONVEYOR, speed), "rpm"),
        }

    def _sensed(self, device: str, attribute: str, measured: Measured, active: list[Fault]) -> Measured:
        for fault in active:
            if fault.kind == "frozen_sensor" and (fault.device, fault.attribute) == (device, attribute):
                return Measured(self._stuck.setdefault(fault, measured.value), measured.unit)
        return measured


def _counted(line: Line, device: str) -> dict[str, Measurement]:
    station = line.stations[device]
    alarm: dict[str, Measurement] = {"Alarm_State": "NORMAL"}
    if station.text:
        alarm = {"Alarm_State": "CRITICAL", "Alarm_Text": station.text}
    return {"State": station.state, **alarm, "Good": station.good, "Bad": station.bad, "Total": station.total}


def _speed(line: Line, device: str, speed: float) -> float:
    """A drive's speed: exactly 0 when its machine is not Running, as on the real freezer."""
    if line.stations[device].state != "Running":
        return 0.0
    return round(speed * (1 - line.slowed(device)), 2)
