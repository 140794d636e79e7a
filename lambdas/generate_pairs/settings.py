"""What `generate_pairs` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import RunId, StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    training_file: Path


class GeneratePairs(StepInput):
    """`first` is the number of the first chunk that is still to be asked about."""

    run: RunId
    document_id: Text
    first: Annotated[int, Field(ge=0)]
