"""What `watch_canary` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text
    people_table_name: Text
    training_file: Path


class WatchCanary(StepInput):
    release_id: Text
