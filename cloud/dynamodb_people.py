"""Conversations, verdicts and what people did about alarms, on the single DynamoDB table.

| PK                      | SK                   | what                                                           |
|-------------------------|----------------------|----------------------------------------------------------------|
| PERSON#site#who         | CONVERSATION#id      | which answers, when, to what question                          |
| PERSON#site#who         | ANSWER#id            | the answer                                                     |
| FEEDBACK#site           | OF#id                | the verdict                                                    |
| FEEDBACK#site           | GIVEN#when#id        | a copy, in the order given; there is one for each verdict      |
| VERDICT#site            | OF#id                | the verdict with what it was about, and its review             |
| VERDICT#site            | STATE#state#when#id  | a copy, in the order given; there is one for each verdict      |
| ALARM-EVENTS#site#alarm | EVENT#id             | what a person did; written once                                |
| LINE#site#line          | ALARM-EVENT#when#id  | a copy, in the order of the line's shift                       |

A person's conversations are a partition of their own, so that no query can find another's. `expires_at` is the table's
time to live: DynamoDB deletes what has expired within days; until then, reading leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, get_args

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key
from botocore.exceptions import BotoCoreError, ClientError

from lineside.api.chat_models import AnswerView, ConversationSummary, ConversationView, FeedbackView
from lineside.api.conversations import RETENTION_US, as_of_answer, conversation_view, summary_of
from lineside.api.ports import AlarmEvent, feedback_id_of
from lineside.errors import Unavailable
from lineside.telemetry.timestamps import parse
from lineside.training_data.verdict import Review, State, Verdict, reviewed, said_again

TTL_ATTRIBUTE: Final = "expires_at"
"""Seconds since 1970, as DynamoDB's time to live wants them; the stack names it to the table."""
SECOND_US: Final = 1_000_000
ATTEMPTS: Final = 5
MOST_KEYS: Final = 100
"""Of one BatchGetItem."""

_encode = msgspec.json.Encoder().encode
_event = msgspec.json.Decoder(AlarmEvent).decode
_verdict = msgspec.json.Decoder(Verdict).decode
STATES: Final[tuple[State, ...]] = get_args(State)
_ONCE: Final = "attribute_not_exists(PK)"

