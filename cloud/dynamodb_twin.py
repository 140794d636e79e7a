"""Twins on the single DynamoDB table, under their line.

| PK             | SK            | what                                                                             |
|----------------|---------------|----------------------------------------------------------------------------------|
| LINE#site#line | DEVICE#device | `body`: the twin as JSON, at most 300 kB; `revision` guards against two writers   |

`cloud/dynamodb_alarms.py` keeps alarms in the same partition. A batch reads the twins of its devices, and writes
each that has something newer with one UpdateItem, on condition that nobody wrote it in between; a loser waits a
random moment and reads again, since two who keep step with each other would otherwise make the same one lose each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import BotoCoreError, ClientError

from cloud.racing import wait_a_moment
from lineside.errors import Conflict, Unavailable
from lineside.line.twin import CurrentValue, DeviceTwin, advance, decode_twin, encode_twin, newest
from lineside.telemetry.reading import Reading

_ATTEMPTS = 8
_KEYS_PER_READ = 100
"""DynamoDB's own bound on one BatchGetItem."""


class DynamoDbTwin:
    """A `TwinStore` on a boto3 `Table` with the keys PK and SK.

    `wait` is called with the number of races lost so far (0, 1, ...) before a twin that others changed is read again.
    """

    def __init__(self, table: Any, *, wait: Callable[[int], None] = wait_a_moment) -> None:
        self._table = table
        self._wait = wait

    def update(self, site: str, line: str, readings: Iterable[Reading]) -> int:
        news = newest(readings)
        found = self._items(site, line, list(news))
        return sum(self._advance(site, line, device, found.get(device), news[device]) for device in news)

    def line(self, site: str, line: str) -> list[DeviceTwin]:
        condition = Key("PK").eq(_partition(site, line)) & Key("SK").begins_with("DEVICE#")
        query: dict[str, Any] = {"KeyConditionExpression": condition, "ConsistentRead": True}
        twins: list[DeviceTwin] = []
        with _translated(line):
            while True:
                page = self._table.query(**query)
                twins += [_twin(item) for item in page["Items"]]
                if "LastEvaluatedKey" not in page:
                    return twins
                query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None:
        item = self._item(site, line, device)
        return _twin(item) if item else None

    def _advance(
        self, site: str, line: str, device: str, item: dict[str, Any] | None, news: Mapping[str, CurrentValue]
    ) -> bool:
        """Write the device's twin if `news` has anything newer; whether it did."""
        for lost in range(_ATTEMPTS):
            advanced = advance(_twin(item) if item else DeviceTwin(site, line, device), news)
            if advanced is None:
                return False
            try:
                self._write(advanced, item)
                return True
            except Conflict:
                self._wait(lost)
                item = self._item(site, line, device)
        raise Unavailable(f"the twin of {device} was changed by others {_ATTEMPTS} times")

    def _write(self, twin: DeviceTwin, was: dict[str, Any] | None) -> None:
        revision = int(was["revision"]) if was else 0
        condition = Attr("revision").eq(revision) if was else Attr("PK").not_exists()
        with _translated(twin.device):
            self._table.update_item(
                Key=_key(twin.site, twin.line, twin.device),
                UpdateExpression="SET body = :body, revision = :revision",
                ConditionExpression=condition,
                ExpressionAttributeValues={":body": encode_twin(twin).decode(), ":revision": revision + 1},
            )

    def _item(self, site: str, line: str, device: str) -> dict[str, Any] | None:
        with _translated(device):
            answer = self._table.get_item(Key=_key(site, line, device), ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _items(self, site: str, line: str, devices: list[str]) -> dict[str, dict[str, Any]]:
        items: dict[str, dict[str, Any]] = {}
        for at in range(0, len(devices), _KEYS_PER_READ):
            keys = [_key(site, line, device) for device in devices[at : at + _KEYS_PER_READ]]
            items |= {item["SK"].removeprefix("DEVICE#"): item for item in self._batch(keys)}
        return items

    def _batch(self, keys: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
        wanted = {self._table.name: {"Keys": keys, "ConsistentRead": True}}
        for _ in range(_ATTEMPTS):
            with _translated(self._table.name):
                answer = self._table.meta.client.batch_get_item(RequestItems=wanted)
            yield from answer["Responses"].get(self._table.name, [])
            wanted = answer.get("UnprocessedKeys", {})
            if not wanted:
                return
        raise Unavailable(f"DynamoDB left twins unread {_ATTEMPTS} times")


def _partition(site: str, line: str) -> str:
    return f"LINE#{site}#{line}"


def _key(site: str, line: str, device: str) -> dict[str, str]:
    return {"PK": _partition(site, line), "SK": f"DEVICE#{device}"}


def _twin(item: Mapping[str, Any]) -> DeviceTwin:
    return decode_twin(item["body"])


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise Conflict(f"the twin of {what} was changed by somebody else") from error
        raise Unavailable(f"DynamoDB refused the twin of {what} ({code})") from error
    except BotoCoreError as error:
        raise Unavailable(f"DynamoDB did not answer for the twin of {what}: {error}") from error
