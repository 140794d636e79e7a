"""Whatever a sender may send: it becomes readings or a reason, at once, and never takes its neighbours along."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lineside.telemetry import channels as channels_module
from lineside.telemetry.decode import FORMATS, Origin, channels_of, decode
from tests.telemetry.conftest import RECEIVED_US, SITE

GOOD = b'{"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z","measurements":{"Good":12,"Bad":0}}'
ORIGIN = Origin(SITE, received_us=RECEIVED_US)
BAD_SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "messages" / "bad").iterdir())


def native(measurements: bytes, device: bytes = b'"M"', ts: bytes = b'"2025-03-03T06:00:00Z"') -> bytes:
    return b'{"device":%b,"ts":%b,"measurements":%b}' % (device, ts, measurements)


@pytest.mark.parametrize("path", BAD_SAMPLES, ids=lambda path: path.stem)
def test_every_bad_sample_is_refused_for_the_reason_that_it_is_named_after(path: Path) -> None:
    decoded = decode(path.read_bytes(), ORIGIN)

    assert decoded.readings == []
    assert [one.code for one in decoded.rejected] == [path.stem]
    assert decoded.rejected[0].raw == path.read_bytes().strip()


@pytest.mark.parametrize("path", BAD_SAMPLES, ids=lambda path: path.stem)
def test_the_nine_good_messages_beside_a_bad_one_are_kept(path: Path) -> None:
    bad = path.read_bytes().strip()
    pieces = [GOOD] * 4 + [bad] + [GOOD] * 5

    decoded = decode(b"[" + b",\n ".join(pieces) + b"]", ORIGIN)

    assert len(decoded.readings) == 18
    assert [(one.code, one.raw) for one in decoded.rejected] == [(path.stem, bad)]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "not_json"),
        (b"   ", "not_json"),
        (b"hello", "not_json"),
        (b"\x00\x01\x02", "not_json"),
        (b"\xff\xfe{\x00", "not_utf8"),
        (b"null", "not_json"),
        (b"{}", "wrong_type"),
        (b"[[]]", "wrong_type"),
        (b"[1]", "wrong_type"),
        (b"[", "wrong_type"),
        (b"[,", "wrong_type"),
        (b"[,,,]", "wrong_type"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "too_deep"),
        (native(b'{"a":1}').replace(b'"ts"', b'"x":' + b"[" * 60_000 + b"]" * 60_000 + b',"ts"'), "too_deep"),
        (native(b'{"a":' + b"[" * 60_000 + b"]" * 60_000 + b"}"), "too_deep"),
        (native(b'{"a":Infinity}'), "not_finite"),
        (native(b'{"a":-Infinity}'), "not_finite"),
        (native(b'{"a":1e999}'), "not_finite"),
        (native(b'{"a":' + b"9" * 5_000 + b"}"), "not_finite"),
        (native(b'{"a":{"value":1e308,"unit":"MW"}}'), "not_finite"),
        (native(b'{"a":{"value":"1e999","unit":"MW"}}'), "not_finite"),
        (native(b'{"a":"\\ud800"}'), "not_json"),
        (native(b'{"\\udfff":1}'), "not_json"),
        (native(b'{"a":{"unit":"CEL"}}'), "wrong_type"),
        (native(b'{"a":{"value":1,"unit":5}}'), "wrong_type"),
        (native(b'{"a":{"value":1,"unit":"%b"}}' % (b"x" * 200)), "name_too_long"),
        (native(b'{"":1}'), "name_empty"),
        (native(b'{"%b":1}' % (b"x" * 129)), "name_too_long"),
        (native(b'{"a\\u202e":1}'), "control_characters"),
        (native(b'{"a":"\\u0000"}'), "control_characters"),
        (native(b'{"a":"%b"}' % (b"x" * 5_000)), "text_too_long"),
        (native(b'{"a":1}', device=b'""'), "name_empty"),
        (native(b'{"a":1}', device=b"12"), "wrong_type"),
        (native(b'{"a":1}', device=b'"%b"' % (b"d" * 60_000)), "name_too_long"),
        (native(b'{"a":1}', ts=b"null"), "timestamp_missing"),
        (native(b'{"a":1}', ts=b'""'), "timestamp_missing"),
        (native(b'{"a":1}', ts=b"1740981600000"), "timestamp_unreadable"),
        (native(b"null"), "wrong_type"),
        (b'{"id":"urn:x","type":"M","a":{"type":"Property","value":1}}', "timestamp_missing"),
        (b'{"id":"urn:x","type":"M","a":{"type":"Property","observedAt":"2025-03-03T06:00:00Z"}}', "wrong_type"),
        (b'{"id":"urn:x","type":"M","a":{"value":{},"observedAt":"2025-03-03T06:00:00Z"}}', "wrong_type"),
        (b'{"id":"urn:x","type":"M","a":{"value":1,"observedAt":5}}', "timestamp_unreadable"),
        (b'{"id":7,"type":"M","a":{"value":1,"observedAt":"2025-03-03T06:00:00Z"}}', "wrong_type"),
        (
            b'{"id":"urn:x","type":"M","a":{"value":%b,"observedAt":"2025-03-03T06:00:00Z"}}' % (b"9" * 400),
            "not_finite",
        ),
        (b'{"id":"urn:x","type":"M","a":{"value":1,"unitCode":4,"observedAt":"2025-03-03T06:00:00Z"}}', "wrong_type"),
    ],
)
def test_what_nobody_can_mean_is_refused_with_a_code(payload: bytes, code: str) -> None:
    decoded = decode(payload, ORIGIN)

    assert decoded.readings == []
    assert [one.code for one in decoded.rejected] == [code]
    assert decoded.rejected[0].readings >= 1


@pytest.mark.parametrize("size", [131_072, 131_073])
def test_128_kilobytes_are_allowed_and_not_a_byte_more(size: int) -> None:
    padding = size - len(native(b'{"a":1}').replace(b'"ts"', b'"x":"","ts"'))
    decoded = decode(native(b'{"a":1}').replace(b'"ts"', b'"x":"%b","ts"' % (b"p" * padding)), ORIGIN)

    assert (len(decoded.readings), [one.code for one in decoded.rejected]) == (
        (1, []) if size == 131_072 else (0, ["too_large"])
    )


def test_a_message_is_taken_whole_or_not_at_all() -> None:
    decoded = decode(native(b'{"a":1,"b":2,"c":NaN}'), ORIGIN)

    assert decoded.readings == []
    assert "NaN" in decoded.rejected[0].reason


def test_a_text_may_say_nan_and_a_neighbour_may_be_broken() -> None:
    decoded = decode(b"[" + native(b'{"a":"NaN, [ {"}') + b",{oops}," + GOOD + b"]", ORIGIN)

    assert [one.value for one in decoded.readings] == ["NaN, [ {", 12, 0]
    assert [(one.code, one.raw) for one in decoded.rejected] == [("not_json", b"{oops}")]


def test_an_array_that_was_cut_off_keeps_its_whole_messages() -> None:
    decoded = decode(b"[" + GOOD + b"," + GOOD[:-20], ORIGIN)

    assert len(decoded.readings) == 2
    assert [one.code for one in decoded.rejected] == ["not_json"]


def test_of_a_name_that_stands_twice_the_last_counts() -> None:
    decoded = decode(b'{"device":"A","device":"M","ts":"2025-03-03T06:00:00Z","measurements":{"a":1,"a":2}}', ORIGIN)

    assert [(one.device, one.value) for one in decoded.readings] == [("M", 2)]


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    assert len(decode(b"\xef\xbb\xbf" + GOOD, ORIGIN).readings) == 2


@pytest.mark.parametrize(
    "payload",
    [
        b"[" + b"1," * 65_000 + b"1]",
        b"[" + b'"' * 131_000,
        b'["' + b'\\"' * 65_000,
        b"[" + b"\\" * 131_000,
        b"[" + b"{" * 131_000,
        b"[" + b"]" * 131_000,
        b"[" + b"{}," * 43_000,
        b"timestamp,device,attribute,value,unit\n" + b",,,,\n" * 26_000,
        b"timestamp,device,attribute,value,unit\n" + b'"' * 131_000,
        b"timestamp,device,attribute,value,unit\n" + b"\r" * 131_000,
        native(b"{" + b",".join(b'"k%d":1' % i for i in range(12_000)) + b"}"),
    ],
    ids=lambda payload: payload[:30].decode(),
)
def test_nothing_hostile_takes_long(payload: bytes) -> None:
    started = time.process_time()

    decode(payload, ORIGIN)

    assert time.process_time() - started < 2


def test_a_sender_that_invents_names_is_forgotten_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels_module, "MAX_CHANNELS", 100)
    site = SITE.model_copy()
    for number in range(1_000):
        decode(native(b'{"a%d":1}' % number, device=b'"D%d"' % number), Origin(site, received_us=RECEIVED_US))

    known = channels_of(site).devices

    assert len(known) <= 100
    assert sum(len(device.channels) for device in known.values()) <= 100


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
measured = st.fixed_dictionaries({"value": scalars}, optional={"unit": st.text() | st.sampled_from(["CEL", "g", "%"])})
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
stamps = (
    st.sampled_from(["2025-03-03T06:00:00Z", "2025-03-03T06:00:00.5+01:00", "1999-01-01T00:00:00Z", ""]) | st.text()
)
messages = st.fixed_dictionaries(
    {"device": st.sampled_from(["Freezer Tunnel", "M"]) | st.text(), "ts": stamps | anything},
    optional={"measurements": st.dictionaries(st.text(), scalars | measured | anything), "x": anything},
)
entities = st.fixed_dictionaries(
    {"id": st.text() | st.just("urn:ngsi-ld:M:t:s:freezer-tunnel"), "type": st.just("M")},
    optional={
        name: anything | st.fixed_dictionaries({"value": anything, "observedAt": stamps | anything}, optional={
            "unitCode": anything, "datasetId": anything, "type": anything, "sourceValue": anything,
            "sourceUnit": anything, "dataQuality": anything, "sourceAttribute": anything,
        })
        for name in ("Temperature", "machineState", "name", "a b", "@context")
    },
)  # fmt: skip


def encoded(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return b"{}"


@given(st.lists(messages | entities | anything, max_size=4).map(encoded) | (messages | entities).map(encoded))
def test_any_json_becomes_readings_or_reasons(payload: bytes) -> None:
    decoded = decode(payload, ORIGIN)

    for reading in decoded.readings:
        assert reading.device
        assert reading.attribute
        assert type(reading.value) in (float, bool, str)
        assert reading.value not in ("", float("inf"), float("-inf"))
        msgspec.json.encode(reading)  # nothing in it that cannot be written as UTF-8
    assert all(one.code and one.reason and one.readings >= 1 for one in decoded.rejected)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"[\xff")
@example(b'["\\')
def test_any_bytes_become_readings_or_reasons(payload: bytes) -> None:
    for format_ in ("", *(row.name for row in FORMATS)):
        decoded = decode(payload, Origin(SITE, received_us=RECEIVED_US, format=format_))

        assert all(one.code and one.reason for one in decoded.rejected)


@given(st.integers(0, len(GOOD)), st.binary(max_size=3))
def test_a_good_message_with_bytes_struck_into_it_never_harms_the_one_beside_it(at: int, struck: bytes) -> None:
    hit = GOOD[:at] + struck + GOOD[at:]
    decoded = decode(b"[" + GOOD + b"," + hit + b"]", ORIGIN)

    assert [one.value for one in decoded.readings[:2]] == [12, 0]


def test_an_unknown_format_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no format is called sparkplug"):
        decode(b"x", Origin(SITE, received_us=RECEIVED_US, format="sparkplug"))
