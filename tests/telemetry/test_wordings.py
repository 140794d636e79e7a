"""A message in a known wording becomes what the way through objects makes of it; nothing else is taken for one."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.site import Site
from lineside.telemetry import wordings
from lineside.telemetry.normalize import Normalizer
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES
from lineside.telemetry.timestamps import DAY_US, EARLIEST_US, MINUTE_US, render
from tests.telemetry.conftest import RECEIVED_US, SITE
from tests.telemetry.test_normalize import by_way_of_readings, normalized

LATEST_US = RECEIVED_US + DAY_US - MINUTE_US
COMPACT = (
    b'{"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00.685Z","measurements":{"Temperature":{"value":-4.25,"unit":'
    b'"degF"},"Level":2,"Speed":8.69,"State":"Running","Open":true,"Product":"Cookie, round"}}'
)
SPACED = (
    b'{ "ts": "2025-03-03T06:00:00.123456+00:00", "device": "Freezer Tunnel", "measurements": { "Temperature": { "unit"'
    b': "degF", "value": -4.25 }, "Level": 2, "Speed": { "value": 8.69 }, "State": "Running" } }\r'
)
NUMBER = rb"-?\d+(?:\.\d+)?(?=[,} ])"


def taught(raw: bytes, site: Site | None = SITE) -> Normalizer:
    normalizer = Normalizer(site)
    normalizer.normalize(raw, RECEIVED_US)
    return normalizer


def worded(normalizer: Normalizer, raw: bytes) -> dict[str, Any] | None:
    """The entity of a message, if its wording is known."""
    entity = normalizer.wordings.entity(raw, LATEST_US)
    return None if entity is None else orjson.loads(entity)


TAUGHT = {raw: taught(raw) for raw in (COMPACT, SPACED)}
examples = pytest.mark.parametrize("raw", [COMPACT, SPACED], ids=["compact", "spaced"])


@examples
def test_one_message_is_enough_to_know_a_wording(raw: bytes) -> None:
    assert worded(TAUGHT[raw], raw) == by_way_of_readings(raw, SITE)
    assert worded(TAUGHT[raw], raw.replace(b"8.69", b"0.5").replace(b'"Running"', b'"jammed"')) is not None
    assert worded(taught(raw, None), raw) == by_way_of_readings(raw, None)


@examples
@given(st.data())
def test_any_message_in_a_known_wording_becomes_what_it_becomes_otherwise(raw: bytes, data: st.DataObject) -> None:
    good = st.from_regex(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,20})?", fullmatch=True)
    odd = st.from_regex(re.compile(r"[-+]?[0-9]{0,17}(\.[0-9]{0,22})?([eE][-+]?[0-9]{1,3})?", re.ASCII), fullmatch=True)
    odd |= st.sampled_from(["NaN", "-0", "007", "null", "-40", "1000"])
    odd_one = data.draw(st.integers(0, 12))
    numbers = (data.draw(odd if place == odd_one else good).encode() for place in range(12))
    sent = re.sub(NUMBER, lambda _: next(numbers), raw)
    sent = sent.replace(b"Running", data.draw(st.sampled_from(["DOWN", "x y", ""]) | st.text(max_size=6)).encode())

    entity = worded(TAUGHT[raw], sent)

    assert entity is None or entity == by_way_of_readings(sent, SITE)
    assert normalized(TAUGHT[raw], sent) == by_way_of_readings(sent, SITE)


@examples
@given(st.data())
def test_no_slip_of_a_byte_is_taken_for_a_known_wording(raw: bytes, data: st.DataObject) -> None:
    sent = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(sent) - 1))
        sent[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from(
                [b"", b'"', b"\\", b"{", b"}", b",", b":", b"-", b".", b"0", b"\xff", b"\n", b"T", b"device"]
            )
            | st.binary(max_size=2)
        )

    entity = worded(TAUGHT[raw], bytes(sent))

    assert entity is None or entity == by_way_of_readings(bytes(sent), SITE)


@given(st.integers(EARLIEST_US - DAY_US, RECEIVED_US + 3 * DAY_US), st.sampled_from([1, 1_000, 1_000_000]))
def test_every_instant_is_held_to_what_is_plausible(instant_us: int, step_us: int) -> None:
    text = render(instant_us // step_us * step_us).removesuffix("Z").encode()
    for raw in TAUGHT:
        sent = re.sub(rb"2025-03-03T06:00:00\.\d+", text, raw)

        entity = worded(TAUGHT[raw], sent)

        assert entity is None or entity == by_way_of_readings(sent, SITE)


@pytest.mark.parametrize(
    "instant",
    [
        "2025-02-29T06:00:00Z",
        "2025-03-03T24:00:00Z",
        "2025-03-03T06:61:00Z",
        "2025-03-03T06:00:60Z",
        "1999-12-31T23:59:59Z",
    ],
)
def test_an_instant_that_is_none_or_too_early_has_no_wording(instant: str) -> None:
    assert worded(TAUGHT[COMPACT], COMPACT.replace(b"2025-03-03T06:00:00.685Z", instant.encode())) is None


@pytest.mark.parametrize(
    "raw",
    [
        COMPACT.replace(b'"Speed":8.69', b'"device":"Freezer Tunnel"'),
        b'{"measurements":{"device":"Freezer Tunnel"},"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z"}',
        b'{"device":"X","device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z","measurements":{"a":1}}',
        b'{"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z","measurements":{"a":1,"a":2}}',
        b'{"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z","measurements":{"a":{"value":1,"value":2}}}',
        b'{"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z","device2":{"measurements":1},"measurements":{"a":1}}',
        b'{"device"   :  "Freezer Tunnel","ts":"2025-03-03T06:00:00Z","measurements":{"a":1}}',
        b'{"device":"Freezer Tunnel","ts":"2025-03-03T07:00:00+01:00","measurements":{"a":1}}',
    ],
)
def test_whatever_was_learned_of_an_odd_message_another_machine_is_never_taken_for_it(raw: bytes) -> None:
    normalizer = taught(raw)
    for sent in (raw, raw.replace(b"Freezer Tunnel", b"Cookie Inspector"), raw.replace(b'"Freezer', b'"X","Freezer')):
        assert normalized(normalizer, sent) == by_way_of_readings_if_json(sent)


def by_way_of_readings_if_json(raw: bytes) -> dict[str, Any] | str:
    try:
        return by_way_of_readings(raw, SITE)
    except orjson.JSONDecodeError:
        return "not_json"


def test_the_unit_belongs_to_the_wording() -> None:
    other = COMPACT.replace(b"degF", b"CEL")

    assert worded(TAUGHT[COMPACT], other) is None
    assert normalized(TAUGHT[COMPACT], other) == by_way_of_readings(other, SITE)


def test_a_name_that_ngsi_ld_does_not_allow_has_a_wording_too() -> None:
    raw = COMPACT.replace(b'"Speed"', b'"Volume Flow Rate"').replace(b'"Open"', b'"type"')
    normalizer = taught(raw)

    assert worded(normalizer, raw) == by_way_of_readings(raw, SITE)


def test_devices_that_word_alike_are_told_apart() -> None:
    normalizer = taught(COMPACT)
    other = COMPACT.replace(b"Freezer Tunnel", b"Cookie Inspector")

    assert worded(normalizer, other) is None
    assert normalized(normalizer, other) == by_way_of_readings(other, SITE)
    assert worded(normalizer, other) == by_way_of_readings(other, SITE)
    assert worded(normalizer, COMPACT) == by_way_of_readings(COMPACT, SITE)


def test_a_message_that_is_too_large_is_refused_in_every_wording() -> None:
    raw = COMPACT + b" " * MAX_MESSAGE_BYTES

    assert worded(TAUGHT[COMPACT], raw) is None


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordings, "MAX_LAYOUTS", 3)
    monkeypatch.setattr(wordings, "MAX_DEVICES", 2)
    normalizer = Normalizer()
    layouts = [COMPACT.replace(b"Speed", b"Speed%d" % number) for number in range(5)]
    devices = [layouts[0].replace(b"Freezer Tunnel", b"M%d" % number) for number in range(5)]

    for raw in layouts + devices:
        assert normalized(normalizer, raw) == by_way_of_readings(raw, None)
        assert normalized(normalizer, raw) == by_way_of_readings(raw, None)

    assert not any(worded(normalizer, raw) for raw in layouts[3:])
    assert 1 <= sum(worded(normalizer, raw) is not None for raw in layouts + devices) <= 2
