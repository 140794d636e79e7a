"""The training itself: TRL's trainer with our settings, going on from a checkpoint where there is one."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import PrinterCallback, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import SFTConfig, SFTTrainer

from lineside.errors import Misconfigured
from training.console import say
from training.data import Row
from training.figures import Figures, process_peak_bytes
from training.hardware import Plan
from training.settings import FinetuneSettings

_FINGERPRINT = "lineside.json"
_SAY_EVERY_SECONDS = 2.0


class Stopped(Exception):
    """Somebody ended the run from outside; what was learned lies in a checkpoint."""


def trainer_for(
    settings: FinetuneSettings, plan: Plan, model: Any, tokenizer: Any, rows: Sequence[Row], held_out: Sequence[Row]
) -> SFTTrainer:
    trainer = SFTTrainer(
        model=model,
        args=arguments_of(settings, plan, judged=bool(held_out)),
        train_dataset=table(rows),
        eval_dataset=table(held_out) if held_out else None,
        processing_class=tokenizer,
        peft_config=lora(settings),
        callbacks=[Progress(), StopOnSignal()],
    )
    trainer.remove_callback(PrinterCallback)  # a dictionary on stdout for every step
    return trainer


def lora(settings: FinetuneSettings) -> LoraConfig:
    targets: str | list[str] = settings.lora_targets
    if targets != "all-linear":
        targets = [name.strip() for name in settings.lora_targets.split(",")]
    return LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        lora_dropout=settings.lora_dropout,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )


def arguments_of(settings: FinetuneSettings, plan: Plan, *, judged: bool) -> SFTConfig:
    """Our settings in TRL's words. What makes it faster than TRL's defaults is told in docs/fine-tuning.md."""
    often = "steps" if settings.checkpoint_steps else "epoch"
    return SFTConfig(
        output_dir=str(settings.checkpoint_folder),
        seed=settings.seed,
        data_seed=settings.seed,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup_share,
        weight_decay=settings.weight_decay,
        max_length=settings.max_length,
        packing=plan.packing,
        train_sampling_strategy="random" if plan.packing or settings.batch == 1 else "group_by_length",
        # float32 weights on a CPU are trained in float32: bfloat16 is emulated there and slower
        bf16=plan.dtype == torch.bfloat16,
        tf32=True if plan.on_gpu else None,
        use_cpu=not plan.on_gpu,
        optim="adamw_torch_fused",
        activation_checkpointing=plan.gradient_checkpointing,
        torch_compile=settings.compile,
        dataloader_num_workers=settings.workers,
        dataloader_pin_memory=plan.on_gpu,
        logging_steps=1,
        save_strategy=often,
        save_steps=settings.checkpoint_steps or 500,
        save_total_limit=2,
        eval_strategy=often if judged else "no",
        eval_steps=settings.checkpoint_steps or None,
        eval_on_start=judged,
        load_best_model_at_end=judged and settings.keep_best,
        metric_for_best_model="eval_loss" if judged else None,
        report_to="none",
        disable_tqdm=True,
    )


def learn(trainer: SFTTrainer, settings: FinetuneSettings, identity: dict[str, str], figures: Figures) -> None:
    """Train to the end, from the newest whole checkpoint on. Raises `Misconfigured` and `Stopped`."""
    folder = settings.checkpoint_folder
    checkpoint = newest_checkpoint(folder, identity)
    if checkpoint:
        trainer.args.eval_on_start = False
        figures.resumed_from_step = _state_of(checkpoint)["global_step"]
        say(f"Going on from step {figures.resumed_from_step} in {checkpoint}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FINGERPRINT).write_text(json.dumps(identity, indent=2), encoding="utf-8")
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    began = time.monotonic()
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    seconds = time.monotonic() - began
    state = trainer.state
    if state.global_step < state.max_steps:
        raise Stopped(f"stopped after step {state.global_step} of {state.max_steps}; {folder} holds what was learned")
    figures.steps, figures.epochs = state.global_step, float(state.epoch or 0)
    figures.kept_step = state.best_global_step if trainer.args.load_best_model_at_end else state.global_step
    peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else process_peak_bytes()
    figures.finish(state.log_history, int(trainer._total_train_tokens), seconds, peak)


def newest_checkpoint(folder: Path, identity: dict[str, str]) -> Path | None:
    """The newest checkpoint that was written to its end. Raises `Misconfigured` for one of another run."""
    found = sorted(
        (each for each in folder.glob("checkpoint-*") if _state_of(each)),
        key=lambda each: int(_state_of(each)["global_step"]),
    )
    if not found:
        return None
    try:
        known = json.loads((folder / _FINGERPRINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    changed = sorted(name for name in identity | known if identity.get(name) != known.get(name))
    if changed:
        raise Misconfigured(
            f"the checkpoints in {folder} were made with another {', '.join(changed)}; remove them, or name another"
            " folder (checkpoints)"
        )
    return found[-1]


def _state_of(checkpoint: Path) -> dict[str, Any]:
    """What the trainer writes last; {} where it did not come to that."""
    try:
        found = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and "global_step" in found else {}


def table(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_dict({"input_ids": [row.input_ids for row in rows], "labels": [row.labels for row in rows]})


class Progress(TrainerCallback):
    """A line about the step at most every two seconds, and one about every evaluation."""

    def __init__(self) -> None:
        self._said = float("-inf")

    def on_log(self, _args: TrainingArguments, state: TrainerState, _control: TrainerControl, **more: Any) -> None:
        logs, now = more["logs"], time.monotonic()
        if "eval_loss" in logs:
            say(f"step {state.global_step}/{state.max_steps}: loss on the validation rows {logs['eval_loss']:.4f}")
        elif "loss" in logs and now - self._said >= _SAY_EVERY_SECONDS:
            self._said = now
            say(f"step {state.global_step}/{state.max_steps}, epoch {state.epoch:.2f}: loss {logs['loss']:.4f}")


class StopOnSignal(TrainerCallback):
    """SIGTERM (a spot instance is taken away) ends the run after its step, with a checkpoint."""

    def __init__(self) -> None:
        self._asked = False
        self._before: Any = signal.SIG_DFL

    def on_train_begin(
        self, _args: TrainingArguments, _state: TrainerState, _control: TrainerControl, **_more: Any
    ) -> None:
        self._before = signal.signal(signal.SIGTERM, self._ask)

    def on_step_end(
        self, _args: TrainingArguments, _state: TrainerState, control: TrainerControl, **_more: Any
    ) -> None:
        if self._asked:
            control.should_save = True
            control.should_training_stop = True

    def on_train_end(
        self, _args: TrainingArguments, _state: TrainerState, _control: TrainerControl, **_more: Any
    ) -> None:
        signal.signal(signal.SIGTERM, self._before)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
