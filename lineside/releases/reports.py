"""Where the cloud's evaluation reports lie."""

from __future__ import annotations

from lineside.lake.objects import ObjectStore
from lineside.releases.record import ModelRelease


class ObjectReports:
    """A `Reports` over the lake's objects: `release.report` is a key."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def html(self, release: ModelRelease) -> str | None:
        """None where it is not there any more. Raises `Unavailable` where the store does not answer."""
        try:
            return self._objects.get(release.report).decode("utf-8", "replace")
        except KeyError:
            return None
