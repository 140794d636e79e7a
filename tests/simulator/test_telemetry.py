"""What the devices send: the contract's messages, and of a fault only what a device could know."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import numpy as np
import pytest

from lineside.site import read_site
from lineside.telemetry.decode import Origin, decode
from simulator.faults import FAULTS, Fault, draw_fault
from simulator.machines import CONVEYOR, DEVICES, FORMER, FREEZER, LABELLER, MACHINES, TURNS
from simulator.recorded import CsvFile
from simulator.run import Sample, simulate
from simulator.telemetry import DeviceMessage, Measured, encode_batch

ATTRIBUTES = {"State", "Alarm_State", "Alarm_Text", "Good", "Bad", "Total", "Moisture", "Temperature", "Speed"} | {
    "Torque", "TemperatureSetpoint", "TorqueSetpoint", "SpeedSetpoint"
}  # fmt: skip


def messages_of(device: str, *faults: Fault, seconds: int = 600) -> list[DeviceMessage]:
    samples = simulate(np.random.default_rng(6), faults, seconds)
    return [message for sample in samples for message in sample.messages if message.device == device]


def bytes_of(samples) -> bytes:
    return b"\n".join(encode_batch(sample.messages) for sample in samples)


def test_every_device_sends_one_message_every_five_seconds():
    samples = list(simulate(np.random.default_rng(6), (), 600))

    assert len(samples) == 120
    assert all([message.device for message in sample.messages] == list(DEVICES) for sample in samples)
    assert (samples[1].at - samples[0].at).total_seconds() == 5


def test_a_message_is_native_telemetry():
    message = json.loads(messages_of(FREEZER)[0].encode())

    assert set(message) == {"device", "ts", "measurements"}
    assert datetime.fromisoformat(message["ts"]).tzinfo is not None
    assert message["measurements"]["Temperature"]["unit"] == "Cel"
    assert message["measurements"]["State"] == "Running"


def test_a_turn_reports_how_full_it_is_and_no_state():
    for turn in TURNS:
        (measurements,) = {tuple(message.measurements) for message in messages_of(turn)}

        assert measurements == ("Total",)


def test_equal_generators_give_equal_bytes_and_other_seeds_do_not():
    faults = (Fault("dough_warm_dry", FORMER, 100, 300, ramp=60),)

    first, again, other = (bytes_of(simulate(np.random.default_rng(seed), faults, 900)) for seed in (9, 9, 10))

    assert first == again
    assert first != other


@pytest.mark.parametrize("kind", list(FAULTS))
def test_no_message_tells_the_truth(kind):
    fault = draw_fault(np.random.default_rng(2), (60, 90), kind)
    displays = {row.jam_text for row in MACHINES} | {"Reject limit exceeded", "Material empty"}

    sent = [m for sample in simulate(np.random.default_rng(6), (fault,), 900) for m in sample.messages]

    assert {name for m in sent for name in m.measurements} <= ATTRIBUTES
    assert {m.measurements.get("Alarm_Text", "Lift jammed") for m in sent} <= displays


def test_a_silent_device_sends_nothing_while_the_others_go_on():
    silent = Fault("silent_working", LABELLER, 200, 100)

    sent = messages_of(LABELLER, silent)

    assert len(sent) == 120 - 20
    assert len(messages_of(CONVEYOR, silent)) == 120
    assert sent[-1].measurements["Good"] > sent[39].measurements["Good"] + 10, "it went on working"


def test_a_silent_device_that_stopped_made_nothing():
    sent = messages_of(LABELLER, Fault("silent_stopped", LABELLER, 200, 100))

    assert sent[40].measurements["Good"] - sent[39].measurements["Good"] <= 1


def test_a_frozen_sensor_repeats_its_value_and_the_sensor_beside_it_does_not():
    sent = messages_of(FORMER, Fault("frozen_sensor", FORMER, 200, 200, attribute="Moisture"))
    during = sent[40:80]

    assert len({message.measurements["Moisture"] for message in during}) == 1
    assert len({message.measurements["Temperature"] for message in during}) > 3
    assert len({message.measurements["Moisture"] for message in sent[80:]}) > 3


def test_a_machine_that_jams_says_down_and_why():
    sent = messages_of(CONVEYOR, Fault("jam", CONVEYOR, 200, 200))

    during = sent[45].measurements

    assert (during["State"], during["Alarm_State"], during["Alarm_Text"]) == ("Down", "CRITICAL", "Lift jammed")
    assert sent[85].measurements["Alarm_State"] == "NORMAL"
    assert "Alarm_Text" not in sent[85].measurements


def test_what_is_sent_is_understood_without_a_doubt(samples):
    site = read_site(samples / "site.yaml")
    sent = list(simulate(np.random.default_rng(6), (Fault("jam", CONVEYOR, 60, 60),), 300))

    for sample in sent:
        decoded = decode(
            encode_batch(sample.messages), Origin(site, received_us=int(sample.at.timestamp()) * 1_000_000)
        )

        assert (decoded.rejected, decoded.missing) == ([], 0)
        assert {reading.quality for reading in decoded.readings} == {"good"}
        assert {r.unit for r in decoded.readings if r.attribute == "Temperature"} == {"CEL"}


def test_the_csv_file_is_understood_too(samples):
    site = read_site(samples / "site.yaml")
    sent, text = list(simulate(np.random.default_rng(6), (), 60)), io.StringIO()
    file = CsvFile(text)
    for sample in sent:
        file.write(sample)

    decoded = decode(text.getvalue().encode(), Origin(site, received_us=int(sent[-1].at.timestamp()) * 1_000_000))

    assert (decoded.rejected, decoded.missing) == ([], 0)
    assert len(decoded.readings) == file.rows
    assert {reading.quality for reading in decoded.readings} == {"good"}


def test_csv_holds_every_value_that_was_sent():
    samples = list(simulate(np.random.default_rng(6), (), 60))
    text = io.StringIO()
    file = CsvFile(text)

    for sample in samples:
        file.write(sample)

    rows = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert list(rows[0]) == ["timestamp", "device", "attribute", "value", "unit"]
    assert len(rows) == file.rows == sum(len(m.measurements) for sample in samples for m in sample.messages)
    assert values_in(rows) == values_of(samples)


def values_in(rows: list[dict[str, str]]) -> set[tuple[str, ...]]:
    return {(row["timestamp"], row["device"], row["attribute"], row["value"], row["unit"]) for row in rows}


def values_of(samples: list[Sample]) -> set[tuple[str, ...]]:
    found = set()
    for message in (message for sample in samples for message in sample.messages):
        for attribute, value in message.measurements.items():
            number, unit = (value.value, value.unit) if isinstance(value, Measured) else (value, "")
            found.add((message.ts, message.device, attribute, str(number), unit))
    return found
