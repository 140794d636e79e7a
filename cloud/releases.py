"""Releases and the aliases on the line table; how their answers went on the people table, which forgets.

On the line table, because every function that asks a model reads the aliases:

| PK      | SK             | what                                                                        |
|---------|----------------|-----------------------------------------------------------------------------|
| RELEASE | ALIASES        | the one record of the aliases; `version` guards against two writers          |
| RELEASE | OF#id          | a release; `version` likewise                                                |
| RELEASE | MADE#when#id   | a copy, in the order made                                                    |

On the people table, whose time to live deletes what is older than `RETENTION_US`:

| PK                 | SK              | what                                                              |
|--------------------|-----------------|-------------------------------------------------------------------|
| OUTCOME#release    | AT#when#answer  | how an answer went, and the verdict on it                          |
| OUTCOME-OF#answer  | RELEASE#release | when that was, so that a verdict finds it; written once            |
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from boto3.dynamodb.conditions import Key

from cloud.dynamodb import ONCE, ChangedMeanwhile, get, query, transact, translated
from lineside.errors import Conflict, Unavailable
from lineside.releases.ports import RETENTION_US, released_by_others, switched_by_others
from lineside.releases.record import AliasTable, ModelRelease, Outcome

TTL_ATTRIBUTE: Final = "expires_at"
"""Seconds since 1970; the people table's time to live."""
PARTITION: Final = "RELEASE"

_encode = msgspec.json.Encoder().encode
_release = msgspec.json.Decoder(ModelRelease).decode
_aliases = msgspec.json.Decoder(AliasTable).decode
_outcome = msgspec.json.Decoder(Outcome).decode

Listed = list[ModelRelease]


class DynamoDbReleases:
    """A `ReleaseStore` on a boto3 `Table` with the keys PK and SK: the line table."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def get(self, release_id: str) -> ModelRelease | None:
        item = get(self._table, _key(f"OF#{release_id}"))
        return _release(bytes(item["body"])) if item else None

    def list(self, limit: int) -> Listed:
        condition = Key("PK").eq(PARTITION) & Key("SK").begins_with("MADE#")
        items = query(self._table, most=limit, KeyConditionExpression=condition, ScanIndexForward=False, Limit=limit)
        return [_release(bytes(item["body"])) for item in items]

    def put(self, release: ModelRelease) -> None:
        key = _key(f"OF#{release.release_id}")
        was = get(self._table, key) if release.version > 1 else None
        body, made = _encode(release), f"MADE#{release.made_us:020d}#{release.release_id}"
        item = {**key, "body": body, "version": release.version, "made": made}
        writes = [
            {"Put": {"TableName": self._table.name, "Item": item, **_condition(release.version)}},
            {"Put": {"TableName": self._table.name, "Item": {**_key(made), "body": body}}},
        ]
        if was and was["made"] != made:
            writes.append({"Delete": {"TableName": self._table.name, "Key": _key(was["made"])}})
        if not transact(self._table, writes):
            raise Conflict(released_by_others(release))

    def aliases(self) -> AliasTable:
        item = get(self._table, _key("ALIASES"))
        return _aliases(bytes(item["body"])) if item else AliasTable()

    def switch(self, table: AliasTable) -> None:
        item = {**_key("ALIASES"), "body": _encode(table), "version": table.version}
        try:
            with translated():
                self._table.put_item(Item=item, **_condition(table.version))
        except ChangedMeanwhile:
            raise Conflict(switched_by_others()) from None


class DynamoDbOutcomes:
    """An `OutcomeStore` on a boto3 `Table` with the keys PK and SK and a time to live: the people table."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def record(self, outcome: Outcome) -> None:
        expires = (outcome.at_us + RETENTION_US) // 1_000_000
        of = {**_of_answer(outcome), "at_us": outcome.at_us, TTL_ATTRIBUTE: expires}
        item = {
            **_of_release(outcome.release_id, outcome.at_us, outcome.answer_id),
            "body": _encode(outcome),
            "stands": not (outcome.failed or outcome.withheld),
            "verdict": outcome.verdict,
            TTL_ATTRIBUTE: expires,
        }
        writes = [
            {"Put": {"TableName": self._table.name, "Item": of, "ConditionExpression": ONCE}},
            {"Put": {"TableName": self._table.name, "Item": item}},
        ]
        if not transact(self._table, writes) and get(self._table, _of_answer(outcome)) is None:
            raise Unavailable("the table is busy with other writes to the same answer; try again")

    def judged(self, answer_id: str, verdict: Literal["up", "down"]) -> None:
        condition = Key("PK").eq(f"OUTCOME-OF#{answer_id}")
        for item in query(self._table, KeyConditionExpression=condition):
            release_id = str(item["SK"]).removeprefix("RELEASE#")
            self._judge(_of_release(release_id, int(item["at_us"]), answer_id), verdict)

    def since(self, at_us: int, release_ids: tuple[str, ...]) -> list[Outcome]:
        found = [
            msgspec.structs.replace(_outcome(bytes(item["body"])), verdict=item["verdict"])
            for release_id in release_ids
            for item in query(
                self._table,
                KeyConditionExpression=Key("PK").eq(f"OUTCOME#{release_id}") & Key("SK").gte(f"AT#{at_us:020d}#"),
            )
        ]
        return sorted(found, key=lambda one: (one.at_us, one.answer_id, one.release_id))

    def _judge(self, key: dict[str, str], verdict: str) -> None:
        """Where its words stood: a verdict on an answer that others wrote says nothing of this release."""
        try:
            with translated():
                self._table.update_item(
                    Key=key,
                    UpdateExpression="SET verdict = :verdict",
                    ConditionExpression="stands = :yes",
                    ExpressionAttributeValues={":verdict": verdict, ":yes": True},
                )
        except ChangedMeanwhile:
            return


def _key(sort_key: str) -> dict[str, str]:
    return {"PK": PARTITION, "SK": sort_key}


def _of_release(release_id: str, at_us: int, answer_id: str) -> dict[str, str]:
    return {"PK": f"OUTCOME#{release_id}", "SK": f"AT#{at_us:020d}#{answer_id}"}


def _of_answer(outcome: Outcome) -> dict[str, str]:
    return {"PK": f"OUTCOME-OF#{outcome.answer_id}", "SK": f"RELEASE#{outcome.release_id}"}


def _condition(version: int) -> dict[str, Any]:
    """That nobody has written it since the version before."""
    if version == 1:
        return {"ConditionExpression": ONCE}
    return {
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": version - 1},
    }
