"""What `extract_passages` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import Failure, RunId, StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    site_file: Path
    library_file: Path


class ListedItem(BaseModel):
    """One file of the list; see `Item` of `cloud/training_run.py`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Text
    name: Text
    key: str = ""
    beside: str = ""
    document_id: str = ""


class ExtractPassages(StepInput):
    """With `failure` the file is not opened again: it is noted why it cannot be read."""

    run: RunId
    item: ListedItem
    failure: Failure | None = None
