"""A report is shown where it lies in the lake."""

from __future__ import annotations

from lineside.lake.memory import MemoryObjects
from lineside.releases.reports import ObjectReports
from tests.releases.builders import a_release


def test_a_report_is_read_by_its_key_and_missing_where_there_is_none() -> None:
    lake = MemoryObjects()
    lake.put("releases/r-1/report.html", "<h1>14 % better, „wirklich“</h1>".encode())
    reports = ObjectReports(lake)

    assert reports.html(a_release(report="releases/r-1/report.html")) == "<h1>14 % better, „wirklich“</h1>"
    assert reports.html(a_release(report="releases/r-2/report.html")) is None
    assert reports.html(a_release()) is None
