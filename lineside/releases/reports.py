"""The reports of evaluations where they lie as objects: in the cloud's lake."""

from __future__ import annotations

from lineside.lake.objects import ObjectStore
from lineside.releases.record import ModelRelease


class ObjectReports:
    """A `Reports`: `release.report` is a key."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def html(self, release: ModelRelease) -> str | None:
        """None where there is none, or where it is gone."""
        if not release.report:
            return None
        try:
            return self._objects.get(release.report).decode("utf-8", "replace")
        except KeyError:
            return None
