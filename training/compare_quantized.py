"""What the plant's smaller weights cost in answers: the whole model and quantized ones, side by side.

`python -m training.compare_quantized model --rows test.jsonl --out compared.json`. The GGUF files are written as
`to_gguf` writes them, read back, and asked the same questions on this machine. That is the rounding of the file's
format alone: Ollama's `q4_K_M` rounds otherwise, and its engine calculates otherwise, so a release for a plant is
judged on the plant's own server: `lineside releases evaluate`, with the whole model as the base.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from lineside.errors import LinesideError, Malformed, Misconfigured
from training.console import say
from training.data import IGNORED, Conversation, encode_one, part_file, read_conversations
from training.llama_gguf import as_it_was, tensor_names
from training.to_gguf import PRECISIONS, convert

DEFAULT: Final = ("q8_0", "q4_0")


@dataclass
class Compared:
    """`share_of_bytes` is of the whole model's file. The shares are of the questions and of the answers' tokens."""

    precision: str
    bytes: int
    share_of_bytes: float
    same_answers: float
    """Share of the questions that are answered word for word as by the whole model."""
    right_answers: float
    """Share of the questions that are answered word for word as the row says."""
    same_tokens: float
    """Share of the expected tokens that both would say next, given the same beginning."""
    loss: float
    """Of the expected answers, in nats a token."""


@dataclass(frozen=True)
class _Heard:
    """What one model made of the questions."""

    answers: list[str]
    tokens: list[list[int]]
    loss: float


def main(words: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(words)
    try:
        rows = read_conversations(part_file(arguments.rows, "test"))[: arguments.most]
        compared = compare(arguments.model, rows, arguments.precision or DEFAULT, arguments.tokens)
    except LinesideError as error:
        say(f"compare_quantized: {error}")
        return 2 if isinstance(error, Misconfigured | Malformed) else 1
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps([asdict(each) for each in compared], indent=2) + "\n", encoding="utf-8")
    for each in compared:
        say(
            f"{each.precision}: {each.share_of_bytes:.0%} of the bytes, {each.same_answers:.1%} the same answers,"
            f" {each.right_answers:.1%} right, loss {each.loss:.3f}"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m training.compare_quantized", description=__doc__)
    made.add_argument("model", type=Path, help="folder with the merged model")
    made.add_argument("--rows", type=Path, required=True, help="held-out rows (JSONL), or a folder with test.jsonl")
    made.add_argument("--out", type=Path, required=True, help="file for the figures (JSON)")
    made.add_argument(
        "--precision", action="append", choices=PRECISIONS, help="what to compare; several times for more"
    )
    made.add_argument("--most", type=int, default=200, help="most questions (default: %(default)s)")
    made.add_argument("--tokens", type=int, default=300, help="longest answer in tokens (default: %(default)s)")
    return made


def compare(
    model: Path, rows: Sequence[Conversation], precisions: Sequence[str] = DEFAULT, most_tokens: int = 300
) -> list[Compared]:
    """The whole model first, then each precision. Raises `Misconfigured` without a question."""
    if not rows:
        raise Misconfigured("there is no question to compare by")
    tokenizer = AutoTokenizer.from_pretrained(model)
    # in float32, or bfloat16 would round what was read back a second time
    plain = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    plain = plain.to("cuda" if torch.cuda.is_available() else "cpu")
    whole, compared = _heard(plain, tokenizer, rows, most_tokens), []
    with tempfile.TemporaryDirectory(prefix="lineside-") as folder:
        whole_bytes = convert(model, Path(folder), "bf16").stat().st_size
        compared.append(_compared("bf16", whole_bytes, whole_bytes, whole, whole, rows))
        for precision in precisions:
            file = convert(model, Path(folder), precision)
            say(f"Asking {precision}")
            _load(plain, file)
            heard = _heard(plain, tokenizer, rows, most_tokens)
            compared.append(_compared(precision, file.stat().st_size, whole_bytes, whole, heard, rows))
            file.unlink()
    return compared


def read_back(file: Path, configuration: dict[str, Any]) -> dict[str, torch.Tensor]:
    """The weights of a GGUF file under Hugging Face's names, as numbers again."""
    names = {theirs: ours for ours, theirs in tensor_names(configuration["num_hidden_layers"]).items()}
    weights = {}
    for tensor in gguf.GGUFReader(file).tensors:
        if tensor.name in names:
            name = names[tensor.name]
            values = np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
            weights[name] = torch.from_numpy(np.ascontiguousarray(as_it_was(name, values, configuration)))
    return weights


def _load(model: Any, file: Path) -> None:
    weights = read_back(file, model.config.to_dict())
    own = model.state_dict()
    with torch.no_grad():
        for name, weight in weights.items():
            own[name].copy_(weight)


def _heard(model: Any, tokenizer: Any, rows: Sequence[Conversation], most_tokens: int) -> _Heard:
    answers, tokens, losses, counted = [], [], 0.0, 0
    for row in rows:
        answers.append(_answer(model, tokenizer, row, most_tokens))
        said, loss = _expected(model, tokenizer, row)
        tokens.append(said)
        losses, counted = losses + loss * len(said), counted + len(said)
    return _Heard(answers, tokens, losses / counted)


def _answer(model: Any, tokenizer: Any, row: Conversation, most_tokens: int) -> str:
    asked = tokenizer.apply_chat_template(
        list(row[:-1]), add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    with torch.no_grad():
        said = model.generate(
            **asked.to(model.device), max_new_tokens=most_tokens, do_sample=False, pad_token_id=tokenizer.eos_token_id
        )
    return str(tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)).strip()


def _expected(model: Any, tokenizer: Any, row: Conversation) -> tuple[list[int], float]:
    """The likeliest token at each place of the expected answer, and the mean loss there."""
    encoded = encode_one(row, tokenizer)
    ids = torch.tensor([encoded.input_ids], device=model.device)
    labels = torch.tensor([encoded.labels], device=model.device)
    with torch.no_grad():
        made = model(input_ids=ids, labels=labels)
    learned = [place for place, label in enumerate(encoded.labels) if label != IGNORED]
    return [int(made.logits[0, place - 1].argmax()) for place in learned], float(made.loss)


def _compared(
    precision: str, size: int, whole_size: int, whole: _Heard, heard: _Heard, rows: Sequence[Conversation]
) -> Compared:
    expected = [row[-1]["content"].strip() for row in rows]
    pairs = [
        pair for ours, theirs in zip(whole.tokens, heard.tokens, strict=True) for pair in zip(ours, theirs, strict=True)
    ]
    return Compared(
        precision=precision,
        bytes=size,
        share_of_bytes=round(size / whole_size, 4),
        same_answers=_share(zip(whole.answers, heard.answers, strict=True)),
        right_answers=_share(zip(expected, heard.answers, strict=True)),
        same_tokens=_share(pairs),
        loss=round(heard.loss, 6),
    )


def _share(pairs: Iterable[tuple[Any, Any]]) -> float:
    same = [bool(one == other) for one, other in pairs]
    return round(sum(same) / len(same), 4)


if __name__ == "__main__":
    sys.exit(main())
