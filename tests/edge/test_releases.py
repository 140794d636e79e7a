"""The releases of a running plant: what the command line switches is what the next conversation gets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge.folder import DataFolder
from edge.releases import FileReports, PlantReleases
from lineside.releases.aliases import KEPT_SECONDS
from lineside.releases.settings import CanarySettings
from tests.releases.builders import NOW_US, a_release, an_outcome

ROOT = Path(__file__).parents[2]
FASTER = 10
"""The clock of the plant under test runs so many times as fast, so that nobody waits for half a minute."""
RUNNING = f"""
import sys, time
from pathlib import Path
from edge.releases import PlantReleases

folder = Path(sys.argv[1])
plant = PlantReleases(folder / "releases.db", folder / "reports", seconds=lambda: {FASTER} * time.monotonic())
said = None
while True:
    released = plant.aliases.released("live", "c-1")
    now = released.release_id if released else "nobody"
    if now != said:
        print(now, flush=True)
        said = now
    time.sleep(0.02)
"""


def command(folder: Path, *arguments: str) -> str:
    """`lineside releases`, as a process of its own."""
    program = "from edge.cli.releases import releases_app; releases_app()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--data", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_switch_by_the_command_line_reaches_a_running_plant_within_half_a_minute(tmp_path: Path) -> None:
    given(tmp_path)
    arguments = [sys.executable, "-c", RUNNING, str(tmp_path)]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as running:
        assert running.stdout is not None
        heard = [running.stdout.readline().strip()]
        taken = []
        for switch in (("promote", "r-2"), ("rollback", "--reason", "it is rude")):
            command(tmp_path, *switch)
            done = time.monotonic()
            heard.append(running.stdout.readline().strip())
            taken.append((time.monotonic() - done) * FASTER)
        running.terminate()

    assert heard == ["r-1", "r-2", "r-1"]
    assert max(taken) < KEPT_SECONDS + 10


def given(folder: Path) -> None:
    """r-1 is live, r-2 approved."""
    releases = PlantReleases(folder / "releases.db", folder / "reports")
    for number in (1, 2):
        releases.store.put(a_release(f"r-{number}", made_us=NOW_US + number))
    releases.desk.promote("r-1", by="Anna")
    releases.close()


def test_the_watch_takes_a_canary_back_and_says_what_keeps_it_from_looking(tmp_path: Path) -> None:
    given(tmp_path)
    settings = CanarySettings(least_answers=10)
    releases = PlantReleases(tmp_path / "releases.db", tmp_path / "reports", now_us=lambda: NOW_US)
    releases.desk.promote("r-2", by="Anna", canary_share=0.1)
    for number in range(60):
        for release_id in ("r-1", "r-2"):
            outcome = an_outcome(number, release_id, failed=release_id == "r-2", conversation=f"{release_id}-{number}")
            releases.outcomes.record(outcome)

    releases.watch(settings)

    assert releases.trouble == ""
    assert releases.desk.aliases().canary is None
    assert releases.desk.get("r-2").status == "rolled_back"
    releases.close()
    releases.watch(settings)
    assert releases.trouble.startswith("the canary could not be watched: the records of releases cannot be used")


@pytest.mark.parametrize("name", ["r-1.html", "/etc/r-1.html", "../r-1.html"])
def test_a_report_is_read_from_its_folder_and_from_nowhere_else(tmp_path: Path, name: str) -> None:
    folder = DataFolder(tmp_path).reports
    folder.mkdir()
    (folder / "r-1.html").write_text("14 % better")
    (tmp_path / "r-2.html").write_text("somebody's secret")

    assert FileReports(folder).html(a_release(report=name)) == "14 % better"
    assert FileReports(folder).html(a_release(report="../r-2.html")) is None
    assert FileReports(folder).html(a_release()) is None
