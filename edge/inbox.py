"""The inbox: every message is on disk before it is acknowledged, and leaves only once the lake has it.

Two threads and one SQLite file (WAL, synchronous FULL). The committer gathers what arrived within a couple of
milliseconds into one transaction, then says of each message that it is durable; that is when its PUBACK may go out.
The drain claims a batch, hands it on, and removes it together with what became of it in one transaction. A claim is
written down before the batch is handed on, so that after a crash exactly the same batch is handed on again, under
the same id, and whoever stores it can see that it has it already.

When the disk is full or the file is locked, nothing is acknowledged and nothing is dropped: the committer keeps
trying and `trouble` says why. Messages that wait for it are bounded by `room`, which closes the tap.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from lineside.errors import Unavailable

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.002
"""Long enough for a hundred messages of a busy line to share one fsync, too short to be noticed."""
RETRY_SECONDS = 0.25
LOCK_PATIENCE_SECONDS = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    sequence INTEGER PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL, received_us INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS claim (
    id INTEGER PRIMARY KEY CHECK (id = 1), first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO counter VALUES ('last_sequence', 0);
"""

_ADD = "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A message as it lies in the inbox. `sequence` is the order of arrival and never used twice."""

    sequence: int
    topic: str
    payload: bytes
    received_us: int


@dataclass(frozen=True)
class Claim:
    """The messages first..last, being stored. `batch_id` is the same after a crash."""

    first: int
    last: int
    messages: list[Kept]

    @property
    def batch_id(self) -> str:
        return f"inbox-{self.first:012d}-{self.last:012d}"


@dataclass(frozen=True)
class InboxLimits:
    """Bounds on what may wait. Beyond them the tap closes until there is room again."""

    undurable_bytes: int = 32 * 1024 * 1024
    backlog_bytes: int = 1024 * 1024 * 1024
    batch_messages: int = 5_000
    batch_bytes: int = 32 * 1024 * 1024


@dataclass
class _Waiting:
    """What has arrived and is not yet durable."""

    messages: list[tuple[Kept, Callable[[], None]]] = field(default_factory=list)
    size: int = 0

    def add(self, kept: Kept, on_durable: Callable[[], None]) -> None:
        self.messages.append((kept, on_durable))
        self.size += _memory_bytes(kept)

    def remove_first(self, number: int) -> None:
        self.size -= sum(_memory_bytes(kept) for kept, _ in self.messages[:number])
        del self.messages[:number]


def _memory_bytes(kept: Kept) -> int:
    """What a waiting message costs: itself, and the task of its connection that waits with it."""
    return len(kept.payload) + 2_000


