"""What `plan_questions` is told by its environment, and by the state machine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cloud.settings import EnvironmentSettings, Text
from cloud.steps import RunId, StepInput


class Settings(EnvironmentSettings):
    lake_bucket_name: Text
    training_file: Path


class PlanQuestions(StepInput):
    """`pairs` and `seed` where this run chooses them otherwise than the training file."""

    run: RunId
    today: date
    pairs: int | None = None
    seed: int | None = None
