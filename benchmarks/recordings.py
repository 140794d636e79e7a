"""The real recordings through `lineside replay`, scored as people would have heard them, and how fast that went."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from types import ModuleType

from benchmarks import data
from benchmarks.detection import load_evaluate

PHASES = (60, 120, 180, 240, 300)
_COMMAND = (sys.executable, "-c", "from edge.cli import main; main()", "replay")


@dataclass(frozen=True)
class _Run:
    """One replay: the messages, and what the whole process cost, imports included."""

    messages: list[dict[str, str]]
    rows: int
    wall_seconds: float
    cpu_seconds: float


def bench() -> list[tuple[str, str]]:
    """Scores and rows per second, or why there are none."""
    shared = data.folder()
    evaluate = load_evaluate(shared) if shared else None
    if shared is None or evaluate is None:
        return [("recordings", "skipped: they are not here; set LINESIDE_DATA to read them")]
    return [*_cookies(shared), *_skab(shared, evaluate), *_nab(shared, evaluate)]


def _cookies(shared: Path) -> list[tuple[str, str]]:
    folder = shared / "cookie-factory"
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site.yaml"
        site.write_text(_site_of(folder / "line.json"))
        runs = [_replay(folder / "telemetry.csv", phase, site) for phase in PHASES]
    counts = [len(run.messages) for run in runs]
    causes = sorted({row["cause"] for run in runs for row in run.messages})
    found = sum(any(_names_the_conveyor(row) for row in run.messages) for run in runs)
    return [
        ("cookie hour: messages by tick phase", ", ".join(map(str, counts))),
        ("cookie hour: causes named", ", ".join(causes)),
        ("cookie hour: conveyor named with inspector and former", f"in {found} of {len(runs)} phases"),
        ("cookie hour: speed", _speed(runs)),
    ]


def _names_the_conveyor(row: dict[str, str]) -> bool:
    affected = row["affected"].split(";")
    return row["cause"] == "Vertical Conveyor" and {"Cookie Inspector", "Cookie Former"} <= set(affected)


def _site_of(line_json: Path) -> str:
    """The line's facts as a site file."""
    line = json.loads(line_json.read_text())
    machines = [
        {
            "id": machine,
            "feeds": [fed for feeder, fed in line["feeds"] if feeder == machine],
            "buffer": machine in line["buffers"],
        }
        for machine in line["machines"]
    ]
    return json.dumps({"site": "cookies", "lines": [{"id": "line-1", "machines": machines}]})  # JSON is YAML


def _skab(shared: Path, evaluate: ModuleType) -> list[tuple[str, str]]:
    runs = [_replay(shared / "skab" / "telemetry.csv", phase) for phase in PHASES]
    return [
        ("SKAB, mean of five tick phases", _score(shared / "skab", evaluate, runs, "pump")),
        ("SKAB: speed", _speed(runs)),
    ]


def _nab(shared: Path, evaluate: ModuleType) -> list[tuple[str, str]]:
    runs = [_replay(shared / "nab" / "telemetry.csv", PHASES[-1])]
    return [
        ("NAB machine, one tick phase", _score(shared / "nab", evaluate, runs, "machine")),
        ("NAB ambient, one tick phase", _score(shared / "nab", evaluate, runs, "ambient")),
        ("NAB: speed, a tick for nearly every reading", _speed(runs)),
    ]


def _score(folder: Path, evaluate: ModuleType, runs: list[_Run], devices: str) -> str:
    times, incidents = evaluate.load(str(folder))
    totals = []
    for run in runs:
        notes = [(evaluate.P(row["timestamp"]), row["device"]) for row in run.messages]
        totals.append(evaluate.total(evaluate.score(times, incidents, notes), lambda name: name.startswith(devices)))
    hits, false = mean(total["detected"] for total in totals), mean(total["false_per_shift"] for total in totals)
    return f"{hits:.1f} of {totals[0]['incidents']} at {false:.2f} false per shift"


def _speed(runs: list[_Run]) -> str:
    rows = mean(run.rows for run in runs)
    wall, cpu = mean(run.wall_seconds for run in runs), mean(run.cpu_seconds for run in runs)
    return f"{rows / wall:,.0f} rows/s, {rows / cpu:,.0f} by CPU time (whole process, imports included)"


def _replay(recording: Path, first_tick_seconds: int, site: Path | None = None) -> _Run:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "notifications.csv"
        arguments = [str(recording), "--out", str(out), "--first-tick", str(first_tick_seconds)]
        began, used = time.monotonic(), os.times()
        subprocess.run(
            [*_COMMAND, *arguments, *(["--site", str(site)] if site else [])], check=True, stderr=subprocess.PIPE
        )
        now = os.times()
        cpu = now.children_user + now.children_system - used.children_user - used.children_system
        with out.open(newline="") as rows:
            messages = list(csv.DictReader(rows))
        wall = time.monotonic() - began
    with recording.open() as lines:
        return _Run(messages, sum(1 for _ in lines) - 1, wall, cpu)
