"""Conversations, verdicts and what people did about alarms, in one SQLite file (WAL), or in memory for a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from sqlite3 import Connection

import msgspec

from edge.sqlite import Database
from lineside.api.chat_models import AnswerView, ConversationSummary, ConversationView, FeedbackView
from lineside.api.conversations import RETENTION_US, as_of_answer, conversation_view, summary_of
from lineside.api.ports import AlarmEvent, feedback_id_of
from lineside.training_data.verdict import Review, State, Verdict, reviewed, said_again

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    person TEXT NOT NULL, answer_id TEXT NOT NULL, conversation_id TEXT NOT NULL, asked_us INTEGER NOT NULL,
    answered_us INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (person, answer_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_of ON answer (person, conversation_id, answered_us);
CREATE INDEX IF NOT EXISTS answer_age ON answer (answered_us);
CREATE TABLE IF NOT EXISTS feedback (
    feedback_id TEXT PRIMARY KEY, about_id TEXT NOT NULL, given_at TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS feedback_given ON feedback (given_at);
CREATE TABLE IF NOT EXISTS verdict (
    feedback_id TEXT PRIMARY KEY, state TEXT NOT NULL, given_us INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS verdict_given ON verdict (state, given_us);
CREATE TABLE IF NOT EXISTS alarm_event (
    event_id TEXT PRIMARY KEY, alarm_id TEXT NOT NULL, line TEXT NOT NULL, at_us INTEGER NOT NULL,
    body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alarm_event_of ON alarm_event (alarm_id, at_us);
CREATE INDEX IF NOT EXISTS alarm_event_at ON alarm_event (line, at_us);
"""

_encode = msgspec.msgpack.Encoder().encode
_event = msgspec.msgpack.Decoder(AlarmEvent).decode
_verdict = msgspec.msgpack.Decoder(Verdict).decode


Answers = list[AnswerView]


