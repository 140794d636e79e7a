"""Readings -> columns in the lake's order, without a Python step per row and column where one can be saved.

Rows of one batch share few combinations of names, units and quality, so each row first becomes one number for its
combination (`_Traits`); sorting, splitting by hour and dropping duplicates then happen on numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lineside.lake.paths import HOUR_US
from lineside.lake.rows import Ints, Rows, distinct, fingerprints
from lineside.lake.schema import BOOLEAN, INSTANT, KINDS, NUMBER, SCHEMA, TEXT
from lineside.telemetry.reading import Reading, Value

_TRAITS = ("device", "attribute", "dataset", "unit", "source_unit", "quality", "reason", "flags")
_trait_of = attrgetter(*_TRAITS)
_KIND_OF: dict[type, int] = {float: NUMBER, int: NUMBER, bool: BOOLEAN, str: TEXT}


@dataclass(frozen=True)
class Batch:
    """A batch as columns, in the order given; `order` lists the rows that count, sorted by series and time."""

    rows: Rows
    order: Ints
    duplicates: int
    conflicts: int
    traits: list[tuple[str, ...]]
    trait: Ints
    kind: NDArray[np.int8]
    number: NDArray[np.float64]
    text: list[str | None] | None
    source: list[str | None] | None

    def by_hour(self) -> list[tuple[int, Ints]]:
        """The start of each observed hour (microseconds) and the rows that count in it, in the lake's order."""
        hour = self.rows.observed[self.order] // HOUR_US
        if not len(hour):
            return []
        if hour[0] == hour[-1] and (hour == hour[0]).all():
            return [(int(hour[0]) * HOUR_US, self.order)]
        return [(int(one) * HOUR_US, self.order[hour == one]) for one in np.unique(hour)]

    def table(self, take: Ints) -> pa.Table:
        """These rows as Arrow columns of `SCHEMA`."""
        traits = self.trait[take]
        names = {name: _dictionary(traits, [trait[at] for trait in self.traits]) for at, name in enumerate(_TRAITS)}
        kind = self.kind[take]
        columns = names | {
            "observed_at": _instants(self.rows.observed[take]),
            "received_at": _instants(self.rows.received[take]),
            "value_number": pa.array(self.number[take], mask=(kind == TEXT) | np.isnan(self.number[take])),
            "value_kind": _dictionary(kind, list(KINDS)),
            "value_text": _texts(self.text, take),
            "source_value": _texts(self.source, take),
        }
        return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def encode(readings: Sequence[Reading]) -> Batch:
    """The columns of a batch, each identity once."""
    rows = len(readings)
    traits, trait = _numbered(readings)
    kind, number, text = _values([reading.value for reading in readings])
    observed = np.fromiter(map(attrgetter("observed_us"), readings), np.int64, rows)
    received = np.fromiter(map(attrgetter("received_us"), readings), np.int64, rows)
    series = sorted({(one[0], one[1], one[2]) for one in traits})
    rank = {key: at for at, key in enumerate(series)}
    series_of_trait = np.array([rank[one[0], one[1], one[2]] for one in traits], np.int64)
    code = series_of_trait[trait] if rows else np.zeros(0, np.int64)
    identities = Rows(series, code, observed, received, fingerprints(kind, number, text))
    kept = distinct(identities)
    return Batch(
        identities, kept.order, kept.duplicates, kept.conflicts, traits, trait, kind, number, text, _sources(readings)
    )


def _numbered(readings: Sequence[Reading]) -> tuple[list[tuple[str, ...]], Ints]:
    number_of: defaultdict[tuple[str, ...], int] = defaultdict(count().__next__)
    trait = np.fromiter(map(number_of.__getitem__, map(_trait_of, readings)), np.int64, len(readings))
    return list(number_of), trait


def _values(values: list[Value]) -> tuple[NDArray[np.int8], NDArray[np.float64], list[str | None] | None]:
    types = set(map(type, values))
    if types <= {float}:
        return np.zeros(len(values), np.int8), np.array(values, np.float64), None
    kind = np.fromiter(map(_KIND_OF.__getitem__, map(type, values)), np.int8, len(values))
    if str not in types:
        return kind, np.array(values, np.float64), None
    number = np.array([0.0 if type(value) is str else value for value in values], np.float64)
    return kind, number, [value if type(value) is str else None for value in values]


def _sources(readings: Sequence[Reading]) -> list[str | None] | None:
    values = [reading.source_value for reading in readings]
    if not any(value is not None for value in values):
        return None
    return [None if value is None else source_text(value) for value in values]


def source_text(value: Value) -> str:
    """What was sent, as text: true and false as JSON spells them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _dictionary(codes: NDArray[Any], labels: list[str]) -> pa.DictionaryArray:
    names = sorted(set(labels))
    at = {name: place for place, name in enumerate(names)}
    places = np.array([at[label] for label in labels], np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places[codes]), pa.array(names, pa.string()))


def _texts(texts: list[str | None] | None, take: Ints) -> pa.Array:
    if texts is None:
        return pa.DictionaryArray.from_arrays(pa.nulls(len(take), pa.int32()), pa.array([], pa.string()))
    return pa.array(texts, pa.string()).take(pa.array(take)).dictionary_encode()


def _instants(microseconds: Ints) -> pa.Array:
    return pa.array(microseconds).view(INSTANT)
