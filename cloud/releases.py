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

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

import msgspec
from boto3.dynamodb.conditions import Key
from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Conflict, Unavailable
from lineside.releases.ports import RETENTION_US, released_by_others, switched_by_others
from lineside.releases.record import AliasTable, ModelRelease, Outcome

TTL_ATTRIBUTE: Final = "expires_at"
"""Seconds since 1970; the people table's time to live."""
PARTITION: Final = "RELEASE"
_ONCE: Final = "attribute_not_exists(PK)"
_LOST: Final = frozenset(
    name + suffix for name in ("ConditionalCheckFailed", "TransactionConflict") for suffix in ("", "Exception")
)

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
        item = _get(self._table, _key(f"OF#{release_id}"))
        return _release(bytes(item["body"])) if item else None

    def list(self, limit: int) -> Listed:
        condition = Key("PK").eq(PARTITION) & Key("SK").begins_with("MADE#")
        items = _query(self._table, most=limit, KeyConditionExpression=condition, ScanIndexForward=False, Limit=limit)
        return [_release(bytes(item["body"])) for item in items]

    def put(self, release: ModelRelease) -> None:
        key = _key(f"OF#{release.release_id}")
        was = _get(self._table, key) if release.version > 1 else None
        body, made = _encode(release), f"MADE#{release.made_us:020d}#{release.release_id}"
        item = {**key, "body": body, "version": release.version, "made": made}
        writes = [
            {"Put": {"TableName": self._table.name, "Item": item, **_condition(release.version)}},
            {"Put": {"TableName": self._table.name, "Item": {**_key(made), "body": body}}},
        ]
        if was and was["made"] != made:
            writes.append({"Delete": {"TableName": self._table.name, "Key": _key(was["made"])}})
        if not _transact(self._table, writes):
            raise Conflict(released_by_others(release))

    def aliases(self) -> AliasTable:
        item = _get(self._table, _key("ALIASES"))
        return _aliases(bytes(item["body"])) if item else AliasTable()

    def switch(self, table: AliasTable) -> None:
        item = {**_key("ALIASES"), "body": _encode(table), "version": table.version}
        try:
            with _translated():
                self._table.put_item(Item=item, **_condition(table.version))
        except _ChangedMeanwhile:
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
            {"Put": {"TableName": self._table.name, "Item": of, "ConditionExpression": _ONCE}},
            {"Put": {"TableName": self._table.name, "Item": item}},
        ]
        if not _transact(self._table, writes) and _get(self._table, _of_answer(outcome)) is None:
            raise Unavailable("the table is busy with other writes to the same answer; try again")

    def judged(self, answer_id: str, verdict: Literal["up", "down"]) -> None:
        condition = Key("PK").eq(f"OUTCOME-OF#{answer_id}")
        for item in _query(self._table, KeyConditionExpression=condition):
            release_id = str(item["SK"]).removeprefix("RELEASE#")
            self._judge(_of_release(release_id, int(item["at_us"]), answer_id), verdict)

    def since(self, at_us: int, release_ids: tuple[str, ...]) -> list[Outcome]:
        found = [
            msgspec.structs.replace(_outcome(bytes(item["body"])), verdict=item["verdict"])
            for release_id in release_ids
            for item in _query(
                self._table,
                KeyConditionExpression=Key("PK").eq(f"OUTCOME#{release_id}") & Key("SK").gte(f"AT#{at_us:020d}#"),
            )
        ]
        return sorted(found, key=lambda one: (one.at_us, one.answer_id, one.release_id))

    def _judge(self, key: dict[str, str], verdict: str) -> None:
        """Where its words stood: a verdict on an answer that others wrote says nothing of this release."""
        try:
            with _translated():
                self._table.update_item(
                    Key=key,
                    UpdateExpression="SET verdict = :verdict",
                    ConditionExpression="stands = :yes",
                    ExpressionAttributeValues={":verdict": verdict, ":yes": True},
                )
        except _ChangedMeanwhile:
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
        return {"ConditionExpression": _ONCE}
    return {
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": version - 1},
    }


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


def _transact(table: Any, writes: list[dict[str, Any]]) -> bool:
    """Whether it was done; False where somebody else wrote one of these records first."""
    try:
        with _translated():
            table.meta.client.transact_write_items(TransactItems=writes)
    except _ChangedMeanwhile:
        return False
    return True


class _ChangedMeanwhile(Unavailable):
    """A condition did not hold, or another transaction was under way."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
        if (reasons | {error.response.get("Error", {}).get("Code")}) & _LOST:
            raise _ChangedMeanwhile("a record was changed by somebody else") from error
        raise Unavailable(f"the table did not take or give a record of releases: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"the table did not answer: {error}") from error
