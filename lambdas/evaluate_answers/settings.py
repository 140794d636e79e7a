"""What `evaluate_answers` is told by its environment, and by the state machine."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import model_validator

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    line_table_name: Text
    training_file: Path


class EvaluateAnswers(StepInput):
    """Pick the questions for an imported model, or have the batch of this name answered and judged."""

    release_id: Text
    model: str = ""
    batch: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.model) == bool(self.batch):
            raise ValueError("either a model or a batch")
        return self
