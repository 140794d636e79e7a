"""The figures of a run, as a JSON file and as a line on the terminal."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class StepLoss:
    """`loss` is the mean over the learned tokens of the step, in nats."""

    step: int
    epoch: float
    loss: float
    learning_rate: float


@dataclass
class Evaluation:
    """The loss on the validation rows after `step` steps; step 0 is the base model."""

    step: int
    epoch: float
    loss: float


@dataclass
class Figures:
    """`seconds`, `tokens` and `tokens_per_second` are of this process, which may have gone on from a checkpoint;
    `losses` and `evaluations` are of the whole run. Tokens are counted without padding."""

    base_model: str
    seed: int
    device: str
    precision: str
    attention: str
    packing: bool
    gradient_checkpointing: bool
    parameters: int
    trainable_parameters: int
    rows: dict[str, int]
    """train and validation rows used, and rows left out because they are too long."""
    versions: dict[str, str]
    resumed_from_step: int = 0
    steps: int = 0
    epochs: float = 0.0
    seconds: float = 0.0
    tokens: int = 0
    tokens_per_second: float = 0.0
    peak_memory_bytes: int = 0
    """The most that the GPU held; without one, the most that the process did."""
    kept_step: int = 0
    """Which step's weights were merged."""
    losses: list[StepLoss] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)

    def finish(self, history: list[dict[str, Any]], tokens: int, seconds: float, peak: int) -> None:
        self.losses = [
            StepLoss(each["step"], round(each["epoch"], 4), each["loss"], each["learning_rate"])
            for each in history
            if "loss" in each
        ]
        by_step = {each["step"]: each for each in history if "eval_loss" in each}
        self.evaluations = [
            Evaluation(step, round(each.get("epoch") or 0.0, 4), each["eval_loss"]) for step, each in by_step.items()
        ]
        self.seconds, self.tokens, self.peak_memory_bytes = round(seconds, 3), tokens, peak
        self.tokens_per_second = round(tokens / seconds, 1) if seconds > 0 else 0.0

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    def summary(self) -> str:
        said = [f"{self.steps} steps"]
        if self.losses:
            said.append(f"loss {self.losses[0].loss:.3f} -> {self.losses[-1].loss:.3f}")
        if self.evaluations:
            best = min(each.loss for each in self.evaluations)
            said.append(f"on the validation rows {self.evaluations[0].loss:.3f} -> {best:.3f}")
        said += [f"{self.tokens_per_second:,.0f} tokens/s", f"{self.peak_memory_bytes / 2**30:.2f} GiB at most"]
        return ", ".join(said)


def process_peak_bytes() -> int:
    """The most memory that this process held; Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
