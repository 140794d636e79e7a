"""A person's decision on its way to the state machine that waits for it.

| PK      | SK           | what                                                                             |
|---------|--------------|----------------------------------------------------------------------------------|
| RELEASE | APPROVAL#id  | the token of the task that waits, on the line table; whoever has it may answer    |

The token stands apart from the release, so that nothing that shows a release can show it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from cloud.releases import PARTITION
from lineside.errors import Refused, Unavailable

_GONE: Final = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


def keep_token(table: Any, release_id: str, token: str) -> None:
    """Remember who waits; `table` is the line table. A task that asks again waits under its new token."""
    with _translated():
        table.put_item(Item={**_key(release_id), "token": token})


class StepFunctionsApprovals:
    """An `Approvals`: `table` is the line table, `states` boto3's Step Functions."""

    def __init__(self, table: Any, states: Any) -> None:
        self._table, self._states = table, states

    def answer(self, release_id: str, *, approved: bool, by: str, note: str) -> None:
        """The task's result is `{approved, by, note}`. The first answer counts."""
        with _translated():
            item = self._table.get_item(Key=_key(release_id), ConsistentRead=True).get("Item")
        if item is None:
            raise Refused(_nobody_waits(release_id))
        output = json.dumps({"approved": approved, "by": by, "note": note})
        try:
            self._states.send_task_success(taskToken=item["token"], output=output)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise Unavailable(f"the release's state machine did not take the decision: {error}") from error
            self._forget(release_id)
            raise Refused(_nobody_waits(release_id)) from error
        except BotoCoreError as error:
            raise Unavailable(f"the release's state machine did not answer: {error}") from error
        self._forget(release_id)

    def _forget(self, release_id: str) -> None:
        # A token that has been used opens nothing: one that cannot be deleted now does no harm.
        with suppress(Unavailable), _translated():
            self._table.delete_item(Key=_key(release_id))


def _key(release_id: str) -> dict[str, str]:
    return {"PK": PARTITION, "SK": f"APPROVAL#{release_id}"}


def _nobody_waits(release_id: str) -> str:
    return (
        f"nobody waits for a decision on {release_id} any more: somebody has decided, or it waited too long. Look"
        " again; where it was not decided, release it anew"
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise Unavailable(f"the line table did not take or give who waits for a decision: {error}") from error
