"""What `request_approval` is told by its environment, and by the state machine."""

from __future__ import annotations

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    line_table_name: Text
    approval_topic_arn: Text
    console_address: str
    """Where people decide; "" where the console has no name of its own."""


class RequestApproval(StepInput):
    release_id: Text
    token: Text