class People(Database):
    """The file that the three stores share."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__("the records of people", file, _SCHEMA, private=True)


class SqliteConversations:
    """A `Conversations`."""

    def __init__(self, people: People, now_us: Callable[[], int]) -> None:
        self._people, self._now_us = people, now_us

    def save(self, person: str, answer: AnswerView) -> None:
        asked_us, answered_us = as_of_answer(answer)
        body = answer.model_dump_json().encode()
        with self._people.writing() as database:
            database.execute(
                "INSERT OR IGNORE INTO answer VALUES (?, ?, ?, ?, ?, ?)",
                (person, answer.answer_id, answer.conversation_id, asked_us, answered_us, body),
            )
            database.execute("DELETE FROM answer WHERE answered_us <= ?", (self._oldest_us(),))

    def list(self, person: str, limit: int) -> list[ConversationSummary]:
        found = self._people.rows(
            "SELECT conversation_id, min(asked_us), max(answered_us), count(*) FROM answer WHERE person = ?"
            " AND answered_us > ? GROUP BY conversation_id ORDER BY 3 DESC, 1 LIMIT ?",
            *(person, self._oldest_us(), limit),
        )
        return [
            summary_of(conversation_id, first.question, began_us, last_us, answers)
            for conversation_id, began_us, last_us, answers in found
            for first in self._answers(person, conversation_id, limit=1)
        ]

    def get(self, person: str, conversation_id: str) -> ConversationView | None:
        answers = self._answers(person, conversation_id)
        return conversation_view(conversation_id, answers) if answers else None

    def answer(self, person: str, answer_id: str) -> AnswerView | None:
        found = self._people.rows(
            "SELECT body FROM answer WHERE person = ? AND answer_id = ? AND answered_us > ?",
            *(person, answer_id, self._oldest_us()),
        )
        return AnswerView.model_validate_json(found[0][0]) if found else None

    def delete(self, person: str, conversation_id: str) -> bool:
        with self._people.writing() as database:
            gone = database.execute(
                "DELETE FROM answer WHERE person = ? AND conversation_id = ?", (person, conversation_id)
            )
            return gone.rowcount > 0

    def _answers(self, person: str, conversation_id: str, limit: int = -1) -> Answers:
        found = self._people.rows(
            "SELECT body FROM answer WHERE person = ? AND conversation_id = ? AND answered_us > ?"
            " ORDER BY answered_us, answer_id LIMIT ?",
            *(person, conversation_id, self._oldest_us(), limit),
        )
        return [AnswerView.model_validate_json(body) for (body,) in found]

    def _oldest_us(self) -> int:
        return self._now_us() - RETENTION_US


class SqliteFeedback:
    """A `Feedback`."""

    def __init__(self, people: People) -> None:
        self._people = people

    def save(self, feedback: FeedbackView) -> None:
        row = (feedback.feedback_id, feedback.about_id, feedback.given_at, feedback.model_dump_json().encode())
        with self._people.writing() as database:
            database.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)", row)

    def recent(self, limit: int) -> list[FeedbackView]:
        found = self._people.rows("SELECT body FROM feedback ORDER BY given_at DESC, feedback_id DESC LIMIT ?", limit)
        return [FeedbackView.model_validate_json(body) for (body,) in found]

    def of(self, person: str, about_ids: Sequence[str]) -> dict[str, FeedbackView]:
        found: dict[str, FeedbackView] = {}
        for about_id in about_ids:
            rows = self._people.rows(
                "SELECT body FROM feedback WHERE feedback_id = ?", feedback_id_of(person, about_id)
            )
            if rows:
                found[about_id] = FeedbackView.model_validate_json(rows[0][0])
        return found


class SqliteVerdicts:
    """A `VerdictStore`."""

    def __init__(self, people: People) -> None:
        self._people = people

    def save(self, verdict: Verdict) -> None:
        with self._people.writing() as database:
            was = self.get(verdict.feedback_id)
            _put_verdict(database, said_again(was, verdict))

    def get(self, feedback_id: str) -> Verdict | None:
        found = self._people.rows("SELECT body FROM verdict WHERE feedback_id = ?", feedback_id)
        return _verdict(found[0][0]) if found else None

    def list(self, state: State | None, limit: int) -> list[Verdict]:
        found = self._people.rows(
            "SELECT body FROM verdict WHERE state = ? OR ? ORDER BY given_us DESC, feedback_id DESC LIMIT ?",
            *(state or "", state is None, limit),
        )
        return [_verdict(body) for (body,) in found]

    def review(self, feedback_id: str, review: Review, given_us: int) -> Verdict:
        with self._people.writing() as database:
            decided = reviewed(self.get(feedback_id), review, given_us)
            _put_verdict(database, decided)
        return decided

    def counts(self) -> dict[State, int]:
        return dict(self._people.rows("SELECT state, count(*) FROM verdict GROUP BY state"))


def _put_verdict(database: Connection, verdict: Verdict) -> None:
    row = (verdict.feedback_id, verdict.review.state, verdict.given_us, _encode(verdict))
    database.execute("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)", row)


class SqliteAlarmLog:
    """An `AlarmLog`."""

    def __init__(self, people: People) -> None:
        self._people = people

    def append(self, event: AlarmEvent) -> None:
        row = (event.event_id, event.alarm_id, event.line, event.at_us, _encode(event))
        with self._people.writing() as database:
            database.execute("INSERT OR IGNORE INTO alarm_event VALUES (?, ?, ?, ?, ?)", row)

    def of_alarm(self, alarm_id: str) -> list[AlarmEvent]:
        found = self._people.rows("SELECT body FROM alarm_event WHERE alarm_id = ? ORDER BY at_us, event_id", alarm_id)
        return [_event(body) for (body,) in found]

    def between(self, line: str, start_us: int, end_us: int) -> list[AlarmEvent]:
        found = self._people.rows(
            "SELECT body FROM alarm_event WHERE line = ? AND at_us >= ? AND at_us < ? ORDER BY at_us, event_id",
            *(line, start_us, end_us),
        )
        return [_event(body) for (body,) in found]
