"""Process faults work through causes: the dough, the cold, the cookie, the limit, the line."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.faults import Fault
from simulator.machines import CONVEYOR, FORMER, FREEZER, INSPECTOR
from simulator.physics import Process, reject_chance
from simulator.run import STATE_DEVICES, STATES, simulate, states_of, warm_line
from simulator.stations import failures
from simulator.telemetry import Measured

WARM_DRY = Fault("dough_warm_dry", FORMER, 300, duration=900, ramp=240, recovery=120)
LOSING_COLD = Fault("freezer_losing_cold", FREEZER, 300, duration=900, ramp=240, recovery=120)


def values(samples, device, attribute):
    found = [
        message.measurements[attribute] for sample in samples for message in sample.messages if message.device == device
    ]
    return np.array([value.value if isinstance(value, Measured) else value for value in found], float)


def test_a_healthy_hour_stays_in_the_recorded_ranges():
    samples = list(simulate(np.random.default_rng(4), (), 3600))

    assert 56.5 < values(samples, FORMER, "Moisture").min() < values(samples, FORMER, "Moisture").max() < 61
    assert 0.5 < values(samples, FORMER, "Temperature").min() < values(samples, FORMER, "Temperature").max() < 4
    assert -24 < values(samples, FREEZER, "Temperature").min() < values(samples, FREEZER, "Temperature").max() < -18.5


def test_the_belt_stands_exactly_when_the_freezer_does_not_run():
    samples = list(simulate(np.random.default_rng(4), (Fault("jam", CONVEYOR, 300, 600),), 1800))

    speed = values(samples, FREEZER, "Speed")
    states = [m.measurements["State"] for s in samples for m in s.messages if m.device == FREEZER]
    running = np.array([state == "Running" for state in states])

    assert (speed[~running] == 0).all()
    assert (~running).sum() > 50
    assert 8.2 < speed[running].min() < speed[running].max() < 9.5


def test_bad_dough_moves_moisture_and_temperature_together_and_then_the_rejects():
    samples = list(simulate(np.random.default_rng(4), (WARM_DRY,), 900))
    moisture, celsius = values(samples, FORMER, "Moisture"), values(samples, FORMER, "Temperature")
    rejects = np.diff(values(samples, INSPECTOR, "Bad"))
    trouble = slice(60, 120)

    assert np.corrcoef(moisture[trouble], celsius[trouble])[0, 1] < -0.9
    assert moisture[-1] < 54
    assert celsius[-1] > 7
    assert rejects[60:].sum() > 5 * max(1.0, rejects[:60].sum())


def test_rejects_trip_the_inspector_which_blocks_upstream_and_starves_downstream():
    states = states_of(np.random.default_rng(4), (WARM_DRY,), 1200)
    at = {device: states[:, STATE_DEVICES.index(device)] for device in (FORMER, FREEZER, INSPECTOR, CONVEYOR)}

    tripped = trips(at[INSPECTOR])[0]

    assert 300 + 120 < tripped < 300 + 600, "it takes minutes from the dough to the trip"
    wake = slice(tripped, tripped + 60)
    assert STATES.index("Blocked") in at[FREEZER][wake]
    assert STATES.index("Blocked") in at[FORMER][wake]
    assert STATES.index("Starved") in at[CONVEYOR][wake]


def trips(said: np.ndarray) -> list[int]:
    """The seconds at which a stop of a minute or more begins."""
    down = said == STATES.index("Down")
    starts = np.flatnonzero(down[1:] & ~down[:-1]) + 1
    return [int(start) for start in starts if down[start : start + 60].all()]


def test_the_inspector_says_why_it_tripped():
    texts = {
        message.measurements.get("Alarm_Text")
        for sample in simulate(np.random.default_rng(4), (WARM_DRY,), 1200)
        for message in sample.messages
        if message.device == INSPECTOR
    }

    assert "Reject limit exceeded" in texts


def test_a_freezer_that_loses_cold_warms_slowly_and_later_trips_the_inspector_too():
    line = warm_line(np.random.default_rng(4), (LOSING_COLD,))
    line.run_until(300.0)
    before = line.process.freezer_celsius
    line.run_until(360.0)
    after_a_minute = line.process.freezer_celsius
    line.run_until(1100.0)

    assert abs(after_a_minute - before) < 1.0, "air and steel take minutes to follow"
    assert line.process.freezer_celsius > -15
    assert trips(states_of(np.random.default_rng(4), (LOSING_COLD,), 1200)[:, STATE_DEVICES.index(INSPECTOR)])


def test_a_process_fault_heals():
    line = warm_line(np.random.default_rng(4), (WARM_DRY,))

    line.run_until(WARM_DRY.ends + WARM_DRY.recovery + 1)

    assert line.process.dough_celsius < 4
    assert line.process.moisture_percent > 56


def test_healthy_dough_and_cold_do_not_decide_who_is_thrown_out():
    process = Process(np.random.default_rng(0))

    chances = set()
    for _ in range(3600):
        process.step(0.0, 0.0, True)
        chances.add(reject_chance(process.deformation() + process.softness()))

    assert max(chances) < 0.006


@pytest.mark.parametrize("chance", [0.004, 0.1, 0.5])
def test_the_count_of_failures_is_binomial(chance):
    rng = np.random.default_rng(1)

    drawn = [failures(7, chance, luck) for luck in rng.random(20_000)]

    assert np.mean(drawn) == pytest.approx(7 * chance, rel=0.1)
    assert np.var(drawn) == pytest.approx(7 * chance * (1 - chance), rel=0.1)
