"""What `validate_pairs` is told by its environment, and by the state machine."""

from __future__ import annotations

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import Failure, RunId, StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text


class ValidatePairs(StepInput):
    """`failure` is why not all of the document could be asked about; with `give_up` nothing of it is used."""

    run: RunId
    document_id: Text
    failure: Failure | None = None
    give_up: bool = False
