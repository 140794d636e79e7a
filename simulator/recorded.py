"""Telemetry as a CSV file: `timestamp,device,attribute,value,unit`, a row per value."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from simulator.run import Sample
from simulator.telemetry import Measured

HEADER = ("timestamp", "device", "attribute", "value", "unit")


class CsvFile:
    """Writes samples to an open text file; `rows` counts the values written."""

    def __init__(self, out: TextIO) -> None:
        self._writer = csv.writer(out, lineterminator="\n")
        self._writer.writerow(HEADER)
        self.rows = 0

    def write(self, sample: Sample) -> None:
        values = list(_values(sample))
        self._writer.writerows(values)
        self.rows += len(values)


def _values(sample: Sample) -> Iterator[tuple[str, str, str, float | str, str]]:
    for message in sample.messages:
        for attribute, measured in message.measurements.items():
            if isinstance(measured, Measured):
                yield message.ts, message.device, attribute, measured.value, measured.unit
            else:
                yield message.ts, message.device, attribute, measured, ""
