"""What the stores on DynamoDB share: reading whole queries, writing on condition, and errors in our words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Unavailable

ONCE: Final = "attribute_not_exists(PK)"
ATTEMPTS: Final = 5
LOST: Final = frozenset(
    name + suffix for name in ("ConditionalCheckFailed", "TransactionConflict") for suffix in ("", "Exception")
)
"""How DynamoDB says that somebody else was faster, within a transaction and without one."""
MOST_KEYS: Final = 100
"""Of one BatchGetItem."""


def body_of(item: dict[str, Any]) -> bytes:
    return bytes(item["body"])


def get(table: Any, key: dict[str, str]) -> dict[str, Any] | None:
    with translated():
        item: dict[str, Any] | None = table.get_item(Key=key, ConsistentRead=True).get("Item")
    return item


def query(table: Any, *, most: int | None = None, **asked: Any) -> list[dict[str, Any]]:
    """Every page of a query, or its first `most` items."""
    items: list[dict[str, Any]] = []
    with translated():
        answer = table.query(**asked, ConsistentRead=True)
        items.extend(answer["Items"])
        while "LastEvaluatedKey" in answer and (most is None or len(items) < most):
            answer = table.query(**asked, ConsistentRead=True, ExclusiveStartKey=answer["LastEvaluatedKey"])
            items.extend(answer["Items"])
    return items[:most]


def batch(table: Any, keys: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """The items that are there of these keys, in no order."""
    found: list[dict[str, Any]] = []
    client = table.meta.client
    for start in range(0, len(keys), MOST_KEYS):
        wanted: Any = {table.name: {"Keys": list(keys[start : start + MOST_KEYS]), "ConsistentRead": True}}
        for _ in range(ATTEMPTS):
            with translated():
                answer = client.batch_get_item(RequestItems=wanted)
            found += answer["Responses"].get(table.name, [])
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                break
        else:
            raise Unavailable("the table gives only a part of what is asked of it; ask again")
    return found


def transact_once(table: Any, writes: list[dict[str, Any]]) -> None:
    """A transaction whose first write is on condition that it is new; where it is not, all of it was done before."""
    for _ in range(ATTEMPTS):
        if transact(table, writes) or get(table, key_of(writes[0]["Put"]["Item"])) is not None:
            return
    raise Unavailable("the table is busy with other writes to the same record; try again")


def key_of(item: dict[str, Any]) -> dict[str, str]:
    return {"PK": item["PK"], "SK": item["SK"]}


def transact(table: Any, writes: list[dict[str, Any]]) -> bool:
    """Whether it was done; False where somebody else wrote one of these records first."""
    try:
        with translated():
            table.meta.client.transact_write_items(TransactItems=writes)
    except ChangedMeanwhile:
        return False
    return True


class ChangedMeanwhile(Unavailable):
    """A condition no longer held, or another transaction was under way."""


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
        if (reasons | {error.response.get("Error", {}).get("Code")}) & LOST:
            raise ChangedMeanwhile("a record was changed by somebody else") from error
        raise Unavailable(f"the table did not take or give a record: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"the table did not answer: {error}") from error
