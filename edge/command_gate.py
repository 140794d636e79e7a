"""The plant's journal of commands: on disk before anything leaves, and the gate's memory. One SQLite file.

handed -> sending -> waiting -> answered -> told: handed over by a desk or the cloud; past the gate, so that its id and
point are taken; nothing more is sent, an answer may come; answered by the machine, or refused by the gate; and the
desk has heard it. A process that is killed goes on from the step it finds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from edge.sqlite import Database
from lineside.control.gate import Passed
from lineside.control.wire import CommandAnswer, CommandMessage, decode_answer, decode_message, encode
from lineside.errors import Refused

Step = Literal["handed", "sending", "waiting", "answered", "told"]

KEEP_US = 30 * 24 * 3_600 * 1_000_000
KEEP_ROWS = 10_000
"""An id is forgotten when it is older than both: far longer than any command is valid, also where a clock was wrong."""
MOST_AT_ONCE = 1_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS command (
    number INTEGER PRIMARY KEY, command_id TEXT NOT NULL UNIQUE, step TEXT NOT NULL, handed_us INTEGER NOT NULL,
    came_on TEXT NOT NULL, line TEXT NOT NULL DEFAULT '', judged_us INTEGER NOT NULL DEFAULT 0,
    passed INTEGER NOT NULL DEFAULT 0, message BLOB NOT NULL, answer BLOB);
CREATE INDEX IF NOT EXISTS command_step ON command (step, number);
CREATE INDEX IF NOT EXISTS command_passed ON command (line, judged_us) WHERE passed;
"""


class Handed(msgspec.Struct, frozen=True):
    """A command on its way. `came_on` is the thing of the topic on which it came from outside, else empty."""

    message: CommandMessage
    came_on: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What has become of a command. `passed`: the gate let it go to the machine."""

    came_on: str
    passed: bool
    answer: CommandAnswer | None


class CommandJournal(Database):
    """A `GateMemory`, and the durable outbox and inbox of commands. Raises `Unavailable`."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__("the journal of commands", file, _SCHEMA, private=True)

    def hand(self, message: CommandMessage, now_us: int, came_on: str = "") -> None:
        """Keep it. The same id again is harmless; with other contents, or by another way, it is `Refused`, and the
        first one stands: what the cloud sent is not sent by the plant's own desk as well."""
        with self.writing() as database:
            database.execute(
                "DELETE FROM command WHERE handed_us < ? AND number <= (SELECT max(number) FROM command) - ?",
                (now_us - KEEP_US, KEEP_ROWS),
            )
            database.execute(
                "INSERT OR IGNORE INTO command (command_id, step, handed_us, came_on, message)"
                " VALUES (?, 'handed', ?, ?, ?)",
                (message.command_id, now_us, came_on, encode(message)),
            )
        kept = self.rows("SELECT message, came_on FROM command WHERE command_id = ?", message.command_id)
        if any(_asks(decode_message(body)) != _asks(message) or way != came_on for body, way in kept):
            raise Refused(f"the id {message.command_id[:80]!r} was used before for another command; take a new one")

    def message(self, command_id: str) -> CommandMessage | None:
        found = self.rows("SELECT message FROM command WHERE command_id = ?", command_id)
        return decode_message(found[0][0]) if found else None

    def step(self, command_id: str) -> Step | None:
        found = self.rows("SELECT step FROM command WHERE command_id = ?", command_id)
        return found[0][0] if found else None

    def at(self, step: Step) -> list[Handed]:
        """The commands at this step, the oldest first."""
        query = "SELECT message, came_on FROM command WHERE step = ? ORDER BY number LIMIT ?"
        return [Handed(decode_message(body), came_on) for body, came_on in self.rows(query, step, MOST_AT_ONCE)]

    def outcome(self, command_id: str) -> Outcome | None:
        found = self.rows("SELECT came_on, passed, answer FROM command WHERE command_id = ?", command_id)
        answers = ((way, bool(passed), decode_answer(body) if body else None) for way, passed, body in found)
        return next((Outcome(*each) for each in answers), None)

    # The gate's memory

    def knows(self, command_id: str) -> bool:
        return self.step(command_id) not in (None, "handed")

    def passed(self, line: str, since_us: int) -> list[Passed]:
        query = "SELECT message, judged_us, answer FROM command WHERE passed AND line = ? AND judged_us >= ?"
        return [
            Passed(decode_message(body), judged_us, refused=bool(answer) and not decode_answer(answer).accepted)
            for body, judged_us, answer in self.rows(query, line, since_us)
        ]

    def remember(self, message: CommandMessage, line: str, at_us: int, refusal: CommandAnswer | None) -> bool:
        step: Step = "answered" if refusal else "sending"
        values = (step, line, at_us, refusal is None, encode(refusal) if refusal else None)
        with self.writing() as database:
            database.execute(
                "INSERT OR IGNORE INTO command (command_id, step, handed_us, came_on, message)"
                " VALUES (?, 'handed', ?, '', ?)",
                (message.command_id, at_us, encode(message)),
            )
            written = database.execute(
                "UPDATE command SET step = ?, line = ?, judged_us = ?, passed = ?, answer = ?"
                " WHERE command_id = ? AND step = 'handed'",
                (*values, message.command_id),
            )
            return written.rowcount == 1

    # After the gate

    def sent(self, command_id: str) -> None:
        """Nothing more is sent of it."""
        with self.writing() as database:
            database.execute(
                "UPDATE command SET step = 'waiting' WHERE command_id = ? AND step = 'sending'", (command_id,)
            )

    def answered(self, answer: CommandAnswer) -> bool:
        """Keep what the machine says, the first time. False where it was not asked, or has said so already."""
        with self.writing() as database:
            written = database.execute(
                "UPDATE command SET step = 'answered', answer = ?"
                " WHERE command_id = ? AND step IN ('sending', 'waiting')",
                (encode(answer), answer.command_id),
            )
            return written.rowcount == 1

    def untold(self) -> list[CommandAnswer]:
        query = "SELECT answer FROM command WHERE step = 'answered' ORDER BY number LIMIT ?"
        return [decode_answer(body) for (body,) in self.rows(query, MOST_AT_ONCE)]

    def told(self, command_id: str) -> None:
        with self.writing() as database:
            database.execute(
                "UPDATE command SET step = 'told' WHERE command_id = ? AND step = 'answered'", (command_id,)
            )


def _asks(message: CommandMessage) -> tuple[str, str, float, str]:
    return message.device, message.attribute, message.value, message.unit
