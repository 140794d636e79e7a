"""What `send_command` is told by its environment, and by the state machine or the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text
    site_file: Path
    advisory_topic_arn: Text
    """Who hears of alarms hears of automatic actions, too."""
    command_arn: Text
    """Of the one command that is declared with AWS IoT."""
    things_arn: Text
    """What the ARN of a thing begins with, up to and including `thing/`."""


class SendCommand(StepInput):
    command_id: Annotated[str, Field(min_length=1)] | None = None
    """None: whatever is due, as the clock asks."""
