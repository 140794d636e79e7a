"""How much faster our settings train than TRL's own defaults, on this machine: one command, one JSON file.

`python -m training.measure --out measured.json` on a machine with a GPU, at the shape of Llama 3.2 3B with random
weights: speed and memory do not depend on what the weights say. Rows of random tokens are as long as a question with
its passages and an answer. Each side runs in a process of its own, on the same rows with the same LoRA.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from lineside.errors import Unavailable
from training.console import say
from training.data import IGNORED, Row

if TYPE_CHECKING:
    from training.hardware import Plan

Side = Literal["ours", "trl"]
SIDES: Final[tuple[Side, ...]] = ("ours", "trl")
SHAPES: Final[dict[str, dict[str, Any]]] = {
    # config.json of meta-llama/Llama-3.2-3B-Instruct
    "llama-3.2-3b": {
        "vocab_size": 128_256, "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28,
        "num_attention_heads": 24, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 131_072,
        "tie_word_embeddings": True, "rope_theta": 500_000.0, "rms_norm_eps": 1e-5,
    },
    # to see on any machine that the measurement works; its ratio says nothing about a GPU
    "tiny": {
        "vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096,
        "tie_word_embeddings": True,
    },
}  # fmt: skip
_WARM_STEPS: Final = 2
"""Steps before the clock starts: kernels are chosen and memory is taken in them."""
_ANSWER_SHARE: Final = 0.15


def main(words: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(words)
    if arguments.side:
        sys.stdout.write(json.dumps(_measured(arguments.side, arguments)) + "\n")
        return 0
    try:
        found: dict[str, dict[str, Any]] = {str(side): _in_its_own_process(side, arguments) for side in SIDES}
    except Unavailable as error:
        say(f"measure: {error}")
        return 1
    ours, trl = found["ours"], found["trl"]
    report: dict[str, Any] = {
        "shape": arguments.shape,
        "device": ours["device"],
        "versions": {name: version(name) for name in ("torch", "transformers", "trl", "peft")},
        "tokens_per_second_ratio": round(ours["tokens_per_second"] / trl["tokens_per_second"], 3),
        "peak_memory_ratio": round(ours["peak_memory_bytes"] / trl["peak_memory_bytes"], 3),
        **found,
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    say(
        f"{report['tokens_per_second_ratio']:.2f} times TRL's tokens a second, with"
        f" {report['peak_memory_ratio']:.2f} times its memory, on {report['device']} at {arguments.shape}"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m training.measure", description=__doc__)
    made.add_argument(
        "--out", type=Path, default=Path("measured.json"), help="file for the figures (default: %(default)s)"
    )
    made.add_argument("--shape", choices=SHAPES, default="llama-3.2-3b", help="of the model (default: %(default)s)")
    made.add_argument(
        "--tokens", type=int, default=60_000, help="tokens to train on, the first steps apart (default: %(default)s)"
    )
    made.add_argument("--row-tokens", type=int, default=900, help="tokens of a middling row (default: %(default)s)")
    made.add_argument(
        "--max-length", type=int, default=4096, help="longest row, and our packed block (default: %(default)s)"
    )
    made.add_argument(
        "--batch", type=int, default=1, help="our packed blocks on the device at once (default: %(default)s)"
    )
    made.add_argument("--trl-batch", type=int, default=8, help="TRL's rows at once; its default (default: %(default)s)")
    made.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    return made


def rows_of(tokens: int, middling: int, longest: int, vocabulary: int, seed: int = 0) -> list[Row]:
    """Rows of random tokens, together at least so many; their lengths spread as those of our datasets do."""
    source, rows, made = random.Random(seed), [], 0  # noqa: S311
    while made < tokens:
        length = min(longest, max(16, int(source.lognormvariate(0, 0.5) * middling)))
        ids = [source.randrange(vocabulary) for _ in range(length)]
        asked = int(length * (1 - _ANSWER_SHARE))
        rows.append(Row(ids, [IGNORED] * asked + ids[asked:]))
        made += length
    return rows


def _in_its_own_process(side: Side, arguments: argparse.Namespace) -> dict[str, Any]:
    say(f"Measuring {side}")
    told = ("shape", "tokens", "row_tokens", "max_length", "batch", "trl_batch")
    options = [part for name in told for part in (f"--{name.replace('_', '-')}", str(getattr(arguments, name)))]
    command = [sys.executable, "-m", "training.measure", "--side", side, *options]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode:
        raise Unavailable(f"measuring {side} failed; if memory was short, a smaller batch or max-length may fit")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(side: Side, arguments: argparse.Namespace) -> dict[str, Any]:
    import torch

    from training.figures import process_peak_bytes

    shape = SHAPES[arguments.shape]
    rows = rows_of(arguments.tokens, arguments.row_tokens, arguments.max_length, shape["vocab_size"])
    with tempfile.TemporaryDirectory(prefix="lineside-") as folder:
        trainer, chosen = _trainer(side, arguments, rows, Path(folder))
        clock = _clock()
        trainer.add_callback(clock)
        trainer.train()
    gpu = torch.cuda.is_available()
    tokens = trainer._total_train_tokens - clock.tokens
    return {
        **chosen,
        "device": torch.cuda.get_device_name() if gpu else "cpu",
        "tokens_per_second": round(tokens / clock.seconds, 1),
        "tokens": tokens,
        "seconds": round(clock.seconds, 3),
        "steps": clock.steps,
        "peak_memory_bytes": torch.cuda.max_memory_allocated() if gpu else process_peak_bytes(),
        "last_loss": round(trainer.state.log_history[-2]["loss"], 3),
    }


def _trainer(side: Side, arguments: argparse.Namespace, rows: list[Row], folder: Path) -> tuple[Any, dict[str, Any]]:
    """The trainer of this side, and how it is set."""
    import torch
    from transformers import LlamaConfig
    from trl import SFTTrainer

    from training.hardware import plan
    from training.learn import arguments_of, lora, table
    from training.settings import FinetuneSettings

    settings = FinetuneSettings(
        train=folder,
        out=folder / "model",
        checkpoints=folder,
        epochs=1,
        batch=arguments.batch,
        max_length=arguments.max_length,
        accumulate=1,
    )
    configuration = LlamaConfig(**SHAPES[arguments.shape])
    chosen = plan(settings, configuration)
    if side == "trl":
        # TRL loads a base model in float32 unless it is told otherwise
        chosen = replace(chosen, dtype=torch.float32, attention="sdpa")
        made = _trl_defaults(arguments, folder, on_gpu=chosen.on_gpu)
    else:
        made = arguments_of(settings, chosen, judged=False)
    made.save_strategy = "no"
    trainer = SFTTrainer(
        model=_model(configuration, chosen),
        args=made,
        train_dataset=table(rows),
        processing_class=_tokenizer(),
        peft_config=lora(settings),
    )
    return trainer, {
        "precision": str(chosen.dtype).removeprefix("torch."),
        "attention": chosen.attention,
        "packing": made.packing,
        "gradient_checkpointing": bool(made.activation_checkpointing),
        "batch": made.per_device_train_batch_size,
    }


def _trl_defaults(arguments: argparse.Namespace, folder: Path, *, on_gpu: bool) -> Any:
    """Nothing but what the measurement needs: the same rows, whole, on the same device."""
    from trl import SFTConfig

    return SFTConfig(
        output_dir=str(folder),
        max_length=arguments.max_length,
        per_device_train_batch_size=arguments.trl_batch,
        num_train_epochs=1,
        use_cpu=not on_gpu,
        bf16=on_gpu,
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
    )


def _model(configuration: Any, chosen: Plan) -> Any:
    """A model with random weights, made where it is used."""
    import torch
    from transformers import LlamaForCausalLM

    configuration._attn_implementation = chosen.attention
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(chosen.dtype)
        with torch.device("cuda" if chosen.on_gpu else "cpu"):
            return LlamaForCausalLM(configuration)
    finally:
        torch.set_default_dtype(before)


def _tokenizer() -> Any:
    """The rows are tokens already; the trainer only asks what it pads with."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    special = dict.fromkeys(("pad_token", "eos_token"), "<pad>")
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE(vocab={"<pad>": 0}, merges=[])), **special)


def _clock() -> Any:
    import torch
    from transformers import TrainerCallback

    class Clock(TrainerCallback):
        """Seconds, steps and tokens after the first steps."""

        def __init__(self) -> None:
            self.seconds, self.steps, self.tokens, self._began = 0.0, 0, 0, 0.0

        def on_step_end(self, _args: Any, state: Any, _control: Any, **_more: Any) -> None:
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            now = time.perf_counter()
            if state.global_step == _WARM_STEPS:
                self._began = now
            self.seconds, self.steps = now - self._began, state.global_step - _WARM_STEPS

        def on_log(self, _args: Any, state: Any, _control: Any, **more: Any) -> None:
            if state.global_step == _WARM_STEPS:
                self.tokens = int(more["logs"]["num_tokens"])

    return Clock()


if __name__ == "__main__":
    sys.exit(main())
