"""What `consider_release` is told by its environment."""

from __future__ import annotations

from pathlib import Path

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    site: Text
    line_table_name: Text
    people_table_name: Text
    training_file: Path
    release_machine_arn: Text
