"""The releases of a plant: their file, the desk, the aliases that its models ask, and the watch over a canary."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from edge.folder import DataFolder
from edge.sqlite_releases import Releases, SqliteOutcomes, SqliteReleases
from edge.timer import now_us
from lineside.errors import LinesideError, Misconfigured
from lineside.releases.aliases import CachedAliases
from lineside.releases.canary import watch
from lineside.releases.desk import ReleaseDesk
from lineside.releases.record import ModelRelease
from lineside.releases.settings import CanarySettings

logger = logging.getLogger(__name__)

WATCH_SECONDS: Final = 60.0
"""From one look at a canary to the next. Most of them only count: looks that decide are fixed by numbers of answers."""


class FileReports:
    """A `Reports`: `release.report` is a file's name in this folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def html(self, release: ModelRelease) -> str | None:
        """None where it is not there any more. A name never leads out of the folder."""
        file = self._folder / Path(release.report).name
        return file.read_text(encoding="utf-8", errors="replace") if release.report and file.is_file() else None


class PlantReleases:
    """Everything about releases that a plant needs, over one file that the command line opens as well.

    `file` is `releases.db`, or None for memory; `reports` the folder of the evaluations' reports.
    """

    def __init__(
        self,
        file: Path | None,
        reports: Path,
        now_us: Callable[[], int] = now_us,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._releases = Releases(file)
        self._now_us = now_us
        self.store, self.outcomes = SqliteReleases(self._releases), SqliteOutcomes(self._releases)
        self.desk = ReleaseDesk(self.store, now_us, reports=FileReports(reports))
        self.aliases = CachedAliases(self.store.aliases, seconds)
        self.trouble = ""
        """Why the canary could not be watched, in one sentence; empty while all is well."""

    def watch(self, settings: CanarySettings) -> None:
        """One look at the canary, for a timer. What goes wrong is told by `trouble`, and tried again at the next."""
        try:
            verdict = watch(self.desk, self.outcomes, settings, self._now_us())
        except LinesideError as error:
            self.trouble = f"the canary could not be watched: {error}"
            logger.error("%s", self.trouble)
            return
        self.trouble = ""
        if verdict is not None and verdict.decision != "wait":
            logger.info("the canary's watch decided: %s: %s", verdict.decision, verdict.why)

    def close(self) -> None:
        self._releases.close()


@contextmanager
def plant_releases(data: Path, *, make: bool) -> Iterator[PlantReleases]:
    """A plant's releases. Without `make`, a file that is not there is none, and is not made."""
    if not data.is_dir():
        raise Misconfigured(f"there is no data folder {data}; name the plant's with --data, or an address with --api")
    folder = DataFolder(data)
    releases = PlantReleases(folder.releases if make or folder.releases.is_file() else None, folder.reports)
    try:
        yield releases
    finally:
        releases.close()
