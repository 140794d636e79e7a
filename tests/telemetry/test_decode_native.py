from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from lineside.telemetry.decode import Decoded, Origin, decode
from lineside.telemetry.reading import Reading

TS = "2025-03-03T06:00:00Z"


def message(measurements: dict[str, Any], device: str = "Freezer Tunnel", ts: str = TS) -> bytes:
    return msgspec.json.encode({"device": device, "ts": ts, "measurements": measurements})


def only(decoded: Decoded) -> Reading:
    assert decoded.rejected == []
    assert len(decoded.readings) == 1
    return decoded.readings[0]


def test_the_captured_message_becomes_its_readings(samples: Path, origin: Origin) -> None:
    decoded = decode((samples / "messages" / "native.json").read_bytes(), origin)

    assert {reading.attribute: reading.value for reading in decoded.readings} == {
        "Temperature": -21.3, "Speed": 8.8, "Good": 7799, "Bad": 0, "Blocked": False, "State": "Running",
    }  # fmt: skip
    assert {reading.device for reading in decoded.readings} == {"Freezer Tunnel"}
    assert {reading.observed_us for reading in decoded.readings} == {1_740_981_600_000_000}
    assert {reading.received_us for reading in decoded.readings} == {origin.received_us}


def test_an_array_is_read_message_by_message_and_what_is_missing_is_counted(samples: Path, origin: Origin) -> None:
    decoded = decode((samples / "messages" / "native-array.json").read_bytes(), origin)

    assert [(one.device, one.attribute) for one in decoded.readings] == [
        ("Cookie Former", "Temperature"),
        ("Cookie Former", "Moisture"),
        ("Cookie Former", "State"),
        ("Freezer Tunnel", "Temperature"),
    ]
    assert decoded.readings[3].observed_us - decoded.readings[0].observed_us == 250_000
    assert (decoded.missing, decoded.rejected) == (2, [])


def test_zero_and_false_are_values_and_null_and_empty_are_missing(origin: Origin) -> None:
    decoded = decode(message({"a": 0, "b": False, "c": None, "d": "", "e": {"value": None}, "f": {"value": 0}}), origin)

    assert [(one.attribute, one.value) for one in decoded.readings] == [("a", 0.0), ("b", False), ("f", 0.0)]
    assert type(decoded.readings[0].value) is float
    assert decoded.readings[1].value is False
    assert decoded.missing == 3


def test_without_a_declaration_a_value_is_kept_in_the_canonical_unit_with_its_source(origin: Origin) -> None:
    reading = only(decode(message({"Oil": {"value": 212, "unit": "degF"}}), origin))

    assert (reading.value, reading.unit) == (pytest.approx(100), "CEL")
    assert (reading.source_value, reading.source_unit, reading.quality) == (212, "degF", "good")


def test_another_spelling_of_the_same_unit_keeps_the_spelling_and_not_the_value(origin: Origin) -> None:
    reading = only(decode(message({"Temperature": {"value": -21, "unit": "degC"}}), origin))

    assert (reading.value, reading.unit, reading.source_value, reading.source_unit) == (-21, "CEL", None, "degC")


def test_a_declared_unit_is_what_values_are_converted_to(origin: Origin) -> None:
    reading = only(decode(message({"Belt": {"value": 0.25, "unit": "m/s"}}), origin))

    assert (reading.value, reading.unit) == (pytest.approx(15), "2X")


def test_a_declared_unit_says_which_g_is_meant(origin: Origin) -> None:
    reading = only(decode(message({"Vibration": {"value": 2, "unit": "g"}}), origin))

    assert (reading.value, reading.unit, reading.quality) == (2, "K40", "good")


def test_a_value_without_a_unit_is_in_the_declared_one(origin: Origin) -> None:
    assert only(decode(message({"Temperature": -21}), origin)).unit == "CEL"


def test_limits_without_a_unit_are_meant_in_the_unit_that_is_sent(origin: Origin) -> None:
    reading = only(decode(message({"Level": {"value": 3, "unit": "ft"}}), origin))

    assert (reading.value, reading.unit) == (3, "FOT")


