"""Silent devices: offline is not down, and a dead network is not ten dead machines."""

from __future__ import annotations

from lineside.detection.finding import Finding
from lineside.lake.window import Series
from lineside.site.model import Line, Machine
from tests.detection.made import START_US, UNKNOWN_LINE, AllSeries, appearances, signal, ticks, without

NAMES = ("Former", "Freezer", "Sealer")
LINE = Line(id="line-1", machines=tuple(Machine(id=name) for name in NAMES))


def line_series(minutes: float = 120, every_seconds: float = 5) -> dict[str, Series]:
    return {name: signal(minutes, every_seconds, seed) for seed, name in enumerate(NAMES)}


def told(
    devices: dict[str, Series], line: Line = LINE, minutes: float = 120, every: float = 5
) -> list[tuple[float, Finding]]:
    series: AllSeries = {(device, "Temperature", ""): one for device, one in devices.items()}
    return appearances(ticks(series, line, minutes=minutes, every_minutes=every), "silent")


def test_devices_that_speak_are_not_silent():
    assert told(line_series()) == []


def test_a_device_that_stops_speaking_is_told_with_when_it_was_last_heard():
    devices = line_series()
    devices["Freezer"] = without(devices["Freezer"], 61, 120)

    ((minute, finding),) = told(devices)

    assert (minute, finding.device) == (65, "Freezer")
    assert abs(finding.onset_us - START_US - 61 * 60_000_000) <= 5_000_000
    assert finding.evidence[0].unit == "SEC"
    assert finding.evidence[0].expected == 5


def test_it_is_over_when_the_device_speaks_again():
    devices = line_series()
    devices["Freezer"] = without(devices["Freezer"], 61, 83)
    series: AllSeries = {(device, "Temperature", ""): one for device, one in devices.items()}

    present = [minute for minute, found in ticks(series, LINE) if any(one.kind == "silent" for one in found)]

    assert (present[0], present[-1]) == (65, 80)


def test_a_short_pause_is_nothing():
    devices = line_series()
    devices["Freezer"] = without(devices["Freezer"], 64.2, 65.1)

    assert told(devices) == []


def test_usual_is_what_the_device_itself_does():
    devices = line_series(600)
    devices["Meter"] = signal(600, every_seconds=600)
    line = Line(id="line-1", machines=(*LINE.machines, Machine(id="Meter")))

    assert told(devices, line, minutes=600) == []


def test_the_site_file_may_say_how_long():
    devices = line_series()
    devices["Freezer"] = without(devices["Freezer"], 61, 75)
    patient = Line(id="line-1", machines=(*LINE.machines[::2], Machine(id="Freezer", silent_after_seconds=900)))

    assert told(devices, patient) == []


def test_a_dead_network_is_one_finding_about_the_line():
    devices = {name: without(one, 61, 120) for name, one in line_series().items()}

    ((minute, finding),) = told(devices)

    assert (minute, finding.device, finding.detail) == (75, "line-1", "line")
    assert [one.device for one in finding.evidence] == sorted(NAMES)


def test_a_fast_device_and_a_slow_one_are_no_dead_network():
    devices = {"Former": without(signal(300, 60), 181, 300), "Meter": signal(300, 3600, 1)}
    line = Line(id="line-1", machines=(Machine(id="Former"), Machine(id="Meter")))

    assert [(minute, finding.device) for minute, finding in told(devices, line, minutes=295)] == [(245, "Former")]


def test_the_last_tick_after_the_end_of_a_recording_finds_nothing():
    assert told(line_series(60), minutes=65) == []


def test_a_device_alone_may_pause_for_longer():
    line = Line(id="line-1", machines=(Machine(id="Former"),))
    steady = line_series()["Former"]

    assert told({"Former": without(steady, 60, 80)}, line) == []
    assert [minute for minute, _ in told({"Former": without(steady, 60, 120)}, line)] == [90]


def test_an_unknown_device_that_came_for_an_hour_may_go():
    devices = line_series(180)
    devices["Test rig"] = without(signal(180, 5, 9), 60, 180)

    assert told(devices, UNKNOWN_LINE, minutes=180) == []


def test_an_unknown_device_that_was_there_for_a_day_is_missed():
    minutes = 60 * 26
    devices = line_series(minutes, 60)
    devices["Gauge"] = without(signal(minutes, 60, 9), 60 * 25, minutes)

    assert [finding.device for _, finding in told(devices, UNKNOWN_LINE, minutes=minutes, every=15)] == ["Gauge"]
