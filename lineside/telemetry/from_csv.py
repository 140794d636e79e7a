"""Telemetry CSV: header `timestamp,device,attribute,value,unit`, one reading a row.

A value is a number, true or false in any letter case, or text; an empty one is missing, never zero. Every row
stands alone. The columns are found by their names, so their order is the file's own; `unit` may be absent and
`dataset` may be added.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from lineside.telemetry.channels import NUMBER, Channels
from lineside.telemetry.reading import Reading, Value
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES, Rejection
from lineside.telemetry.timestamps import DAY_US, EARLIEST_US, check_plausible, read

COLUMNS: Final = ("timestamp", "device", "attribute", "value", "unit", "dataset")
_NEEDED: Final = COLUMNS[:4]
_NOT_A_NUMBER: Final = frozenset(("nan", "inf", "infinity"))
_MAX_VALUES: Final = 16_384
_values: dict[str, Value] = {}


def looks_like_csv(payload: bytes) -> bool:
    header = payload[:200].splitlines()[:1]
    return bool(header) and header[0].count(b",") >= len(_NEEDED) - 1 and b"timestamp" in header[0]


def split_csv(payload: bytes) -> Iterator[bytes]:
    """Each row under its header, so that a row that cannot be read can be replayed as it lies."""
    lines = payload.splitlines(keepends=True)
    if len(lines) < 2:
        return
    header, rest = lines[0].rstrip(b"\r\n"), lines[1:]
    rows = csv.reader(line.decode("utf-8", "replace") for line in rest)
    taken = 0
    for row in _lenient(rows):
        raw, taken = b"".join(rest[taken : rows.line_num]), rows.line_num
        if row:
            yield header + b"\n" + raw.rstrip(b"\r\n")


def _lenient(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows; one that csv itself cannot read comes as a row of nothing that fits."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield [str(error)]


def read_rows(payload: bytes, channels: Channels, thing: str, received_us: int, readings: list[Reading]) -> int:
    """Append the reading of every row; returns how many values were missing. Raises `Rejection` at a bad row."""
    rows = csv.reader(StringIO(payload.decode().removeprefix("\ufeff"), newline=""))
    try:
        columns = _columns(next(rows, []))
        return sum(_read_row(row, columns, channels, thing, received_us, readings) for row in rows if row)
    except csv.Error as error:
        raise Rejection("not_csv", f"the row is not CSV: {error}") from error


def _columns(header: list[str]) -> tuple[int, ...]:
    """Where each of `COLUMNS` stands; -1 for one that is absent."""
    names = [name.strip().casefold() for name in header]
    lacking = [name for name in _NEEDED if name not in names]
    if lacking:
        raise Rejection("wrong_type", f"the CSV header lacks {', '.join(lacking)}")
    return (*(names.index(name) if name in names else -1 for name in COLUMNS), len(names))


def _read_row(
    row: list[str], columns: tuple[int, ...], channels: Channels, thing: str, received_us: int, readings: list[Reading]
) -> int:
    at_timestamp, at_device, at_attribute, at_value, at_unit, at_dataset, width = columns
    if len(row) != width:
        raise Rejection("wrong_type", f"the row has {len(row)} columns and its header {width}")
    device = channels.device(row[at_device])
    if thing:
        channels.check_sender(device, thing)
    observed_us = read(row[at_timestamp])[0]
    if not EARLIEST_US <= observed_us <= received_us + DAY_US:
        check_plausible(observed_us, received_us)
    text = row[at_value]
    unit = row[at_unit] if at_unit >= 0 else ""
    dataset = row[at_dataset] if at_dataset >= 0 else ""
    if not text:
        return 1
    value = _values.get(text)
    if value is None:
        value = _value(text)
    readings.append(channels.channel(device, row[at_attribute], unit, dataset).read(value, observed_us, received_us))
    return 0


def _value(text: str) -> Value:
    value = _read_value(text)
    if len(text) <= 32:
        if len(_values) >= _MAX_VALUES:
            _values.clear()
        _values[text] = value
    return value


def _read_value(text: str) -> Value:
    if NUMBER.fullmatch(text):
        number = float(text)
        if number - number != 0:
            raise Rejection("not_finite", f"{text[:40]} is too large for a number")
        return number
    folded = text.casefold()
    if folded in ("true", "false"):
        return folded == "true"
    if folded.lstrip("+-") in _NOT_A_NUMBER:
        raise Rejection("not_finite", f"{text[:40]} is not a finite number")
    return text


csv.field_size_limit(MAX_MESSAGE_BYTES)
