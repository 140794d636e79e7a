"""What a training run is told: one list of settings for the command line, a SageMaker job and a test alike.

A SageMaker job names them as hyperparameters (`learning_rate`), the command line as options (`--learning-rate`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lineside.errors import Misconfigured

DEFAULT_BASE = "meta-llama/Llama-3.2-3B-Instruct"
Choice = Literal["auto", "on", "off"]
LongRows = Literal["leave_out", "refuse"]


def _switch(value: object) -> object:
    """YAML and people say on and off, and some readers make true and false of it."""
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


Switch = Annotated[Choice, BeforeValidator(_switch)]


class FinetuneSettings(BaseModel):
    """Every setting of a run. The description of a field is its help, and says why it is as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    train: Annotated[Path, Field(description="training rows (JSONL), or a folder that holds train.jsonl")]
    out: Annotated[Path, Field(description="folder for the merged model; made anew, as plain files")]
    validation: Annotated[
        Path | None, Field(description="validation rows (JSONL), or a folder that holds validation.jsonl")
    ] = None
    base_model: Annotated[str, Field(min_length=1, description="base model: a folder, or its name on Hugging Face")] = (
        DEFAULT_BASE
    )
    weights: Annotated[
        Path | None, Field(description="where the base model's files lie, if they are not to be downloaded")
    ] = None
    accept_licence: Annotated[
        bool, Field(description="say true once you have read and accepted the base model's licence")
    ] = False
    checkpoints: Annotated[
        Path | None, Field(description="folder for checkpoints; a run that finds one there goes on from it")
    ] = None
    metrics: Annotated[Path | None, Field(description="file for the figures of the run (JSON)")] = None

    epochs: Annotated[float, Field(gt=0, le=100, description="how often every row is seen")] = 5
    learning_rate: Annotated[
        float, Field(gt=0, lt=1, description="highest learning rate; LoRA takes ten times that of full training")
    ] = 2e-4
    warmup_share: Annotated[float, Field(ge=0, lt=1, description="share of the steps in which the rate rises")] = 0.03
    weight_decay: Annotated[float, Field(ge=0, lt=1, description="pull of the LoRA matrices towards zero")] = 0.0
    batch: Annotated[int, Field(ge=1, le=1024, description="rows, or packed blocks, on the device at once")] = 1
    accumulate: Annotated[int, Field(ge=1, le=1024, description="batches that make one step")] = 4
    max_length: Annotated[
        int, Field(ge=16, le=131_072, description="tokens of the longest row, and of a packed block")
    ] = 4096
    long_rows: Annotated[
        LongRows,
        Field(
            description="rows over max_length: left out and counted, or refused; never cut, for the answer stands last"
        ),
    ] = "leave_out"
    least_rows: Annotated[int, Field(ge=1, description="fewest training rows that are worth a run")] = 100
    seed: Annotated[int, Field(ge=0, lt=2**32, description="the same seed and data give the same model on a CPU")] = 0

    lora_rank: Annotated[int, Field(ge=1, le=512, description="rank of the LoRA matrices")] = 16
    lora_alpha: Annotated[float, Field(gt=0, description="weight of the LoRA matrices, divided by their rank")] = 32
    lora_dropout: Annotated[
        float, Field(ge=0, lt=1, description="share of their inputs left out; 0 is faster and few epochs need none")
    ] = 0.0
    lora_targets: Annotated[
        str, Field(min_length=1, description="all-linear, or names of layers divided by commas: q_proj,v_proj")
    ] = "all-linear"

    precision: Annotated[
        Literal["auto", "bfloat16", "float32"],
        Field(description="of the frozen weights; auto: bfloat16 on a GPU that has it (half the memory, tensor cores)"),
    ] = "auto"
    packing: Annotated[
        bool, Field(description="several rows in one block, each seeing itself alone: no time goes into padding")
    ] = True
    attention: Annotated[
        str, Field(description="auto: flash_attention_2 where it is installed, else sdpa, which PyTorch brings along")
    ] = "auto"
    gradient_checkpointing: Annotated[
        Switch,
        Field(
            description="compute activations twice instead of keeping them; auto: only where the GPU cannot hold them"
        ),
    ] = "auto"
    compile: Annotated[
        bool, Field(description="torch.compile: minutes at the start, which only long runs earn back")
    ] = False
    workers: Annotated[
        int, Field(ge=0, le=64, description="processes that load rows; rows are small and tokenized once")
    ] = 0
    checkpoint_steps: Annotated[
        int, Field(ge=0, description="steps between checkpoints and evaluations; 0: at the end of every epoch")
    ] = 0
    keep_best: Annotated[
        bool, Field(description="take the checkpoint with the lowest validation loss instead of the last")
    ] = True
    shard_gigabytes: Annotated[float, Field(gt=0, le=100, description="largest file of weights")] = 4.0
    code_version: Annotated[str, Field(description="version of this code, for the manifest")] = ""
    dataset_hash: Annotated[str, Field(description="the dataset's own hash, for the manifest")] = ""

    @property
    def checkpoint_folder(self) -> Path:
        return self.checkpoints or self.out.with_name(f"{self.out.name}.checkpoints")

    @property
    def metrics_file(self) -> Path:
        return self.metrics or self.out.with_name(f"{self.out.name}.metrics.json")

    @property
    def weights_source(self) -> str:
        """What the weights and the tokenizer are loaded from."""
        return str(self.weights or self.base_model)

    def hyperparameters(self) -> dict[str, str]:
        """Everything that shapes the model, as a release record keeps it; no paths, which only say where."""
        return {
            name: str(value)
            for name, value in self.model_dump(exclude=_WHERE).items()
            if name not in ("code_version", "dataset_hash", "base_model")
        }


_WHERE = {"train", "validation", "out", "weights", "checkpoints", "metrics"}


def read_settings(values: Mapping[str, Any]) -> FinetuneSettings:
    """The settings with these values, texts among them. Raises `Misconfigured` with every mistake."""
    try:
        return FinetuneSettings.model_validate(dict(values))
    except ValidationError as error:
        raise Misconfigured("these settings cannot be used:", tuple(_mistakes(error))) from None


def _mistakes(error: ValidationError) -> Iterator[str]:
    for each in error.errors():
        name = ".".join(map(str, each["loc"]))
        yield f"{name}: {each['msg'][0].lower()}{each['msg'][1:]}"
