"""What `weigh_release` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    line_table_name: Text
    training_file: Path
    second_opinion_role_arn: str = ""
    """Whom Bedrock's own evaluation acts for; "" where none is wanted."""


class WeighRelease(StepInput):
    release_id: Text
