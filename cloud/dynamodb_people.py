"""Conversations, verdicts and what people did about alarms, on the single DynamoDB table.

| PK                      | SK                   | what                                                           |
|-------------------------|----------------------|----------------------------------------------------------------|
| PERSON#site#who         | CONVERSATION#id      | which answers, when, to what question                          |
| PERSON#site#who         | ANSWER#id            | the answer                                                     |
| FEEDBACK#site           | OF#id                | the verdict                                                    |
| FEEDBACK#site           | GIVEN#when#id        | a copy, in the order given; there is one for each verdict      |
| ALARM-EVENTS#site#alarm | EVENT#id             | what a person did; written once                                |
| LINE#site#line          | ALARM-EVENT#when#id  | a copy, in the order of the line's shift                       |

A person's conversations are a partition of their own, so that no query can find another's. `expires_at` is the table's
time to live: DynamoDB deletes what has expired within days; until then, reading leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key

from cloud.dynamodb import ATTEMPTS, ONCE, batch, body_of, get, query, transact, transact_once, translated
from lineside.api.chat_models import AnswerView, ConversationSummary, ConversationView, FeedbackView
from lineside.api.conversations import RETENTION_US, as_of_answer, conversation_view, summary_of
from lineside.api.ports import AlarmEvent, feedback_id_of
from lineside.errors import Unavailable
from lineside.telemetry.timestamps import parse

TTL_ATTRIBUTE: Final = "expires_at"
"""Seconds since 1970, as DynamoDB's time to live wants them; the stack names it to the table."""
SECOND_US: Final = 1_000_000

_encode = msgspec.json.Encoder().encode
_event = msgspec.json.Decoder(AlarmEvent).decode

Answers = list[AnswerView]


class DynamoDbConversations:
    """A `Conversations` on a boto3 `Table` with the keys PK and SK, of one site."""

    def __init__(self, table: Any, site: str, now_us: Callable[[], int]) -> None:
        self._table, self._site, self._now_us = table, site, now_us

    def save(self, person: str, answer: AnswerView) -> None:
        """Together or not at all; an answer that is there already changes nothing."""
        asked_us, answered_us = as_of_answer(answer)
        key = self._key(person, f"ANSWER#{answer.answer_id}")
        item = {
            **key,
            "body": answer.model_dump_json().encode(),
            "answered_us": answered_us,
            TTL_ATTRIBUTE: _expires(answered_us),
        }
        put = {"Put": {"TableName": self._table.name, "Item": item, "ConditionExpression": ONCE}}
        transact_once(self._table, [put, self._noted(person, answer, asked_us, answered_us)])

    def list(self, person: str, limit: int) -> list[ConversationSummary]:
        condition = Key("PK").eq(self._partition(person)) & Key("SK").begins_with("CONVERSATION#")
        found = [
            _conversation(item, self._oldest_us()) for item in query(self._table, KeyConditionExpression=condition)
        ]
        newest = sorted((one for one in found if one.turns), key=lambda one: (-one.last_us, one.conversation_id))
        return [one.summary() for one in newest[:limit]]

    def get(self, person: str, conversation_id: str) -> ConversationView | None:
        item = self._get(person, f"CONVERSATION#{conversation_id}")
        if item is None:
            return None
        answers = self._answers(person, [turn[2] for turn in _conversation(item, self._oldest_us()).turns])
        return conversation_view(conversation_id, answers) if answers else None

    def answer(self, person: str, answer_id: str) -> AnswerView | None:
        item = self._get(person, f"ANSWER#{answer_id}")
        if item is None or int(item["answered_us"]) <= self._oldest_us():
            return None
        return AnswerView.model_validate_json(body_of(item))

    def delete(self, person: str, conversation_id: str) -> bool:
        item = self._get(person, f"CONVERSATION#{conversation_id}")
        if item is None:
            return False
        with translated(), self._table.batch_writer() as batch:
            for turn in _conversation(item, 0).turns:
                batch.delete_item(Key=self._key(person, f"ANSWER#{turn[2]}"))
        # Last, so that a deletion that broke off can be asked for again.
        with translated():
            self._table.delete_item(Key=self._key(person, f"CONVERSATION#{conversation_id}"))
        return bool(_conversation(item, self._oldest_us()).turns)

    def _noted(self, person: str, answer: AnswerView, asked_us: int, answered_us: int) -> dict[str, Any]:
        """The update of the conversation: this answer is in it, and the list is kept as long as its newest."""
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": self._key(person, f"CONVERSATION#{answer.conversation_id}"),
                "UpdateExpression": (
                    f"SET answers = list_append(if_not_exists(answers, :none), :one), {TTL_ATTRIBUTE} = :expires,"
                    " conversation_id = :id"
                ),
                "ExpressionAttributeValues": {
                    ":none": [],
                    ":one": [[answered_us, asked_us, answer.answer_id, answer.question]],
                    ":expires": _expires(answered_us),
                    ":id": answer.conversation_id,
                },
            }
        }

    def _answers(self, person: str, answer_ids: Sequence[str]) -> Answers:
        keys = [self._key(person, f"ANSWER#{answer_id}") for answer_id in answer_ids]
        found = [AnswerView.model_validate_json(body_of(item)) for item in batch(self._table, keys)]
        return sorted(found, key=lambda one: (as_of_answer(one)[1], one.answer_id))

    def _oldest_us(self) -> int:
        return self._now_us() - RETENTION_US

    def _get(self, person: str, sort_key: str) -> dict[str, Any] | None:
        return get(self._table, self._key(person, sort_key))

    def _partition(self, person: str) -> str:
        return f"PERSON#{self._site}#{person}"

    def _key(self, person: str, sort_key: str) -> dict[str, str]:
        return {"PK": self._partition(person), "SK": sort_key}


