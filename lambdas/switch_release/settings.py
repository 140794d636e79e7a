"""What `switch_release` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text
    training_file: Path


class Given(BaseModel):
    """What a person has decided."""

    model_config = ConfigDict(frozen=True)

    approved: bool = False
    by: str = ""
    note: str = ""


class SwitchRelease(StepInput):
    release_id: Text
    to: Literal["canary", "live"]
    decision: Given = Given()
