"""Verdicts under review, on the table of people. Apart from the other stores, as functions without the HTTP
application's packages read them.

| PK                      | SK                   | what                                                           |
|-------------------------|----------------------|----------------------------------------------------------------|
| VERDICT#site            | OF#id                | the verdict with what it was about, and its review             |
| VERDICT#site            | STATE#state#when#id  | a copy, in the order given; there is one for each verdict      |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, get_args

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key

from cloud.dynamodb import ATTEMPTS, ONCE, body_of, get, query, transact, translated
from lineside.errors import Unavailable
from lineside.training_data.verdict import Review, State, Verdict, reviewed, said_again

STATES: Final[tuple[State, ...]] = get_args(State)

_encode = msgspec.json.Encoder().encode
_verdict = msgspec.json.Decoder(Verdict).decode

Writes = list[dict[str, Any]]


class DynamoDbVerdicts:
    """A `VerdictStore` of one site."""

    def __init__(self, table: Any, site: str) -> None:
        self._table, self._site = table, site

    def save(self, verdict: Verdict) -> None:
        self._change(verdict.feedback_id, lambda was: said_again(was, verdict))

    def get(self, feedback_id: str) -> Verdict | None:
        item = get(self._table, self._key(f"OF#{feedback_id}"))
        return _verdict(body_of(item)) if item else None

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
            item = get(self._table, self._key(f"OF#{feedback_id}"))
            now = change(_verdict(body_of(item)) if item else None)
            if transact(self._table, self._writes(item, now)):
                return now
        raise Unavailable("the verdict was changed by others again and again; try once more")

    def _writes(self, was: dict[str, Any] | None, now: Verdict) -> Writes:
        body, place = _encode(now), f"STATE#{now.review.state}#{now.given_us:020d}#{now.feedback_id}"
        item = {**self._key(f"OF#{now.feedback_id}"), "body": body, "place": place}
        condition = (
            {"ConditionExpression": "body = :was", "ExpressionAttributeValues": {":was": was["body"]}}
            if was
            else {"ConditionExpression": ONCE}
        )
        writes = [
            {"Put": {"TableName": self._table.name, "Item": item, **condition}},
            {"Put": {"TableName": self._table.name, "Item": {**self._key(place), "body": body}}},
        ]
        if was and was["place"] != place:
            writes.append({"Delete": {"TableName": self._table.name, "Key": self._key(was["place"])}})
        return writes

    def _in_state(self, state: State, limit: int) -> Iterator[Verdict]:
        items = query(
            self._table, most=limit, KeyConditionExpression=self._state(state), ScanIndexForward=False, Limit=limit
        )
        return (_verdict(body_of(item)) for item in items)

    def _count(self, state: State) -> int:
        counted = 0
        more: dict[str, Any] = {}
        while True:
            with translated():
                answer = self._table.query(KeyConditionExpression=self._state(state), Select="COUNT", **more)
            counted += int(answer["Count"])
            if "LastEvaluatedKey" not in answer:
                return counted
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _state(self, state: State) -> ConditionBase:
        return Key("PK").eq(f"VERDICT#{self._site}") & Key("SK").begins_with(f"STATE#{state}#")

    def _key(self, sort_key: str) -> dict[str, str]:
        return {"PK": f"VERDICT#{self._site}", "SK": sort_key}
