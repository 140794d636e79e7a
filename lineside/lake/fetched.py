"""Objects of the lake as files for an engine that opens only files; those from far away lie in a folder for a while."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from lineside.errors import Unavailable
from lineside.lake.objects import ObjectStore
from lineside.lake.together import together

SCRATCH_BYTES = 256 << 20


class Fetched:
    """Where the objects are on this machine. `scratch` is needed for a distant store, and kept below `most_bytes`."""

    def __init__(self, objects: ObjectStore, scratch: Path | None, most_bytes: int = SCRATCH_BYTES) -> None:
        self._objects = objects
        self._scratch = scratch
        self._most_bytes = most_bytes

    def paths(self, named: Iterable[tuple[str, str]]) -> list[Path]:
        """The files of these objects, each named with its tag ("" where it never changes); KeyError for one gone."""
        return together(self._objects, lambda one: self._path(*one), list(named))

    def _path(self, key: str, tag: str) -> Path:
        """The object as a file, under a path that still tells its hour."""
        path = self._objects.path(key)
        if path is not None:
            return path
        if self._scratch is None:
            raise Unavailable(f"{key} is not on this machine; History needs a scratch folder")
        folder, _, name = key.rpartition("/")
        path = self._scratch / folder / f"{sha256(tag.encode()).hexdigest()[:16]}-{name}"
        if path.exists():
            path.touch()
        else:
            self._fetch(key, path, name)
        return path

    def _fetch(self, key: str, path: Path, name: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        for older in path.parent.glob(f"*-{name}"):
            older.unlink()
        arriving = path.with_suffix(".arriving")
        arriving.write_bytes(self._objects.get(key))
        arriving.replace(path)

    def tidy(self) -> None:
        """Forget the files that were not used for longest, once they are too many."""
        if self._scratch is None:
            return
        files = [(stat.st_mtime_ns, stat.st_size, path) for path in self._scratch.rglob("*.parquet")
                 for stat in (path.stat(),)]  # fmt: skip
        spent = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if spent <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            spent -= size
