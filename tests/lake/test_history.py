from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edge.files import FileObjects
from lineside.errors import Unavailable
from lineside.lake import Lake
from lineside.lake.history import History, HourlyMean
from lineside.lake.memory import MemoryObjects
from lineside.lake.objects import ObjectStore
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US, reading

END_US = SIX_US + 24 * HOUR_US


@pytest.fixture(params=["on this machine", "far away"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return FileObjects(tmp_path / "lake") if request.param == "on this machine" else MemoryObjects()


@pytest.fixture
def history(objects: ObjectStore, tmp_path: Path) -> History:
    return History(objects, tmp_path / "scratch")


def fill(objects: ObjectStore) -> Lake:
    lake = Lake(objects)
    lake.append(
        SITE,
        LINE,
        [reading(0, 1.0), reading(1, 2.0), reading(3600, 5.0), reading(0, "Running", attribute="State")],
        "a",
    )
    lake.append(SITE, LINE, [reading(1, 99.0, received=50), reading(2, 3.0), reading(0, 40.0, "Mixer")], "b")
    lake.append(SITE, LINE, [reading(3, 1e9, quality="bad"), reading(7200, True, attribute="Door")], "c")
    return lake


OVEN_AND_MIXER = [
    HourlyMean(SIX_US, 11.5, 1.0, 40.0, 4),
    HourlyMean(SIX_US + HOUR_US, 5.0, 5.0, 5.0, 1),
]


@pytest.mark.parametrize("compacted", ["nothing", "everything", "the first hour"])
def test_hourly_means_count_each_reading_once(objects: ObjectStore, history: History, compacted: str):
    lake = fill(objects)
    if compacted != "nothing":
        lake.compact(SITE, LINE, SIX_US + (9 if compacted == "everything" else 1) * HOUR_US, 0)

    assert history.hourly_means(SITE, LINE, "Temperature", SIX_US, END_US) == OVEN_AND_MIXER


def test_means_of_named_devices_and_of_each_device(objects: ObjectStore, history: History):
    fill(objects).compact(SITE, LINE, END_US)

    mixer = history.hourly_means(SITE, LINE, "Temperature", SIX_US, END_US, devices=["Mixer", "Nobody"])
    each = history.hourly_means(SITE, LINE, "Temperature", SIX_US, SIX_US + 1, by_device=True)

    assert mixer == [HourlyMean(SIX_US, 40.0, 40.0, 40.0, 1)]
    assert each == [HourlyMean(SIX_US, 40.0, 40.0, 40.0, 1, "Mixer"), HourlyMean(SIX_US, 2.0, 1.0, 3.0, 3, "Oven")]


def test_late_readings_in_a_compacted_hour_are_counted_once(objects: ObjectStore, history: History):
    lake = fill(objects)
    lake.compact(SITE, LINE, END_US)
    lake.append(SITE, LINE, [reading(0, 7.0, received=99), reading(3601, 7.0)], "late")

    means = history.hourly_means(SITE, LINE, "Temperature", SIX_US, END_US)
    lake.compact(SITE, LINE, END_US)

    assert means == [OVEN_AND_MIXER[0], HourlyMean(SIX_US + HOUR_US, 6.0, 5.0, 7.0, 2)]
    assert history.hourly_means(SITE, LINE, "Temperature", SIX_US, END_US) == means


def test_what_was_never_recorded_has_no_mean(objects: ObjectStore, history: History):
    fill(objects)

    assert history.hourly_means(SITE, LINE, "Pressure", SIX_US, END_US) == []
    assert history.hourly_means(SITE, LINE, "State", SIX_US, END_US) == []
    assert history.hourly_means(SITE, "line-9", "Temperature", SIX_US, END_US) == []


def test_a_hostile_name_is_only_a_name(objects: ObjectStore, history: History):
    fill(objects)

    assert history.hourly_means(SITE, LINE, "' OR 1=1 --", SIX_US, END_US, devices=["'; DROP TABLE x"]) == []


def test_distant_objects_need_somewhere_to_lie():
    objects = MemoryObjects()
    fill(objects)

    with pytest.raises(Unavailable, match="scratch"):
        History(objects).hourly_means(SITE, LINE, "Temperature", SIX_US, END_US)


def test_a_function_carries_one_of_pyarrow_and_duckdb():
    script = """
import sys
sys.modules["pyarrow"] = None
import lineside.lake.history, lineside.lake.paths
assert "duckdb" not in sys.modules
sys.modules["duckdb"] = None
del sys.modules["pyarrow"]
import lineside.lake.lake, lineside.line.ingest
"""
    subprocess.run([sys.executable, "-c", script], check=True)