class Inbox:
    """The durable queue in front of the lake. `put` from any thread; `claim` and `finish` from one."""

    def __init__(self, file: Path, *, limits: InboxLimits = InboxLimits(), max_pages: int | None = None) -> None:
        """Open or create the inbox. `max_pages` caps the file's size (in pages), as a full disk would."""
        self._limits = limits
        self._database = _open(file, max_pages)
        self._writing = threading.Lock()
        self._arrival = threading.Condition()
        self._waiting = _Waiting()
        self._next_sequence = self._last_sequence() + 1
        self._backlog, self._backlog_bytes = self._count_backlog()
        self._closing = False
        self._trouble = ""
        self._stored = threading.Event()
        if self._backlog:
            self._stored.set()
        self._committer = threading.Thread(target=self._commit_arrivals, name="inbox", daemon=True)
        self._committer.start()

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        """Take one message; `on_durable` is called, from another thread, once it is on disk. Returns its sequence."""
        with self._arrival:
            if self._closing:
                raise Unavailable("the inbox is closing; send the message again after the restart")
            kept = Kept(self._next_sequence, topic, payload, received_us)
            self._next_sequence += 1
            self._waiting.add(kept, on_durable)
            self._arrival.notify()
            return kept.sequence

    @property
    def room(self) -> bool:
        """False while more waits than the limits allow; then nobody should take another message off the network."""
        limits = self._limits
        return self._waiting.size < limits.undurable_bytes and self._backlog_bytes < limits.backlog_bytes

    @property
    def trouble(self) -> str:
        """Why nothing is being acknowledged now, in one sentence; empty while all is well."""
        return self._trouble

    @property
    def backlog(self) -> int:
        """Durable messages that the lake does not have yet."""
        return self._backlog

    @property
    def undurable(self) -> int:
        """Messages that have arrived and are not acknowledged yet."""
        return len(self._waiting.messages)

    def wait_for_backlog(self, timeout_seconds: float) -> bool:
        """Sleep until something durable waits to be stored, at most so long."""
        self._stored.wait(timeout_seconds)
        return self._backlog > 0

    def claim(self) -> Claim | None:
        """The next batch to store: the one that a crash interrupted, else the oldest messages; None when empty."""
        with self._transaction() as database:
            row = database.execute("SELECT first, last FROM claim").fetchone()
            if row is None:
                row = self._claim_oldest(database)
            if row is None:
                return None
            first, last = row
            return Claim(first, last, list(_messages(database, first, last)))

    def finish(self, claim: Claim, counts: dict[str, int]) -> None:
        """Forget a batch that is stored, and add to the counters what became of it; both or neither."""
        with self._transaction() as database:
            database.execute("DELETE FROM message WHERE sequence BETWEEN ? AND ?", (claim.first, claim.last))
            database.execute("DELETE FROM claim")
            database.execute("UPDATE counter SET value = max(value, ?) WHERE name = 'last_sequence'", (claim.last,))
            database.executemany(_ADD, counts.items())
        with self._arrival:
            self._backlog -= len(claim.messages)
            self._backlog_bytes -= sum(len(message.payload) for message in claim.messages)
            if self._backlog == 0:
                self._stored.clear()

    def count(self, counts: dict[str, int]) -> None:
        """Add to the counters what did not come through the inbox, such as a replay of quarantine."""
        with self._transaction() as database:
            database.executemany(_ADD, counts.items())

    def counters(self) -> dict[str, int]:
        """What became of everything that was drained, since this data folder began."""
        query = "SELECT name, value FROM counter WHERE name <> 'last_sequence'"
        try:
            with self._writing:
                return dict(self._database.execute(query).fetchall())
        except sqlite3.Error as error:
            raise Unavailable(f"the inbox cannot be read ({error})") from error

    def close(self) -> None:
        """Make durable what has arrived, if the disk lets us, and close the file."""
        with self._arrival:
            self._closing = True
            self._arrival.notify()
        self._committer.join()
        with self._writing:
            self._database.close()

    def _commit_arrivals(self) -> None:
        while True:
            with self._arrival:
                while not self._waiting.messages and not self._closing:
                    self._arrival.wait()
                if self._closing and (self._trouble or not self._waiting.messages):
                    return
            time.sleep(GATHER_SECONDS)
            self._commit_once()

    def _commit_once(self) -> None:
        with self._arrival:
            arrivals = self._waiting.messages[:]
        try:
            self._insert([kept for kept, _ in arrivals])
        except Unavailable as error:
            self._say_trouble(str(error))
            time.sleep(RETRY_SECONDS)
            return
        self._say_recovered()
        self._count_durable([kept for kept, _ in arrivals])
        for _, on_durable in arrivals:
            on_durable()

    def _insert(self, messages: list[Kept]) -> None:
        # OR IGNORE: a commit that reported an error may have succeeded all the same.
        rows = [(kept.sequence, kept.topic, kept.payload, kept.received_us) for kept in messages]
        with self._transaction() as database:
            database.executemany("INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?)", rows)

    def _count_durable(self, messages: list[Kept]) -> None:
        size = sum(len(kept.payload) for kept in messages)
        with self._arrival:
            self._waiting.remove_first(len(messages))
            self._backlog += len(messages)
            self._backlog_bytes += size
            self._stored.set()

    def _say_trouble(self, why: str) -> None:
        if not self._trouble:
            logger.error("%s; nothing is acknowledged until it can be", why)
        self._trouble = f"{why}; nothing is acknowledged until it can be"

    def _say_recovered(self) -> None:
        if self._trouble:
            logger.warning("the inbox stores again; everything that waited is acknowledged")
        self._trouble = ""

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                raise Unavailable(f"the inbox cannot be written ({error})") from error
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")

    def _claim_oldest(self, database: sqlite3.Connection) -> tuple[int, int] | None:
        first, last, size = 0, 0, 0
        rows = database.execute(
            "SELECT sequence, length(payload) FROM message ORDER BY sequence LIMIT ?", (self._limits.batch_messages,)
        )
        for sequence, length in rows:
            if first and size + length > self._limits.batch_bytes:
                break
            first, last, size = first or sequence, sequence, size + length
        if not first:
            return None
        database.execute("INSERT INTO claim VALUES (1, ?, ?)", (first, last))
        return first, last

    def _last_sequence(self) -> int:
        row = self._database.execute(
            "SELECT max((SELECT value FROM counter WHERE name = 'last_sequence'),"
            " coalesce((SELECT max(sequence) FROM message), 0))"
        ).fetchone()
        return int(row[0])

    def _count_backlog(self) -> tuple[int, int]:
        count, size = self._database.execute(
            "SELECT count(*), coalesce(sum(length(payload)), 0) FROM message"
        ).fetchone()
        return count, size


def _messages(database: sqlite3.Connection, first: int, last: int) -> Iterator[Kept]:
    rows = database.execute(
        "SELECT sequence, topic, payload, received_us FROM message WHERE sequence BETWEEN ? AND ? ORDER BY sequence",
        (first, last),
    )
    return (Kept(*row) for row in rows)


def _open(file: Path, max_pages: int | None) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(
            file, timeout=LOCK_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        if max_pages is not None:
            database.execute(f"PRAGMA max_page_count = {int(max_pages)}")
        database.executescript(_SCHEMA)
    except sqlite3.Error as error:
        raise Unavailable(f"the inbox {file} cannot be opened: {error}") from error
    return database
