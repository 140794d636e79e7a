"""What `compact_lake` is told by its environment."""

from __future__ import annotations

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
