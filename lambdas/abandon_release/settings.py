"""What `abandon_release` is told by its environment, and by the state machine."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text
    artifacts_bucket_name: Text


class Given(BaseModel):
    """What a person has decided; nobody has where `by` is empty."""

    model_config = ConfigDict(frozen=True)

    approved: bool = False
    by: str = ""
    note: str = ""


class AbandonRelease(StepInput):
    """`error` and `cause` tell the failure; with `clear` nothing of this release is undone."""

    release_id: Text
    execution: Text
    how: Literal["failed", "refused", "rolled_back"] = "failed"
    error: str = ""
    cause: str = ""
    decision: Given = Given()
    clear: bool = False
