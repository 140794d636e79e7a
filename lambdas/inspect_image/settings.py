"""What `inspect_image` is told by its environment, and by the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput

RESERVE_MS: Final = 150_000
"""With less time left no further images are begun: five, at half a minute each."""


class Settings(EnvironmentSettings):
    image_bucket_name: Text
    inspection_table_name: Text
    lake_bucket_name: Text
    """Where the quarantine is."""
    site_file: Path
    models_file: Path


class Turn(StepInput):
    """What the clock asks for."""

    turn: Literal["inspect", "tidy"]
    """`inspect`: what is due. `tidy`: uploads that no message told of, and images past their retention."""
