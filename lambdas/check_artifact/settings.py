"""What `check_artifact` is told by its environment, and by the state machine."""

from __future__ import annotations

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text


class CheckArtifact(StepInput):
    release_id: Text
