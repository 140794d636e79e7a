"""The plant's last hour, read from its lake for a model of its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.files import FileObjects
from edge.what_if import PlantWhatIf
from lineside.control.request import CommandRequest
from lineside.control.what_if import Change, Hour, WhatIf, unknown
from lineside.errors import Conflict
from lineside.lake import Lake
from lineside.lake.history import History
from lineside.site import Site, parse_site, read_site
from lineside.telemetry.decode import Origin, decode
from lineside.telemetry.reading import Reading
from simulator.faults import Fault
from simulator.machines import CONVEYOR, FORMER, FREEZER, INSPECTOR
from simulator.run import START, simulate
from simulator.telemetry import encode_batch
from simulator.what_if import CookieLineModel
from tests.simulator.hours import hour_of

SITE_FILE = Path(__file__).parents[2] / "samples" / "site.yaml"
SITE = read_site(SITE_FILE)
SECONDS = 900.0
SEED = 5
FAULTS = (
    Fault("dough_warm_dry", FORMER, 60, duration=1500, ramp=120, size=0.5),
    Fault("jam", CONVEYOR, 300, duration=120),
)
NOW_US = int(START.timestamp() + SECONDS) * 1_000_000
"""The line was switched on a quarter of an hour ago."""


class Listening(CookieLineModel):
    """The model of the line, which keeps what it was asked and answers nothing by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Change, Hour]] = []

    def effect(self, change: Change, hour: Hour) -> WhatIf:
        self.asked.append((change, hour))
        return unknown("it only listens")


def readings() -> Iterator[Reading]:
    for sample in simulate(np.random.default_rng(SEED), FAULTS, SECONDS):
        yield from decode(encode_batch(sample.messages), Origin(SITE, received_us=NOW_US)).readings


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """The last quarter of an hour of the sample site, as its lake holds it."""
    objects = FileObjects(tmp_path_factory.mktemp("lake"), durable=False)
    Lake(objects).append(SITE.site, "line-1", list(readings()), "all")
    history = History(objects)
    yield history
    history.close()


def request(attribute: str = "TemperatureSetpoint", value: float = 33.0, unit: str = "FAH", device: str = FORMER):
    return CommandRequest(
        id="c-1", device=device, attribute=attribute, value=value, unit=unit, proposed_by="Anna", roles=("operator",),
        channel="console", expires_at="2026-03-03T06:10:00Z",
    )  # fmt: skip


def told_why(history: History, asked: CommandRequest, site: Site = SITE) -> str:
    return PlantWhatIf(site, history, CookieLineModel()).ask(asked, NOW_US).unknown


def test_the_plant_reads_what_its_machines_sent(history):
    model = Listening()

    PlantWhatIf(SITE, history, model).ask(request(), NOW_US)
    ((change, hour),) = model.asked
    sent = hour_of(SEED, *FAULTS, seconds=SECONDS)

    assert change == Change(
        FORMER, "TemperatureSetpoint", pytest.approx(0.5556, abs=1e-4), "Temperature", 300.0,
        {"Temperature": (0.5, 4.0), "Moisture": (56.0, 61.0)},
    )  # fmt: skip
    assert hour.seconds == SECONDS
    assert hour.counted == {point: sent.counted[point] for point in ((INSPECTOR, "Bad"), (INSPECTOR, "Good"))}
    for point in ((FORMER, "Moisture"), (FORMER, "Temperature"), (FREEZER, "Temperature")):
        seconds, values = zip(*sent.courses[point], strict=True)
        at, read = zip(*hour.courses[point], strict=True)
        assert np.abs(np.interp(at, seconds, values) - read).max() < 0.4
    assert {value for _, value in hour.courses[CONVEYOR, "SpeedSetpoint"]} == {30.0}
    assert [stop for stop in hour.stops if stop.device == CONVEYOR and stop.until - stop.since > 60] == [
        (CONVEYOR, 305.0, 425.0)
    ]


def test_only_the_last_hour_is_read(history):
    model = Listening()

    PlantWhatIf(SITE, history, model).ask(request(), NOW_US + 3_000_000_000)

    assert model.asked[0][1].seconds == 3600
    assert model.asked[0][1].courses[FORMER, "Moisture"][-1][0] == pytest.approx(600, abs=15)


def test_the_model_answers_for_the_plant(history):
    told = PlantWhatIf(SITE, history, CookieLineModel(replays=2)).ask(request(), NOW_US)

    assert (told.unknown, told.replays, told.minutes) == ("", 2, 15.0)
    assert {each.name for each in told.outcomes} == {
        "rejects", "good", "stopped", "outside:Temperature", "outside:Moisture", "readback"
    }  # fmt: skip


def test_where_there_is_no_model_the_plant_says_so(history):
    text = SITE_FILE.read_text()
    longer = parse_site(
        text.replace("- id: Labeller\n        feeds: []", "- id: Labeller\n        feeds: [Robot]\n      - id: Robot")
    )
    other = parse_site(text.replace("attribute: TorqueSetpoint", "attribute: ThrustSetpoint"))

    assert told_why(history, request(), longer).startswith("there is no model of Line 1: its machines")
    assert told_why(history, request("ThrustSetpoint", 20, "NU"), other) == (
        "there is no model of ThrustSetpoint of Cookie Former"
    )
    assert told_why(history, request("Moisture")) == "no such set-point is declared in the site file"
    assert told_why(history, request(device="Robot")) == "no such set-point is declared in the site file"
    assert told_why(history, request(unit="BAR")) == "the unit 'BAR' is one of pressure; CEL is declared"


def test_a_plant_that_has_just_begun_to_listen_has_nothing_to_replay(history):
    before_us = int(START.timestamp()) * 1_000_000

    told = PlantWhatIf(SITE, history, CookieLineModel()).ask(request(), before_us)

    assert told.unknown.startswith("only 0 minutes were measured")


def test_one_question_at_a_time_and_the_next_after_it(history):
    refused: list[str] = []

    class Curious(Listening):
        def effect(self, change: Change, hour: Hour) -> WhatIf:
            with pytest.raises(Conflict) as second:
                plant.ask(request(), NOW_US)
            refused.append(str(second.value))
            return super().effect(change, hour)

    plant = PlantWhatIf(SITE, history, Curious())

    for _ in range(2):
        plant.ask(request(), NOW_US)

    assert refused == ["another change is being tried out just now: ask again in a few seconds"] * 2
