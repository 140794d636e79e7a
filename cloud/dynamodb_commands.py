"""Commands, the points in flight, the stop-all switch and the audit log, on one table with the keys PK and SK.

| PK                     | SK               | what                                                                    |
|------------------------|------------------|--------------------------------------------------------------------------|
| COMMAND#site           | OF#id            | the command; `version` guards against two writers                       |
| COMMAND#site           | OPEN#when#id     | a copy while it has not ended, in the order proposed                     |
| COMMAND#site           | POINT#point      | which command is in flight there; it goes when that ends                 |
| COMMAND#site           | AUTOMATION       | `stopped`: the stop-all switch                                           |
| COMMAND-LINE#site#line | LATEST#when#id   | a copy, by its newest time: what was proposed, sent or changed lately    |
| COMMAND-LINE#site#line | MEMORY           | what the automatic actions of the line remember                          |
| AUDIT#site             | ENTRY#number     | an entry of the audit log; written once, never changed                   |

A command that has ended carries `expires_at`, in seconds since 1970: DynamoDB deletes it within days after that. No
entry of the audit log does.

`id` and `point` are SHA-256 of what they stand for, since a key has at most 1,024 bytes and people choose ids.

A command, its copies, its point and its entry in the log change in one TransactWriteItems. The number of the entry is
part of its key and must be new, so of two who append at once one finds its number taken, waits a random moment, and
appends behind the other: there is one chain, without a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from boto3.dynamodb.conditions import Key

from cloud.dynamodb import ONCE, ChangedMeanwhile, body_of, get, query, transact, translated
from cloud.racing import wait_a_moment
from lineside.control.audit import Entry, Note, encoded, following
from lineside.control.ports import (
    NO_NUMBER,
    RECORDS_KEPT_US,
    PointTaken,
    changed_by_others,
    memory_changed,
    point_taken,
)
from lineside.control.record import ENDED, IN_FLIGHT, Command
from lineside.errors import Conflict, Unavailable

ATTEMPTS: Final = 10
TTL_ATTRIBUTE: Final = "expires_at"

_encode = msgspec.json.Encoder().encode
_command = msgspec.json.Decoder(Command).decode


class DynamoDbAuditLog:
    """An `AuditLog` on a boto3 `Table`. `wait` is called with the number of races lost so far."""

    def __init__(self, table: Any, *, wait: Callable[[int], None] = wait_a_moment) -> None:
        self._table = table
        self._wait = wait

    def append(self, site: str, at_us: int, by: str, what: str, detail: str) -> str:
        for lost in range(ATTEMPTS):
            entry = next_entry(self._table, site, Note(at_us, by, what, detail))
            try:
                with translated():
                    self._table.put_item(Item=_entry_item(entry), ConditionExpression=ONCE)
            except ChangedMeanwhile:
                self._wait(lost)
                continue
            return entry.hash
        raise Unavailable("the audit log is busy with other entries; try again")

    def entries(self, site: str, after: int = 0, limit: int = 1_000) -> list[bytes]:
        condition = Key("PK").eq(f"AUDIT#{site}") & Key("SK").gt(_entry_sort_key(after))
        return [body_of(item) for item in query(self._table, most=limit, KeyConditionExpression=condition, Limit=limit)]

    def newest(self, site: str, limit: int, before: int = NO_NUMBER) -> list[bytes]:
        condition = Key("PK").eq(f"AUDIT#{site}") & Key("SK").lt(_entry_sort_key(before))
        found = query(self._table, most=limit, KeyConditionExpression=condition, ScanIndexForward=False, Limit=limit)
        return [body_of(item) for item in reversed(found)]


class DynamoDbCommands:
    """A `CommandStore` on a boto3 `Table`. `wait` is called with the number of races lost so far."""

    def __init__(self, table: Any, *, wait: Callable[[int], None] = wait_a_moment) -> None:
        self._table = table
        self._wait = wait

    def get(self, site: str, command_id: str) -> Command | None:
        item = get(self._table, _key(site, command_id))
        return _command(body_of(item)) if item else None

    def put(self, command: Command, note: Note | None = None) -> None:
        for lost in range(ATTEMPTS):
            was = get(self._table, _key(command.site, command.command_id))
            if (int(was["version"]) if was else 0) != command.version - 1:
                raise Conflict(changed_by_others(command))
            entry = next_entry(self._table, command.site, note) if note else None
            if transact(self._table, self._writes(command, was, entry)):
                return
            self._refuse_if_taken(command)
            self._wait(lost)
        raise Unavailable("the table is busy with other commands; try again")

    def recent(self, site: str, line: str, since_us: int) -> list[Command]:
        first, last = f"LATEST#{max(0, since_us):020d}", "LATEST#~"
        condition = Key("PK").eq(_line(site, line)) & Key("SK").between(first, last)
        items = query(self._table, KeyConditionExpression=condition, ScanIndexForward=False)
        return [_command(body_of(item)) for item in items]

    def open(self, site: str) -> list[Command]:
        condition = Key("PK").eq(_site(site)) & Key("SK").begins_with("OPEN#")
        return [_command(body_of(item)) for item in query(self._table, KeyConditionExpression=condition)]

    def automation_stopped(self, site: str) -> bool:
        item = get(self._table, {"PK": _site(site), "SK": "AUTOMATION"})
        return bool(item and item["stopped"])

    def stop_automation(self, site: str, *, stopped: bool) -> None:
        with translated():
            self._table.put_item(Item={"PK": _site(site), "SK": "AUTOMATION", "stopped": stopped})

    def automatic_memory(self, site: str, line: str) -> bytes | None:
        item = get(self._table, {"PK": _line(site, line), "SK": "MEMORY"})
        return body_of(item) if item else None

    def remember(self, site: str, line: str, memory: bytes, *, was: bytes | None, notes: Sequence[Note] = ()) -> None:
        condition: dict[str, Any] = {"ConditionExpression": ONCE}
        if was is not None:
            condition = {"ConditionExpression": "body = :was", "ExpressionAttributeValues": {":was": was}}
        item = {"PK": _line(site, line), "SK": "MEMORY", "body": memory}
        put = {"Put": {"TableName": self._table.name, "Item": item, **condition}}
        for lost in range(ATTEMPTS):
            if transact(self._table, [put, *_entry_puts(self._table, site, notes)]):
                return
            if self.automatic_memory(site, line) != was:
                raise Conflict(memory_changed(line))
            self._wait(lost)
        raise Unavailable("the table is busy with other commands; try again")

    def _refuse_if_taken(self, command: Command) -> None:
        holder = get(self._table, _point(command)) if command.status in IN_FLIGHT else None
        if holder and holder["command_id"] != command.command_id:
            raise PointTaken(point_taken(command))

    def _writes(self, command: Command, was: dict[str, Any] | None, entry: Entry | None) -> list[dict[str, Any]]:
        table, body = self._table.name, _encode(command)
        number = f"{command.latest_us:020d}#{_short(command.command_id)}"
        latest = {"PK": _line(command.site, command.line), "SK": f"LATEST#{number}"}
        opened = {"PK": _site(command.site), "SK": f"OPEN#{command.proposed_us:020d}#{_short(command.command_id)}"}
        item = {
            **_key(command.site, command.command_id),
            **{"body": body, "version": command.version, "latest": latest["SK"]},
        }
        forgotten = _forgotten(command)
        writes = [
            {"Put": {"TableName": table, "Item": {**item, **forgotten}, **_condition(command.version)}},
            {"Put": {"TableName": table, "Item": {**latest, "body": body, **forgotten}}},
        ]
        if command.status not in ENDED:
            writes.append({"Put": {"TableName": table, "Item": {**opened, "body": body}}})
        else:
            writes.append({"Delete": {"TableName": table, "Key": opened}})
        if was and was["latest"] != latest["SK"]:
            writes.append({"Delete": {"TableName": table, "Key": {**latest, "SK": was["latest"]}}})
        if command.sent_us:  # what was never sent holds no point
            writes.append(_point_write(table, command))
        if entry is not None:
            writes.append(_entry_put(table, entry))
        return writes


def next_entry(table: Any, site: str, note: Note) -> Entry:
    """What `note` becomes behind the newest entry of now."""
    condition = Key("PK").eq(f"AUDIT#{site}") & Key("SK").begins_with("ENTRY#")
    newest = query(table, most=1, KeyConditionExpression=condition, ScanIndexForward=False, Limit=1)
    return following(site, body_of(newest[0]) if newest else None, note)


def _entry_puts(table: Any, site: str, notes: Sequence[Note]) -> list[dict[str, Any]]:
    """What the notes become, one behind the other."""
    entries: list[Entry] = []
    for note in notes:
        entries.append(following(site, encoded(entries[-1]), note) if entries else next_entry(table, site, note))
    return [_entry_put(table.name, entry) for entry in entries]


def _entry_put(table: str, entry: Entry) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": _entry_item(entry), "ConditionExpression": ONCE}}


def _point_write(table: str, command: Command) -> dict[str, Any]:
    """Take the point, or give it back: on condition that nobody else has it."""
    key = _point(command)
    if command.status in IN_FLIGHT:
        return {"Put": {"TableName": table, "Item": {**key, "command_id": command.command_id}, **_ours(command)}}
    return {"Delete": {"TableName": table, "Key": key, **_ours(command)}}


def _ours(command: Command) -> dict[str, Any]:
    return {
        "ConditionExpression": "attribute_not_exists(PK) OR command_id = :ours",
        "ExpressionAttributeValues": {":ours": command.command_id},
    }


def _forgotten(command: Command) -> dict[str, int]:
    """From when on DynamoDB may delete it: never while it is open."""
    if command.status not in ENDED:
        return {}
    return {TTL_ATTRIBUTE: (command.latest_us + RECORDS_KEPT_US) // 1_000_000}


def _condition(version: int) -> dict[str, Any]:
    """That nobody has written it since the version before."""
    if version == 1:
        return {"ConditionExpression": ONCE}
    return {
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": version - 1},
    }


def _entry_item(entry: Entry) -> dict[str, Any]:
    return {"PK": f"AUDIT#{entry.site}", "SK": _entry_sort_key(entry.number), "body": encoded(entry)}


def _entry_sort_key(number: int) -> str:
    return f"ENTRY#{number:020d}"


def _key(site: str, command_id: str) -> dict[str, str]:
    return {"PK": _site(site), "SK": f"OF#{_short(command_id)}"}


def _point(command: Command) -> dict[str, str]:
    device, attribute = command.point
    return {"PK": _site(command.site), "SK": f"POINT#{_short(f'{len(device)}#{device}#{attribute}')}"}


def _short(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _site(site: str) -> str:
    return f"COMMAND#{site}"


def _line(site: str, line: str) -> str:
    return f"COMMAND-LINE#{site}#{line}"
