"""What `sync_manuals` is told by its environment."""

from __future__ import annotations

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    knowledge_base_id: Text
    data_source_id: Text
