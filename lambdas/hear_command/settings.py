"""What `hear_command` is told by its environment."""

from __future__ import annotations

from pathlib import Path

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    line_table_name: Text
    site_file: Path
