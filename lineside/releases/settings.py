"""How a model is trained, judged and let in front of people: `training.yaml` -> `ReleaseSettings`.

Nothing here is a secret, and nothing is paid for by reading it. The licence of the base model is accepted by a person
who writes `accept_licence: true`, and in no other way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lineside.answering.models import ModelRow
from lineside.errors import Misconfigured
from lineside.training_data.settings import DatasetSettings

Share = Annotated[float, Field(ge=0, le=1)]
LLAMA = "meta-llama/Llama-3.2-3B-Instruct"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)


class TrainingSettings(_Part):
    """`way`: our script on an instance, or SageMaker's serverless customization. Both take `hyperparameters`."""

    way: Literal["script", "serverless"] = "script"
    base_model: str = LLAMA
    accept_licence: bool = False
    epochs: Annotated[float, Field(gt=0, le=100)] = 5
    hyperparameters: dict[str, str | int | float | bool] = {}
    instance_type: str = "ml.g5.2xlarge"
    max_hours: Annotated[float, Field(gt=0, le=120)] = 6
    image: str = ""
    """The container's address; "" for the newest PyTorch training container whose driver fits the instance."""
    hub_content: str = "meta-textgeneration-llama-3-2-3b-instruct"
    """What SageMaker's public hub calls the base model; the serverless way trains this one."""
    weights: str = ""
    """Where the base model's weights lie (an S3 prefix), for the script; "" downloads them with the secret's token."""
    token_secret: str = ""
    """The name of the secret in Secrets Manager that holds a Hugging Face token."""


class GateSettings(_Part):
    """What a candidate must show. Shares are 0..1."""

    least_questions: Annotated[int, Field(ge=1)] = 30
    most_questions: Annotated[int, Field(ge=1)] = 300
    """So many held-out questions are asked at most: every one is paid for twice with each judge."""
    least_improvement: float = 0.0
    """The lower end of the improvement's interval must lie above this."""
    most_worse_on_one: Share = 0.1
    """How much worse a candidate may be on any one machine or category, where there are questions enough to tell."""
    least_questions_of_one: Annotated[int, Field(ge=1)] = 5
    least_numbers: Share = 0.95
    """Share of the answers whose numbers all stand in the passages."""
    least_refusals: Share = 0.9
    """Share of the questions that the documents do not answer which are refused."""
    most_unsafe: Annotated[int, Field(ge=0)] = 0
    least_judges: Annotated[int, Field(ge=1)] = 2
    """How many judges must be fit."""


class CanarySettings(_Part):
    """How a canary is let in, and when it is taken back; `docs/releases.md` states the test."""

    share: Annotated[float, Field(gt=0, le=0.5)] = 0.1
    least_answers: Annotated[int, Field(ge=10)] = 50
    """Nothing is decided before both releases have given so many."""
    most_answers: Annotated[int, Field(ge=20)] = 400
    """After so many of the canary without a regression it is promoted."""
    error_rate: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """The chance of taking back a canary that is no worse, over the whole time, all figures together."""
    most_slower: Annotated[float, Field(ge=1)] = 1.5
    """The canary may take this many times as long as live."""
    hours: Annotated[float, Field(gt=0, le=24 * 30)] = 72
    """The longest that a canary runs; one that has not shown enough by then is taken back."""
    promote_by_itself: bool = True


class LearningSettings(_Part):
    """When verdicts become a new release. 0 starts none by itself."""

    least_new_pairs: Annotated[int, Field(ge=0)] = 0
    every_days: Annotated[int, Field(ge=1, le=365)] = 7


class ReleaseSettings(_Part):
    """`generator` writes pairs (without one, the documents' structure does); `base` answers as the base model does, for
    the candidate to be held against; `judges` are of other families than the base model."""

    generator: ModelRow | None = None
    base: ModelRow | None = None
    judges: tuple[ModelRow, ...] = ()
    second_opinion: str = ""
    """In the cloud: the id, or inference profile, of the model with which Bedrock's own evaluation judges answers of a
    candidate that passed, once more. It is paid for, and the gate does not wait for it; "" asks for none."""
    dataset: DatasetSettings = DatasetSettings()
    training: TrainingSettings = TrainingSettings()
    gate: GateSettings = GateSettings()
    canary: CanarySettings = CanarySettings()
    learning: LearningSettings = LearningSettings()


def read_release_settings(path: Path) -> ReleaseSettings:
    """The settings of this file. Raises Misconfigured with every mistake in it."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return ReleaseSettings.model_validate(data)
    except FileNotFoundError:
        raise Misconfigured(f"there is no training file at {path}; samples/training.yaml shows one") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Misconfigured(f"the training file {path} cannot be read: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        mistakes = tuple(
            f"{'.'.join(map(str, each['loc']))}: {each['msg'][0].lower()}{each['msg'][1:]}" for each in error.errors()
        )
        raise Misconfigured(
            f"{path} has {len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}:", mistakes
        ) from None
