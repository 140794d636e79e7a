from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.telemetry.decode import Decoded, Origin, decode
from lineside.telemetry.from_csv import read_rows
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import render
from tests.telemetry.conftest import RECEIVED_US, SITE

HEADER = b"timestamp,device,attribute,value,unit\n"
ORIGIN = Origin(SITE, received_us=RECEIVED_US)


def row(value: str, unit: str = "", attribute: str = "Good", device: str = "M") -> bytes:
    return f"2025-03-03T06:00:00Z,{device},{attribute},{value},{unit}\n".encode()


def test_the_captured_file_becomes_its_readings(samples: Path) -> None:
    decoded = decode((samples / "messages" / "telemetry.csv").read_bytes(), ORIGIN)

    assert [(one.attribute, one.value) for one in decoded.readings] == [
        ("Temperature", -21.3), ("State", "Running"), ("Blocked", False), ("Bad", 0.0),
        ("Operator", "Ada, second shift"),
    ]  # fmt: skip
    assert (decoded.missing, decoded.rejected) == (1, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0), ("-1.5e3", -1500.0), ("+.5", 0.5), ("12.", 12.0), ("007", 7.0), ("TRUE", True), ("False", False),
        ("1_000", "1_000"), ("１２", "１２"), (" 12", " 12"), ("0x1f", "0x1f"), ("1,5", None), ("nano", "nano"),
        ("Running", "Running"),
    ],
)  # fmt: skip
def test_a_value_is_a_number_a_truth_or_text(text: str, value: object) -> None:
    decoded = decode(HEADER + row(text), ORIGIN)

    assert [one.value for one in decoded.readings] == ([] if value is None else [value])
    assert [type(one.value) for one in decoded.readings] == ([] if value is None else [type(value)])


@pytest.mark.parametrize("text", ["nan", "NaN", "-inf", "Infinity", "1e999", "9" * 400])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    decoded = decode(HEADER + row("1") + row(text) + row("3"), ORIGIN)

    assert [one.value for one in decoded.readings] == [1, 3]
    assert [one.code for one in decoded.rejected] == ["not_finite"]


def test_every_row_stands_alone_and_a_bad_one_can_be_replayed_as_it_was_kept() -> None:
    bad = [row("3", "V", "Temperature", "Freezer Tunnel"), b"yesterday,M,Good,3,\n", b"too,few\n", row("x", device="")]
    decoded = decode(HEADER + row("1") + b"".join(bad) + row("5"), ORIGIN)

    assert [one.value for one in decoded.readings] == [1, 5]
    assert [one.code for one in decoded.rejected] == [
        "unit_contradicts", "timestamp_unreadable", "wrong_type", "name_empty",
    ]  # fmt: skip
    for kept, one in zip(bad, decoded.rejected, strict=True):
        assert one.raw == HEADER + kept.rstrip(b"\n")
        assert decode(one.raw, ORIGIN).rejected == [one]


def test_rows_may_repeat_and_come_in_any_order_and_end_in_any_way() -> None:
    rows = b"2025-03-03T06:00:05Z,M,Good,2,\r\n2025-03-03T06:00:00Z,M,Good,1,\r\n2025-03-03T06:00:00Z,M,Good,1,"

    assert [one.value for one in decode(HEADER + rows, ORIGIN).readings] == [2, 1, 1]


def test_columns_are_found_by_their_names() -> None:
    decoded = decode(
        b"\xef\xbb\xbfDevice,timestamp,value,attribute,dataset\nM,2025-03-03T06:00:00Z,4,Good,inlet\n", ORIGIN
    )

    assert [(one.device, one.dataset, one.value) for one in decoded.readings] == [("M", "inlet", 4)]


def test_a_header_that_lacks_a_column_says_which() -> None:
    decoded = decode(b"timestamp,device,name,number\n2025-03-03T06:00:00Z,M,a,1\n", ORIGIN)

    assert [one.reason for one in decoded.rejected] == ["the CSV header lacks attribute, value"]


def test_a_machine_may_send_rows_about_itself_only() -> None:
    payload = HEADER + row("1", device="Cookie Inspector") + row("2", device="M")
    decoded = decode(payload, Origin(SITE, "inspector", received_us=RECEIVED_US))

    assert [one.device for one in decoded.readings] == ["Cookie Inspector"]
    assert [one.code for one in decoded.rejected] == ["other_device"]


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=9)
values = st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | names
instants = st.integers(1_000_000_000_000_000, RECEIVED_US)


@given(st.lists(st.tuples(instants, names, names, values), max_size=8))
def test_what_a_csv_writer_wrote_is_what_is_read(rows: list[tuple[int, str, str, object]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = [
        f"{render(at)},{quoted(device)},{quoted(attribute)},{quoted(str(value))},"
        for at, device, attribute, value in rows
    ]
    payload = HEADER + "\n".join(lines).encode()

    decoded = decode(payload, Origin(None, received_us=RECEIVED_US))
    alone = [decode(HEADER + line.encode(), Origin(None, received_us=RECEIVED_US)) for line in lines]

    assert decoded.readings == [one for each in alone for one in each.readings]
    assert [one.code for one in decoded.rejected] == [one.code for each in alone for one in each.rejected]
    for (at, device, attribute, value), each in zip(rows, alone, strict=True):
        if device.isspace() or attribute.isspace() or isinstance(value, str):
            continue
        assert [(one.observed_us, one.device, one.attribute, one.value) for one in each.readings] == [
            (at, device, attribute, value)
        ]


@given(st.binary(max_size=100))
def test_any_rows_become_readings_or_reasons(rest: bytes) -> None:
    decoded = decode(HEADER + rest, ORIGIN)

    assert isinstance(decoded, Decoded)
    assert all(one.code and one.reason and one.raw.startswith(HEADER[:-1]) for one in decoded.rejected)


def test_reading_rows_at_once_stops_at_the_first_bad_one() -> None:
    from lineside.telemetry.channels import Channels

    with pytest.raises(Rejection, match="not RFC 3339"):
        read_rows(HEADER + b"never,M,Good,1,\n", Channels(None), "", RECEIVED_US, [])
