"""What AWS IoT asked of this plant, on disk before it is acknowledged, until AWS IoT has been told what became of it.

received -> handed to the plant's commands -> ended -> told. A process that is killed goes on from the step it finds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from edge.sqlite import Database
from lineside.control.wire import CommandAnswer, CommandMessage

Status = Literal["SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT"]

KEEP_US: Final = 30 * 24 * 3_600 * 1_000_000
KEEP_ROWS: Final = 10_000
"""One that is told is forgotten when it is older than both: until then a copy of it is known."""
MOST_AT_ONCE: Final = 1_000

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS errand (
    number INTEGER PRIMARY KEY, errand_id TEXT NOT NULL UNIQUE, thing TEXT NOT NULL, attribute TEXT NOT NULL,
    command_id TEXT NOT NULL, received_us INTEGER NOT NULL, is_open INTEGER NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS errand_open ON errand (number) WHERE is_open;
CREATE INDEX IF NOT EXISTS errand_command ON errand (command_id, number);
CREATE INDEX IF NOT EXISTS errand_point ON errand (thing, attribute, number);
"""


class End(msgspec.Struct, frozen=True):
    """How it ended, as AWS is told. `code`: capital letters, digits and `_`; `reason`: a sentence."""

    status: Status
    code: str
    reason: str


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """An execution of a command, or an entry of a shadow where `execution_id` is empty."""

    errand_id: str
    thing: str
    received_us: int
    execution_id: str = ""
    attribute: str = ""
    """Under which it stood in the shadow."""
    message: CommandMessage | None = None
    """None where it cannot be read."""
    handed: bool = False
    """The plant's commands have it."""
    begun: bool = False
    """AWS knows that the plant has it."""
    end: End | None = None
    end_told: bool = False
    answer: CommandAnswer | None = None
    """What the machine, or the plant before it, says to the cloud's desk."""
    answer_told: bool = False

    @property
    def command_id(self) -> str:
        return self.message.command_id if self.message else ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Errand).decode


class AwsErrands(Database):
    """The errands of one plant. Raises `Unavailable`."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__("the journal of what AWS IoT asked", file, _SCHEMA, private=True)

    def add(self, errand: Errand) -> bool:
        """Keep it. False, and nothing written, where it is known: AWS IoT may send anything twice."""
        row = (errand.errand_id, errand.thing, errand.attribute, errand.command_id, errand.received_us)
        with self.writing() as database:
            database.execute(
                "DELETE FROM errand WHERE NOT is_open AND received_us < ?"
                " AND number <= (SELECT max(number) FROM errand) - ?",
                (errand.received_us - KEEP_US, KEEP_ROWS),
            )
            written = database.execute(
                "INSERT OR IGNORE INTO errand (errand_id, thing, attribute, command_id, received_us, is_open, body)"
                " VALUES (?, ?, ?, ?, ?, 1, ?)",
                (*row, _encode(errand)),
            )
            return written.rowcount == 1

    def put(self, errand: Errand, *, is_open: bool = True) -> Errand:
        is_done = errand.end is not None and errand.end.status == "SUCCEEDED"
        with self.writing() as database:
            database.execute(
                "UPDATE errand SET body = ?, is_open = ?, is_done = ? WHERE errand_id = ?",
                (_encode(errand), is_open, is_done, errand.errand_id),
            )
        return errand

    def get(self, errand_id: str) -> Errand | None:
        return self._first("SELECT body FROM errand WHERE errand_id = ?", errand_id)

    def open(self) -> list[Errand]:
        """Those that are not told yet, or may still be answered; the oldest first."""
        query = "SELECT body FROM errand WHERE is_open ORDER BY number LIMIT ?"
        return [_decode(body) for (body,) in self.rows(query, MOST_AT_ONCE)]

    def first_for(self, command_id: str) -> Errand | None:
        """The first one about a command: any other is a copy."""
        return self._first("SELECT body FROM errand WHERE command_id = ? ORDER BY number LIMIT 1", command_id)

    def done_after(self, errand: Errand) -> Errand | None:
        """One of the same attribute of a shadow that came later, and to which the machine said yes."""
        return self._first(
            "SELECT body FROM errand WHERE thing = ? AND attribute = ? AND is_done"
            " AND number > (SELECT number FROM errand WHERE errand_id = ?) LIMIT 1",
            *(errand.thing, errand.attribute, errand.errand_id),
        )

    def newest(self, thing: str, attribute: str) -> Errand | None:
        query = "SELECT body FROM errand WHERE thing = ? AND attribute = ? ORDER BY number DESC LIMIT 1"
        return self._first(query, thing, attribute)

    def _first(self, query: str, *values: object) -> Errand | None:
        found = self.rows(query, *values)
        return _decode(found[0][0]) if found else None
