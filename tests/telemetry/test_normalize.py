"""The fast way and the way through objects give the same entity, whatever the message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.site import Site
from lineside.telemetry.channels import thing_of
from lineside.telemetry.decode import Origin, decode
from lineside.telemetry.ngsild import entity
from lineside.telemetry.normalize import Normalizer
from lineside.telemetry.rejection import Rejection
from tests.telemetry.conftest import RECEIVED_US, SITE

TS = "2025-03-03T06:00:00Z"
NORMALIZER = Normalizer(SITE)
WITHOUT_SITE = Normalizer()


def message(measurements: dict[str, Any], device: str = "Freezer Tunnel", ts: str = TS) -> bytes:
    return msgspec.json.encode({"device": device, "ts": ts, "measurements": measurements})


def by_way_of_readings(raw: bytes, site: Site | None) -> dict[str, Any] | str:
    """The entity that the readings of a message make; or the code of its rejection."""
    decoded = decode(raw, Origin(site, received_us=RECEIVED_US))
    if decoded.rejected:
        return decoded.rejected[0].code
    device = orjson.loads(raw)["device"]
    state = site.machine_of[device].state if site and device in site.machine_of else "State"
    return entity(site, device, thing_of(site, device), decoded.readings, state)


def normalized(normalizer: Normalizer, raw: bytes) -> dict[str, Any] | str:
    try:
        return orjson.loads(normalizer.normalize(raw, RECEIVED_US))
    except Rejection as rejection:
        return rejection.code


def test_the_captured_message_becomes_an_entity(samples: Path) -> None:
    raw = (samples / "messages" / "native.json").read_bytes()

    line = NORMALIZER.normalize(raw, RECEIVED_US)

    assert orjson.loads(line) == by_way_of_readings(raw, SITE)
    assert b"\n" not in line


@pytest.mark.parametrize(
    "measurements",
    [
        {"Temperature": {"value": 1.0, "unit": "degF"}, "Good": 0},
        {"Temperature": -300, "Good": 0},
        {"Temperature": "fault"},
        {"Temperature": "12"},
        {"Belt": {"value": 1, "unit": "m/s"}, "State": "Running", "Vibration": {"value": 2, "unit": "g"}},
        {"State": "blocked", "Alarm_Text": "jam, at infeed"},
        {"State": "cleaning"},
        {"State": 3, "Blocked": False},
        {"State": {"value": "Down"}, "Blocked": {"value": True}},
        {"State": ""},
        {"a b": 1, "type": 2, "Gut\u00e9": 3},
        {"Oil": {"value": 1, "unit": "furlong"}, "Mass": {"value": True, "unit": "mg"}},
        {"Oil": {"value": 1, "unit": None, "dataset": "inlet"}},
        {"a": None, "b": "", "c": {"value": None}},
        {"big": 123456789012345678901234567890, "small": 5e-324, "negative": -0.0, "large": 1e16},
        {},
    ],
)
def test_both_ways_agree_the_first_time_and_the_second(measurements: dict[str, Any]) -> None:
    raw = message(measurements)
    expected = by_way_of_readings(raw, SITE)

    for normalizer in (Normalizer(SITE), NORMALIZER):
        assert normalized(normalizer, raw) == expected
        assert normalized(normalizer, raw) == expected


def test_a_unit_that_changes_and_a_value_that_goes_missing_change_the_entity() -> None:
    normalizer = Normalizer(SITE)
    sent = [
        {"Oil": {"value": 50, "unit": "degF"}, "Good": 1},
        {"Oil": {"value": 50, "unit": "CEL"}, "Good": 2},
        {"Oil": 50, "Good": {"value": 3, "unit": "pcs"}},
        {"Oil": {"value": 50, "unit": "degF"}, "Good": None},
        {"Oil": {"value": 50, "unit": "degF"}, "Good": 5},
        {"Good": 6, "Oil": {"value": 50, "unit": "degF"}},
    ]

    for measurements in sent:
        assert normalized(normalizer, message(measurements)) == by_way_of_readings(message(measurements), SITE)


scalars = st.none() | st.booleans() | st.floats(-1e12, 1e12) | st.integers(-(2**70), 2**70) | st.text(max_size=8)
words = st.sampled_from(["Running", "DOWN", "starved", "a, b", "", "12", "x" * 70])
units = st.sampled_from(["", "CEL", "degF", "g", "%", "m/s", "bar", "furlong", None])
values = scalars | words | st.floats(-100, 100)
one = values | st.fixed_dictionaries(
    {"value": values}, optional={"unit": units, "dataset": st.sampled_from(["", "in"])}
)
names = st.sampled_from(["Temperature", "State", "Mode", "Belt", "Vibration", "Good", "a b", "type", "Gut\u00e9", "x"])
stamps = st.sampled_from(
    [
        TS,
        "2025-03-03T06:00:00.125Z",
        "2025-03-03T07:00:00+01:00",
        "2025-03-03 06:00:00.123456Z",
        "1999-01-01T00:00:00Z",
        "x",
    ]
)
messages = st.builds(
    message,
    st.dictionaries(names, one, max_size=5),
    st.sampled_from(["Freezer Tunnel", "Cookie Inspector", "M 1", "m-1", "\u51b7"]),
    stamps,
)


@given(messages)
def test_both_ways_agree(raw: bytes) -> None:
    for site, normalizer in ((SITE, NORMALIZER), (None, WITHOUT_SITE)):
        assert normalized(normalizer, raw) == by_way_of_readings(raw, site)


@given(st.lists(messages | st.binary(max_size=20), max_size=6))
def test_many_at_once_are_the_same_as_one_by_one(payloads: list[bytes]) -> None:
    entities, refused = NORMALIZER.normalize_many(payloads, RECEIVED_US)

    expected = [normalized(NORMALIZER, payload) for payload in payloads]
    good = [one for one in expected if not isinstance(one, str)]
    assert [orjson.loads(entity) for entity in entities] == good
    assert not any(b"\n" in entity for entity in entities)
    assert [(one.place, one.payload, one.rejection.code) for one in refused] == [
        (place, payloads[place], code) for place, code in enumerate(expected) if isinstance(code, str)
    ]


def test_an_array_is_normalized_whole_or_not_at_all(samples: Path) -> None:
    raw = (samples / "messages" / "native-array.json").read_bytes()
    broken = raw.replace(b"36.5", b"NaN")

    assert [one["name"]["value"] for one in orjson.loads(NORMALIZER.normalize(raw, RECEIVED_US))] == [
        "Cookie Former",
        "Freezer Tunnel",
    ]
    with pytest.raises(Rejection, match="NaN"):
        NORMALIZER.normalize(broken, RECEIVED_US)


def test_what_is_normalized_already_stays_as_it_is(samples: Path) -> None:
    once = NORMALIZER.normalize((samples / "messages" / "native.json").read_bytes(), RECEIVED_US)

    assert orjson.loads(NORMALIZER.normalize(once, RECEIVED_US)) == orjson.loads(once)
