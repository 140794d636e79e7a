"""What `check_release` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path

from pydantic import PositiveInt

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    line_table_name: Text
    artifacts_bucket_name: Text
    training_file: Path
    training_role_arn: Text
    training_code: Text
    """Where the zipped code lies: `s3://...`."""
    code_version: Text
    model_package_group_arn: str
    """"" where a script trains."""
    imported_models_quota: PositiveInt


class CheckRelease(StepInput):
    """`dataset` is "" where one is to be prepared first."""

    release_id: Text
    execution: Text
    dataset: str
