"""Which model is released under an alias, on the line table.

| PK      | SK          | what                                                                      |
|---------|-------------|---------------------------------------------------------------------------|
| RELEASE | ALIAS#alias | `model_id`: the ARN of an imported model, or the id of another on Bedrock   |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Unavailable

KEPT_SECONDS: Final = 30.0
"""How long an answer is believed: a promotion or a rollback reaches everybody within this time."""


class DynamoDbAliases:
    """An `Aliases` on a boto3 `Table` with the keys PK and SK. `seconds` is a clock that only runs forward."""

    def __init__(self, table: Any, seconds: Callable[[], float]) -> None:
        self._table, self._seconds = table, seconds
        self._known: dict[str, tuple[float, str | None]] = {}

    def model_id(self, alias: str) -> str | None:
        known_at, model_id = self._known.get(alias, (float("-inf"), None))
        if self._seconds() - known_at > KEPT_SECONDS:
            model_id = self._read(alias)
            self._known[alias] = (self._seconds(), model_id)
        return model_id

    def _read(self, alias: str) -> str | None:
        try:
            item = self._table.get_item(Key=key_of(alias)).get("Item", {})
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"the line table did not say which model is {alias}: {error}") from error
        return str(item.get("model_id", "")) or None


def key_of(alias: str) -> dict[str, str]:
    return {"PK": "RELEASE", "SK": f"ALIAS#{alias}"}
