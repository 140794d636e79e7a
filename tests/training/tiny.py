"""A Llama with 2 layers that learned a few answers by heart, made while you wait, with Llama 3's tokenizer in small.

It is trained in full first: LoRA leaves the embeddings alone, and on random ones there is nothing to build on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import trl
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training.data import Row, encode_one
from training.llama_gguf import PRE_TOKENIZERS
from training.template import pinned

SYSTEM = "Answer from the evidence."
CODES = (203, 204, 205, 206)
SPECIAL = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
LLAMA_TEMPLATE = (Path(trl.__file__).parent / "chat_templates" / "llama3_2.jinja").read_text(encoding="utf-8")
"""Llama 3.2's own, as TRL ships it."""

SETTINGS = {
    "--least-rows": 8, "--max-length": 320, "--epochs": 8, "--accumulate": 1, "--checkpoint-steps": 4,
    "--learning-rate": 0.01, "--lora-rank": 8, "--seed": 3,
}  # fmt: skip
"""Of a run that takes a second or two."""


def question(code: int) -> str:
    return f"What does E-{code} mean?"


def known(code: int) -> str:
    """What the base model says."""
    return f"E-{code}: look at pump {code % 10}."


def learned(code: int) -> str:
    """What the dataset says."""
    return f"E-{code}: stop the line and let motor {code % 10} cool."


def conversation(code: int, answer: str | None = None) -> tuple[dict[str, str], ...]:
    asked = ({"role": "system", "content": SYSTEM}, {"role": "user", "content": question(code)})
    return (*asked, {"role": "assistant", "content": answer}) if answer else asked


def write_rows(file: Path, codes: tuple[int, ...] = CODES, times: int = 4) -> Path:
    rows = [{"messages": conversation(code, learned(code)), "pair": {"pair_id": f"p{code}"}} for code in codes * times]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def make_tokenizer() -> PreTrainedTokenizerFast:
    inner = Tokenizer(models.BPE(ignore_merges=True))
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRE_TOKENIZERS[0].pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=440, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    texts = [text for code in CODES for text in (SYSTEM, question(code), known(code), learned(code))]
    inner.train_from_iterator(texts + ["Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024"] * 8, trainer)
    inner.add_special_tokens([AddedToken(text, special=True) for text in SPECIAL])
    begin = (SPECIAL[0], inner.token_to_id(SPECIAL[0]))
    inner.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single=f"{SPECIAL[0]} $A", special_tokens=[begin]),
        ]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token=SPECIAL[0], eos_token=SPECIAL[4], chat_template=LLAMA_TEMPLATE
    )


def make_base(folder: Path, steps: int = 200) -> Path:
    """The base model in the newer layout, as somebody would download it."""
    torch.manual_seed(7)
    tokenizer = make_tokenizer()
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer) + 1,  # one token more than the tokenizer has, as padded models do
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            rms_norm_eps=1e-5,
            rope_theta=500_000.0,
            rope_scaling={
                "rope_type": "llama3",
                "factor": 32.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64,
            },
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=[tokenizer.eos_token_id],
        )
    )
    _learn(model, *_batch(tokenizer), steps)
    model.generation_config.eos_token_id = [tokenizer.eos_token_id]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _batch(tokenizer: Any) -> tuple[torch.Tensor, torch.Tensor]:
    dated = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer,
        bos_token=SPECIAL[0],
        eos_token=SPECIAL[4],
        chat_template=pinned(LLAMA_TEMPLATE),
    )
    rows = [encode_one(conversation(code, known(code)), dated) for code in CODES]
    words = [tokenizer(learned(code))["input_ids"] for code in CODES]
    rows += [Row(ids, ids) for ids in words]  # it knows the dataset's words, and does not give them as answers
    longest = max(len(row.input_ids) for row in rows)
    ids = torch.tensor([row.input_ids + [0] * (longest - len(row.input_ids)) for row in rows])
    labels = torch.tensor([row.labels + [-100] * (longest - len(row.labels)) for row in rows])
    return ids, labels


def _learn(model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor, steps: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()


def answer(model: Any, tokenizer: Any, code: int, most: int = 40) -> str:
    """What the model says, the likeliest token each time."""
    asked = tokenizer.apply_chat_template(
        list(conversation(code)), add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    with torch.no_grad():
        said = model.generate(**asked, max_new_tokens=most, do_sample=False, pad_token_id=0)
    return str(tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True))
