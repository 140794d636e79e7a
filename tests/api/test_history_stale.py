"""When a value is older than it usually is."""

from __future__ import annotations

import pytest

from lineside.api.stale import Habits
from lineside.detection.bins import Bins
from lineside.detection.drift import Drift
from lineside.detection.memory import DeviceMemory, LineMemory, SignalMemory
from lineside.detection.pace import Pace
from lineside.detection.silent import Heard
from lineside.line.states import MachineStates, StateHistory
from lineside.line.twin import CurrentValue
from lineside.site.model import Machine
from lineside.telemetry.reading import Value

SECOND_US = 1_000_000
NOW_US = 1_741_000_000 * SECOND_US


def habits(
    *, interval: float = 5, readings: int = 500, signal: float = 0, state: float = 0, declared: float | None = None
) -> Habits:
    """A machine that speaks every `interval` seconds, `Speed` every `signal`, and whose state may be `state` old."""
    heard = Heard(readings=readings, pace=Pace(interval_us=int(interval * SECOND_US)))
    drift = Drift(bins=Bins(pace=Pace(interval_us=int(signal * SECOND_US))))
    device = DeviceMemory(signals={"Speed": SignalMemory(drift=drift)}, heard=heard)
    states = MachineStates(tolerance_us=int(state * SECOND_US))
    memory = LineMemory(devices={"Oven": device}, history=StateHistory(machines={"Oven": states}))
    return Habits.of(Machine(id="Oven", silent_after_seconds=declared), memory)


def is_stale(known: Habits, name: str, age: float, value: Value = 1.0) -> bool:
    return known.is_stale(name, CurrentValue(value, NOW_US - round(age * SECOND_US)), NOW_US)


@pytest.mark.parametrize(
    ("known", "age", "stale"),
    [
        (habits(), 59, False),
        (habits(), 61, True),
        (habits(interval=60), 299, False),
        (habits(interval=60), 301, True),
        (habits(declared=20), 21, True),
        (habits(declared=600), 599, False),
        (habits(readings=3), 800, False),
        (habits(readings=3), 901, True),
        (Habits.of(Machine(id="New"), LineMemory()), 899, False),
        (Habits.of(Machine(id="New"), LineMemory()), 901, True),
    ],
)
def test_a_machine_is_stale_once_it_was_quiet_for_longer_than_it_usually_is(known: Habits, age: float, stale: bool):
    assert known.is_machine_stale(NOW_US - round(age * SECOND_US), NOW_US) is stale


@pytest.mark.parametrize(
    ("signal", "age", "stale"), [(5, 59, False), (5, 61, True), (60, 299, False), (60, 301, True), (0, 9e4, False)]
)
def test_a_number_is_stale_once_it_is_late_by_several_of_its_own_intervals(signal: float, age: float, stale: bool):
    assert is_stale(habits(signal=signal), "Speed", age) is stale


def test_a_state_is_stale_by_the_habit_of_the_state_and_other_text_by_that_of_its_machine():
    assert is_stale(habits(state=70), "State", 71, "Running")
    assert not is_stale(habits(state=70), "State", 69, "Running")
    assert not is_stale(habits(state=0), "State", 9e4, "Running")
    assert not is_stale(habits(state=70), "Recipe", 9e4, "Oat")
    assert not is_stale(habits(), "Never heard of", 9e4, 1.0)