Answers = list[AnswerView]
Writes = list[dict[str, Any]]


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
        put = {"Put": {"TableName": self._table.name, "Item": item, "ConditionExpression": _ONCE}}
        _transact_once(self._table, [put, self._noted(person, answer, asked_us, answered_us)])

    def list(self, person: str, limit: int) -> list[ConversationSummary]:
        condition = Key("PK").eq(self._partition(person)) & Key("SK").begins_with("CONVERSATION#")
        found = [
            _conversation(item, self._oldest_us()) for item in _query(self._table, KeyConditionExpression=condition)
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
        return AnswerView.model_validate_json(_body(item))

    def delete(self, person: str, conversation_id: str) -> bool:
        item = self._get(person, f"CONVERSATION#{conversation_id}")
        if item is None:
            return False
        with _translated(), self._table.batch_writer() as batch:
            for turn in _conversation(item, 0).turns:
                batch.delete_item(Key=self._key(person, f"ANSWER#{turn[2]}"))
        # Last, so that a deletion that broke off can be asked for again.
        with _translated():
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
        found = [AnswerView.model_validate_json(_body(item)) for item in _batch(self._table, keys)]
        return sorted(found, key=lambda one: (as_of_answer(one)[1], one.answer_id))

    def _oldest_us(self) -> int:
        return self._now_us() - RETENTION_US

    def _get(self, person: str, sort_key: str) -> dict[str, Any] | None:
        return _get(self._table, self._key(person, sort_key))

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
            if _transact(self._table, writes):
                return
        raise Unavailable("the verdict was changed by others again and again; give it once more")

    def recent(self, limit: int) -> list[FeedbackView]:
        condition = Key("PK").eq(f"FEEDBACK#{self._site}") & Key("SK").begins_with("GIVEN#")
        items = _query(self._table, most=limit, KeyConditionExpression=condition, ScanIndexForward=False, Limit=limit)
        return [FeedbackView.model_validate_json(_body(item)) for item in items]

    def of(self, person: str, about_ids: Sequence[str]) -> dict[str, FeedbackView]:
        ids = {feedback_id_of(person, about_id): about_id for about_id in about_ids}
        items = _batch(self._table, [self._key(f"OF#{feedback_id}") for feedback_id in ids])
        found = [FeedbackView.model_validate_json(_body(item)) for item in items]
        return {ids[one.feedback_id]: one for one in found}

    def _put(self, sort_key: str, body: bytes, given: str, was: dict[str, Any] | None) -> dict[str, Any]:
        put = {"TableName": self._table.name, "Item": {**self._key(sort_key), "body": body, "given": given}}
        if was is None:
            return {"Put": {**put, "ConditionExpression": _ONCE}}
        condition = {"ConditionExpression": "body = :was", "ExpressionAttributeValues": {":was": was["body"]}}
        return {"Put": {**put, **condition}}

    def _get(self, feedback_id: str) -> dict[str, Any] | None:
        return _get(self._table, self._key(f"OF#{feedback_id}"))

    def _key(self, sort_key: str) -> dict[str, str]:
        return {"PK": f"FEEDBACK#{self._site}", "SK": sort_key}


class DynamoDbVerdicts:
    """A `VerdictStore` of one site."""

    def __init__(self, table: Any, site: str) -> None:
        self._table, self._site = table, site

    def save(self, verdict: Verdict) -> None:
        self._change(verdict.feedback_id, lambda was: said_again(was, verdict))

    def get(self, feedback_id: str) -> Verdict | None:
        item = _get(self._table, self._key(f"OF#{feedback_id}"))
        return _verdict(_body(item)) if item else None

    def list(self, state: State | None, limit: int) -> list[Verdict]:
        found = [verdict for one in ([state] if state else STATES) for verdict in self._in_state(one, limit)]
        return sorted(found, key=lambda one: (one.given_us, one.feedback_id), reverse=True)[:limit]

    def review(self, feedback_id: str, review: Review, given_us: int) -> Verdict:
        return self._change(feedback_id, lambda was: reviewed(was, review, given_us))

    def counts(self) -> dict[State, int]:
        return {state: count for state in STATES if (count := self._count(state))}

    def _change(self, feedback_id: str, change: Callable[[Verdict | None], Verdict]) -> Verdict:
        """The verdict and its copy in the order of its state, together; from the newest that there is."""
        for _ in range(ATTEMPTS):
            item = _get(self._table, self._key(f"OF#{feedback_id}"))
            now = change(_verdict(_body(item)) if item else None)
            if _transact(self._table, self._writes(item, now)):
                return now
        raise Unavailable("the verdict was changed by others again and again; try once more")

    def _writes(self, was: dict[str, Any] | None, now: Verdict) -> Writes:
        body, place = _encode(now), f"STATE#{now.review.state}#{now.given_us:020d}#{now.feedback_id}"
        item = {**self._key(f"OF#{now.feedback_id}"), "body": body, "place": place}
        condition = (
            {"ConditionExpression": "body = :was", "ExpressionAttributeValues": {":was": was["body"]}}
            if was
            else {"ConditionExpression": _ONCE}
        )
        writes = [
            {"Put": {"TableName": self._table.name, "Item": item, **condition}},
            {"Put": {"TableName": self._table.name, "Item": {**self._key(place), "body": body}}},
        ]
        if was and was["place"] != place:
            writes.append({"Delete": {"TableName": self._table.name, "Key": self._key(was["place"])}})
        return writes

    def _in_state(self, state: State, limit: int) -> Iterator[Verdict]:
        items = _query(
            self._table, most=limit, KeyConditionExpression=self._state(state), ScanIndexForward=False, Limit=limit
        )
        return (_verdict(_body(item)) for item in items)

    def _count(self, state: State) -> int:
        counted = 0
        more: dict[str, Any] = {}
        while True:
            with _translated():
                answer = self._table.query(KeyConditionExpression=self._state(state), Select="COUNT", **more)
            counted += int(answer["Count"])
            if "LastEvaluatedKey" not in answer:
                return counted
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _state(self, state: State) -> ConditionBase:
        return Key("PK").eq(f"VERDICT#{self._site}") & Key("SK").begins_with(f"STATE#{state}#")

    def _key(self, sort_key: str) -> dict[str, str]:
        return {"PK": f"VERDICT#{self._site}", "SK": sort_key}


class DynamoDbAlarmLog:
    """An `AlarmLog` of one site."""

    def __init__(self, table: Any, site: str) -> None:
        self._table, self._site = table, site

    def append(self, event: AlarmEvent) -> None:
        body = _encode(event)
        once = {"PK": self._of_alarm(event.alarm_id), "SK": f"EVENT#{event.event_id}", "body": body}
        in_order = {"PK": self._of_line(event.line), "SK": _at(event.at_us, event.event_id), "body": body}
        _transact_once(
            self._table,
            [
                {"Put": {"TableName": self._table.name, "Item": once, "ConditionExpression": _ONCE}},
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
        found = [_event(_body(item)) for item in _query(self._table, KeyConditionExpression=condition)]
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


def _body(item: dict[str, Any]) -> bytes:
    return bytes(item["body"])


def _get(table: Any, key: dict[str, str]) -> dict[str, Any] | None:
    with _translated():
        item: dict[str, Any] | None = table.get_item(Key=key, ConsistentRead=True).get("Item")
    return item


def _query(table: Any, *, most: int | None = None, **asked: Any) -> list[dict[str, Any]]:
    """Every page of a query, or its first `most` items."""
    items: list[dict[str, Any]] = []
    with _translated():
        answer = table.query(**asked, ConsistentRead=True)
        items.extend(answer["Items"])
        while "LastEvaluatedKey" in answer and (most is None or len(items) < most):
            answer = table.query(**asked, ConsistentRead=True, ExclusiveStartKey=answer["LastEvaluatedKey"])
            items.extend(answer["Items"])
    return items[:most]


def _batch(table: Any, keys: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """The items that are there of these keys, in no order."""
    found: list[dict[str, Any]] = []
    client = table.meta.client
    for start in range(0, len(keys), MOST_KEYS):
        wanted: Any = {table.name: {"Keys": list(keys[start : start + MOST_KEYS]), "ConsistentRead": True}}
        for _ in range(ATTEMPTS):
            with _translated():
                answer = client.batch_get_item(RequestItems=wanted)
            found += answer["Responses"].get(table.name, [])
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                break
        else:
            raise Unavailable("the table gives only a part of what is asked of it; ask again")
    return found


def _transact_once(table: Any, writes: list[dict[str, Any]]) -> None:
    """A transaction whose first write is on condition that it is new; where it is not, all of it was done before."""
    for _ in range(ATTEMPTS):
        if _transact(table, writes) or _get(table, _key_of(writes[0]["Put"]["Item"])) is not None:
            return
    raise Unavailable("the table is busy with other writes to the same record; try again")


def _key_of(item: dict[str, Any]) -> dict[str, str]:
    return {"PK": item["PK"], "SK": item["SK"]}


def _transact(table: Any, writes: list[dict[str, Any]]) -> bool:
    """Whether it was done; False where somebody else wrote one of these records first."""
    try:
        with _translated():
            table.meta.client.transact_write_items(TransactItems=writes)
    except _ChangedMeanwhile:
        return False
    return True


class _ChangedMeanwhile(Unavailable):
    """A condition no longer held, or another transaction was under way."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
        if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
            raise _ChangedMeanwhile("a record was changed by somebody else") from error
        raise Unavailable(f"the table did not take or give a record of people: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"the table did not answer: {error}") from error
