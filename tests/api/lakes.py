"""A plant with a lake behind its HTTP application."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.files import FileObjects
from lineside.lake import Lake
from lineside.lake.history import History
from lineside.site.model import Site
from lineside.telemetry.reading import Reading, Value
from lineside.telemetry.timestamps import parse
from tests.api.conftest import NOW_US, Plant

SITE, LINE = "north", "line-1"


def said(device: str, attribute: str, age_seconds: Iterable[float], value: Value, unit: str = "") -> list[Reading]:
    """The same value at each of these ages before now."""
    return [
        Reading(device, attribute, at_us, value, unit=unit, received_us=at_us)
        for at_us in (NOW_US - round(age * 1e6) for age in age_seconds)
    ]


@contextmanager
def lake_behind(plant: Plant, folder: Path, readings: list[Reading], site: Site | None = None) -> Iterator[Lake]:
    """The plant with these readings in its lake and its twin."""
    objects = FileObjects(folder, durable=False)
    lake, history = Lake(objects), History(objects)
    plant.has(telemetry=history, **({"site": site} if site else {}))
    name = site.site if site else SITE
    if readings:
        lake.append(name, LINE, readings, "all")
        plant.services.twin.update(name, LINE, readings)
    yield lake
    history.close()


def recorded(path: Path) -> list[Reading]:
    """A telemetry CSV as readings; an empty value is missing."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["value"] != ""]
    times = [parse(row["timestamp"]) for row in rows]
    return [
        Reading(row["device"], row["attribute"], at_us, _value(row["value"]), unit=row["unit"], received_us=at_us)
        for row, at_us in zip(rows, times, strict=True)
    ]


def _value(text: str) -> Value:
    if text in ("True", "False"):
        return text == "True"
    try:
        return float(text)
    except ValueError:
        return text
