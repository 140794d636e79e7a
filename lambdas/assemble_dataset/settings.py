"""What `assemble_dataset` is told by its environment, and by the state machine."""

from __future__ import annotations

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import RunId, StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    people_table_name: Text
    site: Text


class AssembleDataset(StepInput):
    run: RunId
