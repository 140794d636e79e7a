"""What `list_documents` is told by its environment, and by the state machine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import RunId, StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    site_file: Path
    library_file: Path


class Given(StepInput):
    """What a person, or a schedule, starts the state machine with; all of it may be left out.

    The same `run` again goes on where it stopped. `today` is the day on which a document must be in force.
    """

    run: RunId | None = None
    today: date | None = None
    pairs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None


class ListDocuments(StepInput):
    execution: RunId
    given: Given = Given()
