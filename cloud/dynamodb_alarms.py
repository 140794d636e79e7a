"""Alarms and advisories on the single DynamoDB table, as an adjacency list under their line.

| PK                | SK                         | what                                                        |
|-------------------|----------------------------|-------------------------------------------------------------|
| LINE#site#line    | ALARM#id                   | the alarm; `revision` guards against two writers             |
| LINE#site#line    | ALARM-RAISED#when#id       | a copy, in the order raised: history is one query             |
| LINE#site#line    | ALARM-OPEN#id              | a copy while it is open: what the console asks for most       |
| LINE#site#line    | ALARM-CLEARED#when#id      | a copy once it has cleared: a chattering alarm re-opens it    |
| LINE#site#line    | ADVISORY#when#id           | the advisory                                                  |

All items of an alarm change in one transaction, so no reader ever sees an alarm open in one place and closed in
another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key
from botocore.exceptions import BotoCoreError, ClientError

from lineside.advice.model import Advisory
from lineside.alarms.model import Alarm
from lineside.errors import Conflict, Unavailable

_encode = msgspec.json.Encoder().encode
_alarm = msgspec.json.Decoder(Alarm).decode
_advisory = msgspec.json.Decoder(Advisory).decode

_CHANGED_SINCE = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class DynamoDbAlarmStore:
    """An `AlarmStore` on a boto3 `Table` with the keys PK and SK."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def open_alarms(self, site: str, line: str, *, cleared_since_us: int | None = None) -> list[Alarm]:
        found = self._alarms(Key("PK").eq(_line(site, line)) & Key("SK").begins_with("ALARM-OPEN#"))
        if cleared_since_us is not None:
            since = f"ALARM-CLEARED#{_when(cleared_since_us)}"
            found += self._alarms(Key("PK").eq(_line(site, line)) & Key("SK").between(since, "ALARM-CLEARED#~"))
        return sorted({alarm.alarm_id: alarm for alarm in found}.values(), key=_age)

    def history(self, site: str, line: str, since_us: int, until_us: int) -> list[Alarm]:
        if until_us <= since_us:
            return []
        first, last = f"ALARM-RAISED#{_when(since_us)}", f"ALARM-RAISED#{_when(until_us - 1)}#~"
        return sorted(self._alarms(Key("PK").eq(_line(site, line)) & Key("SK").between(first, last)), key=_age)

    def get(self, site: str, line: str, alarm_id: str) -> Alarm | None:
        found = self._get(site, line, alarm_id)
        return _alarm(_body(found)) if found else None

    def save(self, alarm: Alarm, *, was: Alarm | None) -> None:
        stored = self._get(alarm.site, alarm.line, alarm.alarm_id)
        if (_alarm(_body(stored)) if stored else None) != was:
            raise Conflict(f"alarm {alarm.alarm_id} was changed by somebody else")
        writes = [self._put(alarm, stored), *self._copies(alarm), *self._gone(alarm, was)]
        with _translated(alarm.alarm_id):
            self._table.meta.client.transact_write_items(TransactItems=writes)

    def _get(self, site: str, line: str, alarm_id: str) -> dict[str, Any] | None:
        with _translated(alarm_id):
            answer = self._table.get_item(Key=_key(site, line, f"ALARM#{alarm_id}"), ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _put(self, alarm: Alarm, stored: dict[str, Any] | None) -> dict[str, Any]:
        """The alarm itself, on condition that nobody has written it since it was read."""
        put = self._item(alarm, f"ALARM#{alarm.alarm_id}")
        if stored is None:
            return {"Put": {**put, "ConditionExpression": "attribute_not_exists(PK)"}}
        return {
            "Put": {
                **put,
                "ConditionExpression": "revision = :was",
                "ExpressionAttributeValues": {":was": stored["revision"]},
            }
        }

    def _copies(self, alarm: Alarm) -> Iterator[dict[str, Any]]:
        return ({"Put": self._item(alarm, sort_key)} for sort_key in _copy_keys(alarm))

    def _gone(self, alarm: Alarm, was: Alarm | None) -> Iterator[dict[str, Any]]:
        """Deletes the copies that the alarm had and has no longer."""
        for sort_key in sorted(_copy_keys(was) - _copy_keys(alarm)) if was else ():
            yield {"Delete": {"TableName": self._table.name, "Key": _key(alarm.site, alarm.line, sort_key)}}

    def _item(self, alarm: Alarm, sort_key: str) -> dict[str, Any]:
        body = _encode(alarm)
        item = {**_key(alarm.site, alarm.line, sort_key), "body": body, "revision": sha256(body).hexdigest()}
        return {"TableName": self._table.name, "Item": item}

    def _alarms(self, condition: ConditionBase) -> list[Alarm]:
        return [_alarm(_body(item)) for item in _query(self._table, KeyConditionExpression=condition)]


class DynamoDbAdvisoryStore:
    """An `AdvisoryStore` on the same table."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def save(self, advisory: Advisory) -> None:
        sort_key = f"ADVISORY#{_when(advisory.drafted_us)}#{advisory.advisory_id}"
        with _translated(advisory.advisory_id):
            self._table.put_item(Item={**_key(advisory.site, advisory.line, sort_key), "body": _encode(advisory)})

    def recent(self, site: str, line: str, limit: int) -> list[Advisory]:
        condition = Key("PK").eq(_line(site, line)) & Key("SK").begins_with("ADVISORY#")
        items = _query(self._table, most=limit, KeyConditionExpression=condition, ScanIndexForward=False)
        return [_advisory(_body(item)) for item in items]


def _query(table: Any, *, most: int | None = None, **asked: Any) -> list[dict[str, Any]]:
    """Every page of a query, or its first `most` items."""
    items: list[dict[str, Any]] = []
    with _translated("query"):
        answer = table.query(**asked)
        items.extend(answer["Items"])
        while "LastEvaluatedKey" in answer and (most is None or len(items) < most):
            answer = table.query(**asked, ExclusiveStartKey=answer["LastEvaluatedKey"])
            items.extend(answer["Items"])
    return items[:most]


def _copy_keys(alarm: Alarm) -> set[str]:
    keys = {f"ALARM-RAISED#{_when(alarm.raised_us)}#{alarm.alarm_id}"}
    if alarm.is_open:
        keys.add(f"ALARM-OPEN#{alarm.alarm_id}")
    if alarm.cleared_us:
        keys.add(f"ALARM-CLEARED#{_when(alarm.cleared_us)}#{alarm.alarm_id}")
    return keys


def _line(site: str, line: str) -> str:
    return f"LINE#{site}#{line}"


def _key(site: str, line: str, sort_key: str) -> dict[str, str]:
    return {"PK": _line(site, line), "SK": sort_key}


def _when(at_us: int) -> str:
    return f"{at_us:020d}"


def _body(item: dict[str, Any]) -> bytes:
    return bytes(item["body"])


def _age(alarm: Alarm) -> tuple[int, str]:
    return (alarm.raised_us, alarm.alarm_id)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
        if reasons & _CHANGED_SINCE:
            raise Conflict(f"{what} was changed by somebody else") from error
        raise Unavailable(f"the table did not take or give {what}: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"the table did not answer: {error}") from error
