"""What `ingest_telemetry` is told by its environment."""

from __future__ import annotations

from pathlib import Path

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    line_table_name: Text
    site_file: Path
