"""What `serve_api` is told by its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from cloud.settings import EnvironmentSettings, Text


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    line_table_name: Text
    people_table_name: Text
    replay_function_name: Text
    image_bucket_name: Text
    inspection_table_name: Text
    command_machine_arn: str
    """"" where nothing is commanded."""
    knowledge_base_id: str
    """"" where manuals are found by codes and words alone."""
    site_file: Path
    models_file: Path
    training_file: Path
    library_file: Path
    oidc_authority: Text
    oidc_client_id: Text
    oidc_scope: Text
    sign_out_url: Text
    transcribe_vocabulary: str
    """"" where there is none."""
    lineside_version: Text
    aws_lwa_port: Annotated[int, Field(gt=0, lt=65_536)]
    """Where the Web Adapter looks for us."""
