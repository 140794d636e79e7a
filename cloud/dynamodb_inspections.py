"""Inspections on a DynamoDB table with the keys PK and SK and a time to live.

| PK                    | SK            | what                                                                        |
|-----------------------|---------------|-----------------------------------------------------------------------------|
| INSPECTION#site#id    | RECORD        | the inspection; `version` guards against two writers, `place` is its copy's |
| INSPECTIONS#site      | place#when#id | a copy in the one list it stands in, which `place_of` names                 |
| INSPECTIONS#site#line | TAKEN#when#id | a copy, in the order taken                                                  |

All three are one transaction. DynamoDB deletes each within days after `expires_at`, in seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key

from cloud.dynamodb import ATTEMPTS, ONCE, body_of, get, query, transact
from cloud.racing import wait_a_moment
from lineside.errors import Conflict, Unavailable
from lineside.inspection.model import Inspection
from lineside.inspection.ports import RECORDS_KEPT_US, Place, changed_by_others, place_of

TTL_ATTRIBUTE: Final = "expires_at"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Inspection).decode

Item = dict[str, Any]


class DynamoDbInspections:
    """An `InspectionStore` on a boto3 `Table`.

    `wait` is called with the number of transactions lost so far to another that was under way at the same moment.
    """

    def __init__(self, table: Any, *, wait: Callable[[int], None] = wait_a_moment) -> None:
        self._table, self._wait = table, wait

    def get(self, site: str, image_id: str) -> Inspection | None:
        item = get(self._table, _key(site, image_id))
        return _decode(body_of(item)) if item else None

    def put(self, inspection: Inspection) -> None:
        for lost in range(ATTEMPTS):
            was = get(self._table, _key(inspection.site, inspection.image_id))
            if (int(was["version"]) if was else 0) != inspection.version - 1:
                raise Conflict(changed_by_others(inspection))
            if transact(self._table, self._writes(inspection, was)):
                return
            self._wait(lost)
        raise Unavailable("the table is busy with other writes to the same inspection; try again")

    def waiting(self, site: str, limit: int) -> list[Inspection]:
        return self._listed(_in_place(site, "waiting"), limit)

    def unseen(self, site: str, now_us: int, limit: int) -> list[Inspection]:
        return self._listed(_before(site, "unseen", now_us + 1), limit)

    def since(self, site: str, line: str, taken_us: int, limit: int = 10_000) -> list[Inspection]:
        return self._listed(Key("PK").eq(_of_line(site, line)) & Key("SK").gte(f"TAKEN#{_at(taken_us)}"), limit)

    def reviewed(self, site: str, limit: int, before_us: int | None = None) -> list[Inspection]:
        condition = _in_place(site, "reviewed") if before_us is None else _before(site, "reviewed", before_us)
        return self._listed(condition, limit, newest=True)

    def older(self, site: str, received_us: int, limit: int) -> list[Inspection]:
        places: tuple[Place, ...] = ("seen", "waiting")
        found = [one for place in places for one in self._listed(_before(site, place, received_us), limit)]
        return sorted(found, key=lambda one: (one.received_us, one.image_id))[:limit]

    def _writes(self, inspection: Inspection, was: Item | None) -> list[Item]:
        expires = (inspection.received_us + RECORDS_KEPT_US) // 1_000_000
        both = {"body": _encode(inspection), TTL_ATTRIBUTE: expires}
        place = _placed(inspection)
        record = {**_key(inspection.site, inspection.image_id), **both, "version": inspection.version, "place": place}
        of_line = _of_line(inspection.site, inspection.line)
        taken = {"PK": of_line, "SK": f"TAKEN#{_at(inspection.taken_us)}#{inspection.image_id}"}
        listed = {"PK": _of_site(inspection.site), "SK": place}
        writes = [
            {"Put": {"TableName": self._table.name, "Item": record, **_condition(inspection.version)}},
            {"Put": {"TableName": self._table.name, "Item": {**listed, **both}}},
            {"Put": {"TableName": self._table.name, "Item": {**taken, **both}}},
        ]
        if was and was["place"] != place:
            left = {"PK": _of_site(inspection.site), "SK": was["place"]}
            writes.append({"Delete": {"TableName": self._table.name, "Key": left}})
        return writes

    def _listed(self, condition: ConditionBase, limit: int, *, newest: bool = False) -> list[Inspection]:
        asked = {"KeyConditionExpression": condition, "ScanIndexForward": not newest, "Limit": limit}
        return [_decode(body_of(item)) for item in query(self._table, most=limit, **asked)]


def _key(site: str, image_id: str) -> dict[str, str]:
    return {"PK": f"INSPECTION#{site}#{image_id}", "SK": "RECORD"}


def _of_site(site: str) -> str:
    return f"INSPECTIONS#{site}"


def _of_line(site: str, line: str) -> str:
    return f"INSPECTIONS#{site}#{line}"


def _placed(inspection: Inspection) -> str:
    place, at_us = place_of(inspection)
    return f"{place}#{_at(at_us)}#{inspection.image_id}"


def _in_place(site: str, place: Place) -> ConditionBase:
    return Key("PK").eq(_of_site(site)) & Key("SK").begins_with(f"{place}#")


def _before(site: str, place: Place, at_us: int) -> ConditionBase:
    return Key("PK").eq(_of_site(site)) & Key("SK").between(f"{place}#", f"{place}#{_at(at_us)}")


def _at(at_us: int) -> str:
    """Ordered as a word as it is as a number; nothing was taken before 1970."""
    return f"{max(0, at_us):020d}"


def _condition(version: int) -> Item:
    """That nobody has written it since the version before."""
    if version == 1:
        return {"ConditionExpression": ONCE}
    return {
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": version - 1},
    }
