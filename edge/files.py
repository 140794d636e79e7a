"""Objects as files in a folder."""

from __future__ import annotations

import builtins
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path, PurePosixPath

from lineside.errors import Conflict, Refused, Unavailable

_WRITING = ".writing"
_LOCK = ".lock"
_serial = count()


class FileObjects:
    """An `ObjectStore` on a folder, for any number of processes on this machine.

    An object is written in a folder of its own, synced, and renamed into its place, so that a reader or a power cut
    finds all of it or nothing. What a killed process was writing goes when the next one begins. durable: sync to the
    disk before `put` returns; a replay into a scratch folder need not.
    """

    at_once = 1

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self._root = root.absolute()
        self._writing = self._root / _WRITING
        self._durable = durable
        self._synced: set[Path] = set()
        with _translated(str(root)):
            self._writing.mkdir(parents=True, exist_ok=True)
            self._sweep()

    def put(self, key: str, data: bytes) -> None:
        path = self.path(key)
        with _translated(key):
            temporary = self._written(path, data)
            _settle(temporary, path)
            self._sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        with _translated(key):
            try:
                return self.path(key).read_bytes()
            except FileNotFoundError:
                raise KeyError(key) from None

    def list(self, prefix: str) -> builtins.list[str]:
        folder, _, begin = prefix.rpartition("/")
        with _translated(prefix):
            return sorted(self._under(self.path(folder) if folder else self._root, folder, begin))

    def delete(self, key: str) -> None:
        with _translated(key):
            self.path(key).unlink(missing_ok=True)

    def tag(self, key: str) -> str | None:
        with _translated(key):
            try:
                stat = self.path(key).stat()
            except FileNotFoundError:
                return None
        return f"{stat.st_ino:x}-{stat.st_mtime_ns:x}-{stat.st_size:x}"

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        path = self.path(key)
        with _translated(key):
            temporary = self._written(path, data)
            with self._locked():
                changed = self.tag(key) != tag
                if not changed:
                    _settle(temporary, path)
            if changed:
                temporary.unlink()
                raise Conflict(f"{key} was changed by somebody else")
            self._sync_folder(path.parent)

    def path(self, key: str) -> Path:
        """The file of an object; `Refused` for a key that leads out of the folder."""
        parts = PurePosixPath(key).parts
        if not parts or key.startswith("/") or ".." in parts or "\0" in key:
            raise Refused(f"{key!r} is no key inside {self._root}")
        return self._root.joinpath(*parts)

    def _written(self, path: Path, data: bytes) -> Path:
        """A temporary file on the disk of `path` that holds `data`; none is left behind where that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._writing / f"{os.getpid()}-{next(_serial)}"
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                if self._durable:
                    os.fsync(file.fileno())
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return temporary

    def _sweep(self) -> None:
        """Remove what processes that are no more were writing."""
        for left in self._writing.iterdir():
            pid = left.name.partition("-")[0]
            if not pid.isdecimal() or not _is_alive(int(pid)):
                left.unlink(missing_ok=True)

    def _sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable, and once that of the folder and of those above it, which may be new."""
        if not self._durable:
            return
        above = [] if folder in self._synced else folder.parents[: len(folder.relative_to(self._root).parts)]
        for one in (folder, *above):
            _sync(one)
        self._synced.add(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time: what a tag says must hold until the rename."""
        with (self._root / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _under(self, folder: Path, key: str, begin: str = "") -> Iterator[str]:
        try:
            entries = os.scandir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        with entries:
            for entry in entries:
                name = entry.name
                if not name.startswith(begin) or name in (_WRITING, _LOCK):
                    continue
                child = f"{key}/{name}" if key else name
                if entry.is_dir(follow_symlinks=False):
                    yield from self._under(Path(entry.path), child)
                else:
                    yield child


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _settle(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the disk did not take or give {what}: {error.strerror or error}") from error
