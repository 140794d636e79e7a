"""What `watch_command` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text
    site_file: Path


class WatchCommand(StepInput):
    command_id: Text