def test_an_unknown_unit_is_kept_unconverted_and_uncertain(origin: Origin) -> None:
    reading = only(decode(message({"Oil": {"value": 3, "unit": "furlong/fortnight"}}), origin))

    assert (reading.value, reading.unit, reading.quality) == (3, "furlong/fortnight", "uncertain")
    assert "furlong/fortnight" in reading.reason


def test_a_unit_that_only_the_site_file_knows_is_good(origin: Origin) -> None:
    reading = only(decode(message({"Crumbs": {"value": 3, "unit": "crumbs"}}), origin))

    assert (reading.unit, reading.quality) == ("crumbs", "good")


def test_a_value_that_cannot_be_true_is_kept_as_bad_with_its_reason(origin: Origin) -> None:
    reading = only(decode(message({"Temperature": {"value": -130, "unit": "degF"}}), origin))

    assert (reading.quality, reading.source_value) == ("bad", -130)
    assert reading.reason == "-90 CEL is below -60, which is not physically possible"


def test_text_where_a_number_is_declared_is_bad_unless_it_is_a_number(origin: Origin) -> None:
    broken = only(decode(message({"Temperature": "sensor fault"}), origin))
    as_text = only(decode(message({"Temperature": "-21.5"}), origin))

    assert (broken.value, broken.quality, broken.reason) == ("sensor fault", "bad", "text where a number is declared")
    assert (as_text.value, as_text.quality, as_text.source_value) == (-21.5, "uncertain", "-21.5")


def test_text_that_looks_like_a_number_stays_text_where_no_number_is_declared(origin: Origin) -> None:
    reading = only(decode(message({"Batch": "0012"}), origin))

    assert (reading.value, reading.quality) == ("0012", "good")


def test_two_sources_of_one_attribute_are_two_series(origin: Origin) -> None:
    decoded = decode(message({"Temperature": {"value": -21, "unit": "CEL", "dataset": "inlet"}}), origin)

    assert only(decoded).identity == ("Freezer Tunnel", "Temperature", "inlet", 1_740_981_600_000_000)


def test_a_device_that_no_site_file_names_is_kept(origin: Origin) -> None:
    reading = only(decode(message({"Oil": 3}, device="Old Press 7"), origin))

    assert (reading.device, reading.quality) == ("Old Press 7", "good")


def test_members_that_we_do_not_know_are_skipped(origin: Origin) -> None:
    raw = b'{"v":{"deep":[1,{"a":[]}]},"device":"M","ts":"%b","measurements":{"a":{"value":1,"by":"x"}},"seq":4}'

    assert only(decode(raw % TS.encode(), origin)).value == 1


def test_without_a_site_everything_is_read_and_nothing_is_declared() -> None:
    reading = only(decode(message({"Temperature": -200}), Origin(None, received_us=1_740_981_610_000_000)))

    assert (reading.unit, reading.quality) == ("", "good")


@pytest.mark.parametrize("thing", ["freezer-tunnel", "line-gateway", ""])
def test_a_machine_and_a_declared_gateway_may_speak_of_it(site: Any, origin: Origin, thing: str) -> None:
    decoded = decode(message({"Good": 1}), Origin(site, thing, received_us=origin.received_us))

    assert len(decoded.readings) == 1


@pytest.mark.parametrize("thing", ["inspector", "box-sealer", "Freezer Tunnel"])
def test_nobody_else_may(site: Any, origin: Origin, thing: str) -> None:
    decoded = decode(message({"Good": 1, "Bad": 2}), Origin(site, thing, received_us=origin.received_us))

    assert decoded.readings == []
    assert [(one.code, one.readings) for one in decoded.rejected] == [("other_device", 2)]
    assert thing in decoded.rejected[0].reason


def test_the_same_message_means_the_same_whatever_was_sent_in_between(origin: Origin) -> None:
    first = decode(message({"Oil": {"value": 50, "unit": "degF"}, "Good": 1}), origin)
    decode(message({"Oil": {"value": 50, "unit": "CEL"}, "Good": {"value": 1, "unit": "pcs"}}), origin)

    assert decode(message({"Oil": {"value": 50, "unit": "degF"}, "Good": 1}), origin) == first
