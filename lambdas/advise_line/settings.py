"""What `advise_line` is told by its environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    line_table_name: Text
    inspection_table_name: Text
    advisory_topic_arn: Text
    site_file: Path
    settling_seconds: Annotated[float, Field(ge=0, le=300)]
    """How long a reading may be on its way to the lake; a tick looks at the line as it stood that long ago."""
    models_file: Path | None = None
    """The models that may word an advisory; none of them without it."""


class Tick(BaseModel):
    """What the schedule of a line sends. A retry of the same tick carries the same time."""

    model_config = ConfigDict(frozen=True)

    site: str
    line: str
    scheduled_at: AwareDatetime

    def now_us(self, settling_seconds: float) -> int:
        settled = self.scheduled_at - timedelta(seconds=settling_seconds)
        return round(settled.timestamp() * 1_000_000)
