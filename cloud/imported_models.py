"""Models that were imported into Bedrock: how many there are, what they need, and how they are deleted.

An import cannot be stopped. Whoever gives up on one waits for its end, and then deletes what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Misconfigured, Throttled, Unavailable

_FOR_A_PERSON: Final = frozenset({"AccessDeniedException", "ValidationException"})


class Imported(msgspec.Struct, frozen=True):
    """An imported model. `units` is how many custom model units one copy takes, 0 where Bedrock does not say."""

    arn: str
    name: str
    converses: bool
    """Whether it answers messages: it was imported with a chat template, and Bedrock can use it."""
    units: int = 0


@dataclass(frozen=True)
class ImportedModels:
    """`client` is boto3's for bedrock."""

    client: Any

    def names(self) -> list[str]:
        """Those of the whole account in this Region: the quota counts them all."""
        return [str(each["modelName"]) for each in self._listed()]

    def importing(self) -> list[str]:
        """The names of the import jobs that run."""
        with _translated("list the import jobs"):
            pages = self.client.get_paginator("list_model_import_jobs").paginate(statusEquals="InProgress")
            return [str(each["jobName"]) for page in pages for each in page.get("modelImportJobSummaries", [])]

    def get(self, identifier: str) -> Imported | None:
        """By name or ARN."""
        found = self._asked("show an imported model", "get_imported_model", modelIdentifier=identifier)
        if found is None:
            return None
        units = found.get("customModelUnits", {}).get("customModelUnitsPerModelCopy", 0)
        return Imported(found["modelArn"], found["modelName"], bool(found.get("instructSupported")), int(units))

    def take_back(self, name: str) -> bool:
        """Delete what the import job `name` made; whether there was anything.

        Raises `Unavailable` while the job still runs.
        """
        if name in self.importing():
            raise Unavailable(f"the import {name} still runs and cannot be stopped; what it makes is deleted after it")
        return self.delete(name)

    def delete(self, identifier: str) -> bool:
        """By name or ARN; whether it was there."""
        if not any(identifier in (each["modelName"], each["modelArn"]) for each in self._listed()):
            return False
        return self._asked("delete an imported model", "delete_imported_model", modelIdentifier=identifier) is not None

    def _listed(self) -> list[dict[str, Any]]:
        with _translated("list the imported models"):
            pages = self.client.get_paginator("list_imported_models").paginate()
            return [each for page in pages for each in page.get("modelSummaries", [])]

    def _asked(self, what: str, operation: str, **how: str) -> dict[str, Any] | None:
        """None where the thing is not there."""
        with _translated(what):
            try:
                answer: dict[str, Any] = getattr(self.client, operation)(**how)
            except ClientError as error:
                if _code(error) == "ResourceNotFoundException":
                    return None
                raise
        return answer


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _FOR_A_PERSON:
            raise Misconfigured(f"Bedrock does not let us {what}: {code}") from error
        if code == "ThrottlingException":
            raise Throttled(f"Bedrock is asked too often to {what}") from error
        raise Unavailable(f"Bedrock did not {what}: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(f"Bedrock did not answer: {error}") from error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
