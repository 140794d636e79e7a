"""Replaying the quarantine from the console: `replay_quarantine` does it, as only that function can write the lake."""

from __future__ import annotations

from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Unavailable
from lineside.line.ingest import BatchOutcome
from lineside.line.replay import Replayed


class _Told(msgspec.Struct):
    resolved: int
    waiting: int
    readings: int


class ReplayFunction:
    """Calls the function and waits. `client` is boto3's for Lambda. `Unavailable` where it fails or takes too long."""

    def __init__(self, client: Any, function_name: str) -> None:
        self._client, self._function_name = client, function_name

    def __call__(self) -> Replayed:
        try:
            answer = self._client.invoke(FunctionName=self._function_name, InvocationType="RequestResponse")
            told = answer["Payload"].read()
        except ClientError as error:
            raise Unavailable(f"the replay could not be started: {error.response['Error']['Code']}") from error
        except (BotoCoreError, OSError) as error:
            raise Unavailable("the replay was begun and did not end in time; look again in some minutes") from error
        if "FunctionError" in answer:
            raise Unavailable("the replay failed; see the log of replay_quarantine")
        found = msgspec.json.decode(told, type=_Told)
        return Replayed(found.resolved, found.waiting, found.readings, BatchOutcome(stored=found.readings))
