"""The readings that a plan makes are those that the loop makes; whatever it does not expect it leaves alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.site import Site
from lineside.telemetry import plans
from lineside.telemetry.channels import Channels
from lineside.telemetry.decode import Origin, decode
from lineside.telemetry.from_native import decode_plain, read_plain
from lineside.telemetry.reading import Reading
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.shapes import FIRST_PLAN
from tests.telemetry.conftest import RECEIVED_US, SITE
from tests.telemetry.test_normalize import message

USUAL: dict[str, Any] = {
    "Temperature": {"value": 1.5, "unit": "degF"},
    "Belt": {"value": 2, "unit": "m/s"},
    "Level": 3,
    "Oil": {"value": 4, "unit": "furlong"},
    "Speed": {"value": 5, "unit": "m/s"},
    "Good": 6,
    "State": "Running",
    "Open": True,
}


def read(raw: bytes, channels: Channels) -> list[Reading] | str:
    sent = decode_plain(raw)
    try:
        return read_plain(sent, channels, channels.device(sent.device), RECEIVED_US)
    except Rejection as rejection:
        return rejection.code


def practised(site: Site | None) -> Channels:
    channels = Channels(site)
    for _ in range(FIRST_PLAN):
        read(message(USUAL), channels)
    return channels


PRACTISED = {site and site.site: practised(site) for site in (SITE, None)}
sites = pytest.mark.parametrize("site", [SITE, None], ids=["declared", "undeclared"])


def plan_for(channels: Channels) -> plans.Plan:
    shape = channels.device("Freezer Tunnel").last
    assert shape is not None
    assert shape.plan is not None
    return shape.plan


@sites
def test_a_shape_that_was_heard_some_times_has_a_plan(site: Site | None) -> None:
    channels = practised(site)
    sent = decode_plain(message(USUAL))

    planned = plan_for(channels)(sent.measurements.values(), 1_741_000_000_000_000, RECEIVED_US)

    assert planned is not None
    assert [reading.attribute for reading in planned] == list(USUAL)


numbers = st.floats(-100, 100) | st.sampled_from([0.0, -0.0, 1e300, -1e308, 5e-324])
odd = st.none() | st.booleans() | st.sampled_from(["", "12", "a\x07", "Down", "\u00fc" * 4_097]) | st.text(max_size=4)
units = st.sampled_from(["degF", "m/s", "CEL", "", "furlong"])


@sites
@given(st.data())
def test_a_plan_makes_the_readings_that_the_loop_makes(site: Site | None, data: st.DataObject) -> None:
    changed = data.draw(st.dictionaries(st.sampled_from(list(USUAL)), numbers | odd, max_size=4))
    measurements: dict[str, Any] = {}
    for name, usual in USUAL.items():
        value = changed.get(name, usual["value"] if isinstance(usual, dict) else usual)
        unit = data.draw(units) if name == data.draw(st.sampled_from(["Oil", "Good", "none"])) else None
        if isinstance(usual, dict) or unit is not None:
            value = {"value": value, "unit": unit if unit is not None else usual["unit"]}
        measurements[name] = value
    raw = message(measurements)

    # What is not equal but looks so (true and 1, 0.0 and -0.0) differs when it is written.
    assert repr(read(raw, PRACTISED[site and site.site])) == repr(read(raw, Channels(site)))


def test_a_unit_that_changed_for_good_gets_a_plan_of_its_own() -> None:
    channels, raw = practised(SITE), message(USUAL | {"Good": {"value": 6, "unit": "pcs"}})
    before = plan_for(channels)

    for _ in range(4 * FIRST_PLAN):
        assert read(raw, channels) == read(raw, Channels(SITE))

    assert plan_for(channels) is not before
    assert plan_for(channels)(decode_plain(raw).measurements.values(), RECEIVED_US, RECEIVED_US) is not None


def test_plans_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MAX_PLANS", len(plans._bound))
    channels = Channels(None)
    raw = message({f"a{number}": {"value": number, "unit": "CEL"} for number in range(13)})

    for _ in range(FIRST_PLAN + 1):
        assert read(raw, channels) == read(raw, Channels(None))

    shape = channels.device("Freezer Tunnel").last
    assert shape is not None
    assert shape.plan is None


def test_of_a_message_with_more_values_than_a_plan_holds_every_one_is_read() -> None:
    raw = message({f"a{number}": number for number in range(plans.MAX_VALUES + 1)})

    for _ in range(FIRST_PLAN + 1):
        decoded = decode(raw, Origin(None, received_us=RECEIVED_US))
        assert [reading.value for reading in decoded.readings] == list(range(plans.MAX_VALUES + 1))


def test_a_reading_of_a_plan_survives_being_encoded() -> None:
    planned = read(message(USUAL), PRACTISED[None])

    assert msgspec.json.decode(msgspec.json.encode(planned), type=list[Reading]) == planned