class DynamoDbFeedback:
    """A `Feedback` of one site."""

    def __init__(self, table: Any, site: str) -> None:
        self._table, self._site = table, site

    def save(self, feedback: FeedbackView) -> None:
        """The verdict and its copy in order; the copy of the one it replaces goes."""
        body = feedback.model_dump_json().encode()
        for _ in range(ATTEMPTS):
            was = self._get(feedback.feedback_id)
            given = _given(feedback)
            writes = [
                self._put(f"OF#{feedback.feedback_id}", body, given, was),
                {"Put": {"TableName": self._table.name, "Item": {**self._key(given), "body": body}}},
            ]
            if was is not None and was["given"] != given:
                writes.append({"Delete": {"TableName": self._table.name, "Key": self._key(was["given"])}})
            if transact(self._table, writes):
                return
        raise Unavailable("the verdict was changed by others again and again; give it once more")

    def recent(self, limit: int) -> list[FeedbackView]:
        condition = Key("PK").eq(f"FEEDBACK#{self._site}") & Key("SK").begins_with("GIVEN#")
        items = query(self._table, most=limit, KeyConditionExpression=condition, ScanIndexForward=False, Limit=limit)
        return [FeedbackView.model_validate_json(body_of(item)) for item in items]

    def of(self, person: str, about_ids: Sequence[str]) -> dict[str, FeedbackView]:
        ids = {feedback_id_of(person, about_id): about_id for about_id in about_ids}
        items = batch(self._table, [self._key(f"OF#{feedback_id}") for feedback_id in ids])
        found = [FeedbackView.model_validate_json(body_of(item)) for item in items]
        return {ids[one.feedback_id]: one for one in found}

    def _put(self, sort_key: str, body: bytes, given: str, was: dict[str, Any] | None) -> dict[str, Any]:
        put = {"TableName": self._table.name, "Item": {**self._key(sort_key), "body": body, "given": given}}
        if was is None:
            return {"Put": {**put, "ConditionExpression": ONCE}}
        condition = {"ConditionExpression": "body = :was", "ExpressionAttributeValues": {":was": was["body"]}}
        return {"Put": {**put, **condition}}

    def _get(self, feedback_id: str) -> dict[str, Any] | None:
        return get(self._table, self._key(f"OF#{feedback_id}"))

    def _key(self, sort_key: str) -> dict[str, str]:
        return {"PK": f"FEEDBACK#{self._site}", "SK": sort_key}


class DynamoDbAlarmLog:
    """An `AlarmLog` of one site."""

    def __init__(self, table: Any, site: str) -> None:
        self._table, self._site = table, site

    def append(self, event: AlarmEvent) -> None:
        body = _encode(event)
        once = {"PK": self._of_alarm(event.alarm_id), "SK": f"EVENT#{event.event_id}", "body": body}
        in_order = {"PK": self._of_line(event.line), "SK": _at(event.at_us, event.event_id), "body": body}
        transact_once(
            self._table,
            [
                {"Put": {"TableName": self._table.name, "Item": once, "ConditionExpression": ONCE}},
                {"Put": {"TableName": self._table.name, "Item": in_order}},
            ],
        )

    def of_alarm(self, alarm_id: str) -> list[AlarmEvent]:
        return self._events(Key("PK").eq(self._of_alarm(alarm_id)) & Key("SK").begins_with("EVENT#"))

    def between(self, line: str, start_us: int, end_us: int) -> list[AlarmEvent]:
        if end_us <= start_us:
            return []
        order = Key("SK").between(_at(start_us, ""), _at(end_us - 1, "~"))
        return self._events(Key("PK").eq(self._of_line(line)) & order)

    def _events(self, condition: ConditionBase) -> list[AlarmEvent]:
        found = [_event(body_of(item)) for item in query(self._table, KeyConditionExpression=condition)]
        return sorted(found, key=lambda event: (event.at_us, event.event_id))

    def _of_alarm(self, alarm_id: str) -> str:
        return f"ALARM-EVENTS#{self._site}#{alarm_id}"

    def _of_line(self, line: str) -> str:
        return f"LINE#{self._site}#{line}"


class _Conversation(msgspec.Struct, frozen=True):
    """What the item of a conversation knows of its answers: answered, asked, id and question of each, oldest first."""

    conversation_id: str
    turns: list[tuple[int, int, str, str]]

    @property
    def last_us(self) -> int:
        return self.turns[-1][0]

    def summary(self) -> ConversationSummary:
        began_us = min(asked_us for _, asked_us, _, _ in self.turns)
        return summary_of(self.conversation_id, self.turns[0][3], began_us, self.last_us, len(self.turns))


def _conversation(item: dict[str, Any], oldest_us: int) -> _Conversation:
    """Without the answers that are forgotten."""
    turns = [(int(one[0]), int(one[1]), str(one[2]), str(one[3])) for one in item["answers"]]
    kept = sorted((turn for turn in turns if turn[0] > oldest_us), key=lambda turn: (turn[0], turn[2]))
    return _Conversation(item["conversation_id"], kept)


def _expires(answered_us: int) -> int:
    return (answered_us + RETENTION_US) // SECOND_US


def _given(feedback: FeedbackView) -> str:
    return f"GIVEN#{parse(feedback.given_at):020d}#{feedback.feedback_id}"


def _at(at_us: int, event_id: str) -> str:
    return f"ALARM-EVENT#{at_us:020d}#{event_id}"
