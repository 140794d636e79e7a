"""One SQLite file as the plant's stores use it: WAL, one lock, whole transactions, errors in our words."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from lineside.errors import Unavailable

LOCK_PATIENCE_SECONDS = 5.0
_LOCK_STEP_SECONDS = 0.01
_OWNER_ONLY = 0o600


class Database:
    """A SQLite file, or memory that goes with the object. Any thread may use it. Errors are `Unavailable`.

    `what` names it in errors. `synchronous`: FULL survives a power cut; NORMAL may lose the newest transactions to one.
    `private`: nobody but the file's owner may read it.
    """

    def __init__(
        self,
        what: str,
        file: Path | None,
        schema: str,
        *,
        synchronous: Literal["FULL", "NORMAL"] = "FULL",
        private: bool = False,
    ) -> None:
        self._what = what
        self._lock = threading.RLock()
        if private and file is not None:
            try:
                _keep_from_others(file)
            except OSError as error:
                raise Unavailable(f"{what} cannot be kept from others: {error}") from error
        with self._translated():
            self._connection = sqlite3.connect(
                str(file) if file else ":memory:",
                timeout=LOCK_PATIENCE_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._keep_a_log()
            self._connection.execute(f"PRAGMA synchronous = {synchronous}")
            self._connection.executescript(schema)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _keep_a_log(self) -> None:
        """Switch a new file to WAL. SQLite does not wait when two do so at once; the second waits here."""
        until = time.monotonic() + LOCK_PATIENCE_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_LOCK_STEP_SECONDS)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, self._translated():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or none."""
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise Unavailable(f"{self._what} cannot be used: {error}") from error


def _keep_from_others(file: Path) -> None:
    """Before it is opened: SQLite gives the log beside a file, which holds what is newest, the rights of the file."""
    file.touch(mode=_OWNER_ONLY)
    for each in (file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))):
        if each.exists():
            each.chmod(_OWNER_ONLY)
