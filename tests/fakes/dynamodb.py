"""moto's DynamoDB, whole: one request after the other, so nobody reads or writes half of what another one does."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from moto.dynamodb.responses import DynamoHandler

_ONE = threading.RLock()


def one_request_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """DynamoDB checks a condition and writes in one step, and shows no item half written; moto's threads do both."""
    answer = DynamoHandler.call_action

    def alone(handler: DynamoHandler) -> Any:
        with _ONE:
            return answer(handler)

    patch.setattr(DynamoHandler, "call_action", alone)
