"""States over time: what a machine said, held until it says otherwise, and nothing made of silence."""

from __future__ import annotations

import msgspec
import numpy as np

from lineside.lake.window import Series, Window
from lineside.line.states import DOWN, OFFLINE, RUNNING, SECOND_US, StateHistory, advance
from lineside.site.model import Line, Machine

LINE = Line(id="line-1", machines=(Machine(id="Mixer", feeds=("Oven",)), Machine(id="Oven", state="Mode")))
T0 = 1_700_000_000_000_000


def at(seconds: float) -> int:
    return T0 + int(seconds * SECOND_US)


def window(start: float, end: float, *, attribute: str = "State", **said: list[tuple[float, str]]) -> Window:
    """A window that holds what each device said when."""
    series = {}
    for device, readings in said.items():
        inside = [(at(seconds), text) for seconds, text in sorted(readings) if start <= seconds < end]
        if inside:
            times, texts = zip(*inside, strict=True)
            numbers = np.full(len(times), np.nan)
            series[device, attribute, ""] = Series(np.array(times, np.int64), numbers, list(texts))
    return Window(at(start), at(end), series)


def every(step: float, start: float, end: float, text: str) -> list[tuple[float, str]]:
    return [(float(seconds), text) for seconds in np.arange(start, end, step)]


def told(history: StateHistory, device: str) -> list[tuple[str, float, float]]:
    return [
        (run.state, (run.start_us - T0) / SECOND_US, (run.end_us - T0) / SECOND_US)
        for run in history.machines[device].runs
    ]


def test_a_state_holds_until_the_next_one_in_any_letter_case():
    mixer = [*every(5, 0, 60, "RUNNING"), *every(5, 60, 90, "down"), *every(5, 90, 120, "Running")]

    history = advance(StateHistory(), window(0, 120, Mixer=mixer), LINE, at(120))

    assert told(history, "Mixer") == [(RUNNING, 0, 60), (DOWN, 60, 90), (RUNNING, 90, 120)]


def test_a_machine_is_read_by_the_state_attribute_that_the_site_names():
    history = advance(StateHistory(), window(0, 60, attribute="Mode", Oven=every(5, 0, 60, "Idle")), LINE, at(60))

    assert told(history, "Oven") == [("idle", 0, 60)]


def test_a_device_that_the_line_does_not_name_has_a_history_too():
    history = advance(StateHistory(), window(0, 60, Stranger=every(5, 0, 60, "Running")), LINE, at(60))

    assert told(history, "Stranger") == [(RUNNING, 0, 60)]


def test_ticks_may_overlap_and_end_up_where_one_tick_would():
    mixer = [*every(5, 0, 100, "Running"), *every(5, 100, 250, "Down"), *every(5, 250, 400, "Running")]
    whole = advance(StateHistory(), window(0, 400, Mixer=mixer), LINE, at(400))

    pieces = StateHistory()
    for end in (90, 130, 200, 260, 400):
        advance(pieces, window(max(0, end - 150), end, Mixer=mixer), LINE, at(end))

    assert told(pieces, "Mixer") == told(whole, "Mixer")


def test_a_late_reading_lands_where_it_was_observed():
    early = [*every(5, 0, 60, "Running"), *every(5, 80, 120, "Running")]
    history = advance(StateHistory(), window(0, 120, Mixer=early), LINE, at(120))

    late = [*early, *every(5, 60, 80, "Down"), *every(5, 120, 180, "Running")]
    advance(history, window(30, 180, Mixer=late), LINE, at(180))

    assert told(history, "Mixer") == [(RUNNING, 0, 60), (DOWN, 60, 80), (RUNNING, 80, 180)]


def test_a_quiet_machine_is_offline_from_its_last_word_on_and_never_down():
    history = advance(StateHistory(), window(0, 300, Mixer=every(5, 0, 100, "Running")), LINE, at(300))

    assert told(history, "Mixer") == [(RUNNING, 0, 100), (OFFLINE, 100, 300)]


def test_silence_that_spans_ticks_is_one_silence_and_ends_with_the_next_word():
    history = StateHistory()
    mixer = [*every(5, 0, 100, "Running"), *every(5, 500, 600, "Running")]

    for end in (100, 200, 300, 400, 500, 600):
        advance(history, window(end - 100, end, Mixer=mixer), LINE, at(end))

    assert told(history, "Mixer") == [(RUNNING, 0, 100), (OFFLINE, 100, 500), (RUNNING, 500, 600)]


def test_a_habit_is_learned_across_ticks_that_hold_two_readings_each():
    history = StateHistory()
    for end in range(10, 200, 10):
        advance(history, window(end - 10, end, Mixer=every(5, 0, 100, "Running")), LINE, at(end))

    assert told(history, "Mixer")[-1] == (OFFLINE, 100, 190)


def test_a_machine_that_speaks_only_on_a_change_is_not_offline_between_changes():
    said = ["Running", "Down", "Running", "Blocked", "Running", "Starved"]
    mixer = list(zip([0, 20, 300, 310, 900, 1500], said, strict=True))

    history = advance(StateHistory(), window(0, 2400, Mixer=mixer), LINE, at(2400))

    assert told(history, "Mixer")[-1] == ("starved", 1500, 2400)


def test_the_look_back_is_bounded_but_a_long_run_keeps_its_start():
    history = StateHistory()
    hours = [*every(60, 0, 600, "Running"), *every(60, 600, 14_400, "Down")]

    for end in range(600, 14_401, 600):
        advance(history, window(end - 600, end, Mixer=hours), LINE, at(end))

    assert told(history, "Mixer") == [(DOWN, 600, 14_400)]


def test_a_history_survives_as_bytes():
    mixer = [*every(5, 0, 60, "Running"), *every(5, 60, 90, "Down")]
    history = advance(StateHistory(), window(0, 90, Mixer=mixer), LINE, at(90))

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(history), type=StateHistory) == history


def test_rejects_that_go_on_keep_when_they_began():
    history = StateHistory()

    history.note_rejecting("Oven", at(100), at(300))
    history.note_rejecting("Oven", at(200), at(600))
    history.note_rejecting("Mixer", at(100), at(300))
    history.note_rejecting("Mixer", at(400), at(600))

    assert history.rejecting["Oven"].since_us == at(100)
    assert history.rejecting["Mixer"].since_us == at(400)
