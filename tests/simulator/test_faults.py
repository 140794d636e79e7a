from __future__ import annotations

import numpy as np
import pytest

from lineside.errors import Misconfigured
from simulator.faults import FAULTS, Fault, draw_fault, draw_faults, parse_fault


def test_a_fault_comes_up_stays_and_goes():
    fault = Fault("dough_warm_dry", "Cookie Former", onset=100, duration=200, ramp=50, recovery=20, size=0.8)

    assert [fault.strength(at) for at in (99, 125, 150, 299)] == [0, 0.4, 0.8, 0.8]
    assert fault.strength(310) == pytest.approx(0.4)
    assert fault.strength(320) == 0


def test_a_fault_without_ramps_is_there_at_once_and_gone_at_once():
    fault = Fault("jam", "Labeller", onset=100, duration=200)

    assert [fault.strength(at) for at in (99, 100, 299, 300)] == [0, 1, 1, 0]


@pytest.mark.parametrize("kind", list(FAULTS))
def test_a_drawn_fault_is_within_its_rows_bounds(kind):
    row = FAULTS[kind]

    for seed in range(20):
        fault = draw_fault(np.random.default_rng(seed), (60, 120), kind)

        assert fault.device in row.devices
        assert 60 <= fault.onset <= 120
        assert row.duration[0] <= fault.duration <= row.duration[1]
        assert row.size[0] <= fault.size <= row.size[1]
        assert bool(fault.attribute) == bool(row.attributes)


def test_only_the_former_feels_moisture():
    drawn = [draw_fault(np.random.default_rng(seed), (0, 9), "frozen_sensor") for seed in range(60)]

    assert {fault.device for fault in drawn if fault.attribute == "Moisture"} == {"Cookie Former"}
    assert {fault.device for fault in drawn if fault.attribute == "Temperature"} == {"Cookie Former", "Freezer Tunnel"}


def test_drawn_faults_are_spread_over_the_run():
    onsets = [fault.onset for fault in draw_faults(np.random.default_rng(0), 4, 4000)]

    assert [int(onset // 1000) for onset in onsets] == [0, 1, 2, 3]


def test_a_fault_can_be_written_down():
    fault = parse_fault("jam:Box Sealer@900+240")

    assert (fault.kind, fault.device, fault.onset, fault.duration) == ("jam", "Box Sealer", 900, 240)
    assert parse_fault("freezer_losing_cold").device == "Freezer Tunnel"


@pytest.mark.parametrize("text", ["explosion", "jam:Coffee Machine", "jam@soon", ""])
def test_a_fault_that_cannot_be_is_refused(text):
    with pytest.raises(Misconfigured, match=r"no fault|cannot strike"):
        parse_fault(text)
