"""A run from the base model to the merged files, once nothing speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from lineside.errors import Misconfigured, Unavailable
from lineside.releases.artifact import base_model_problem
from training.console import say
from training.data import Conversation, Encoded, encode
from training.export import export, write_manifest
from training.figures import Figures
from training.hardware import Plan, plan
from training.learn import learn, trainer_for
from training.merge import merged
from training.settings import FinetuneSettings
from training.template import pinned

_INDIFFERENT = {"accept_licence", "least_rows", "long_rows", "gradient_checkpointing", "workers", "shard_gigabytes"}
"""Settings that leave the run as it is, so that a checkpoint made with another value is gone on from."""


def run(
    settings: FinetuneSettings,
    train: Sequence[Conversation],
    validation: Sequence[Conversation],
    facts: dict[str, Any],
) -> tuple[Figures, dict[str, Any]]:
    """The figures of the run, and the manifest of what it wrote."""
    disable_progress_bar()
    datasets.disable_progress_bars()
    tokenizer = loaded_tokenizer(settings)
    configuration = _loaded(AutoConfig, settings.weights_source)
    _refuse(settings, configuration)
    chosen = plan(settings, configuration)
    rows, held_out = _encoded(settings, tokenizer, train, validation)
    say(f"Loading {settings.weights_source} in {chosen.dtype}, attention {chosen.attention}, on {chosen.device}")
    model = _loaded(
        AutoModelForCausalLM, settings.weights_source, dtype=chosen.dtype, attn_implementation=chosen.attention
    )
    generation = model.generation_config.to_dict()
    if chosen.on_gpu:
        model = model.to("cuda")
    trainer = trainer_for(settings, chosen, model, tokenizer, rows.rows, held_out.rows)
    figures = _figures(settings, chosen, trainer.model, rows, held_out, facts)
    learn(trainer, settings, _identity(facts), figures)

    say("Merging and writing the model")
    plain = merged(trainer.model)
    plain.config, plain.generation_config = configuration, type(plain.generation_config).from_dict(generation)
    plain.config.dtype = torch.bfloat16
    export(plain, loaded_tokenizer(settings), settings.out, settings.shard_gigabytes)
    return figures, write_manifest(settings.out, facts)


def loaded_tokenizer(settings: FinetuneSettings) -> Any:
    """The base model's, with a template that does not know what day it is."""
    tokenizer = _loaded(AutoTokenizer, settings.weights_source)
    if not isinstance(tokenizer.chat_template, str):
        raise Misconfigured(f"{settings.base_model} has no chat template; take its Instruct variant as the base")
    tokenizer.chat_template = pinned(tokenizer.chat_template)
    return tokenizer


def _loaded(kind: Any, source: str, **options: Any) -> Any:
    try:
        return kind.from_pretrained(source, **options)
    except (OSError, ValueError) as error:
        first = " ".join(str(error).split())[:300]
        raise Unavailable(
            f"{source} cannot be loaded ({first}); see that it is there and that its token is set"
        ) from error


def _refuse(settings: FinetuneSettings, configuration: Any) -> None:
    """A base model that was known by its name alone is judged by its configuration before its weights are fetched."""
    for architecture in configuration.architectures or []:
        problem = base_model_problem(settings.base_model, accept_licence=True, architecture=architecture)
        if problem:
            raise Misconfigured(problem)


def _encoded(
    settings: FinetuneSettings, tokenizer: Any, train: Sequence[Conversation], validation: Sequence[Conversation]
) -> tuple[Encoded, Encoded]:
    rows, held_out = (encode(part, tokenizer, settings.max_length) for part in (train, validation))
    too_long = rows.too_long + held_out.too_long
    if too_long:
        say(f"{too_long} rows are longer than {settings.max_length} tokens and are left out")
    if too_long and settings.long_rows == "refuse":
        raise Misconfigured(f"{too_long} rows are longer than max_length, which is {settings.max_length} tokens")
    if len(rows.rows) < settings.least_rows:
        raise Misconfigured(
            f"{len(rows.rows)} training rows fit into {settings.max_length} tokens (max_length), and a run needs"
            f" {settings.least_rows} (least_rows)"
        )
    return rows, held_out


def _figures(
    settings: FinetuneSettings, chosen: Plan, model: Any, rows: Encoded, held_out: Encoded, facts: dict[str, Any]
) -> Figures:
    return Figures(
        base_model=settings.base_model,
        seed=settings.seed,
        device=chosen.device,
        precision=str(chosen.dtype).removeprefix("torch."),
        attention=chosen.attention,
        packing=chosen.packing,
        gradient_checkpointing=chosen.gradient_checkpointing,
        parameters=sum(each.numel() for each in model.parameters()),
        trainable_parameters=sum(each.numel() for each in model.parameters() if each.requires_grad),
        rows={
            "train": len(rows.rows),
            "validation": len(held_out.rows),
            "too_long": rows.too_long + held_out.too_long,
        },
        versions=facts["libraries"],
    )


def _identity(facts: dict[str, Any]) -> dict[str, str]:
    """What must be the same for a checkpoint to be gone on from."""
    shaping = {name: value for name, value in facts["hyperparameters"].items() if name not in _INDIFFERENT}
    hashes = {name: value for name, value in facts["dataset"].items() if name.endswith("sha256")}
    return {"base_model": facts["base_model"], **shaping, **hashes}
