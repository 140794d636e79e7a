"""What llama.cpp wants to know of a Llama: its hyperparameters, its tokenizer, and its tensors under other names.

Source: llama.cpp, docs/development/HOWTO-add-model.md and ggml/docs/gguf.md; names of keys and tensors come from its
own package `gguf`, so a newer version of the format is a newer version of that package.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import gguf
import numpy as np
from numpy.typing import NDArray

from lineside.errors import Misconfigured

ARCHITECTURE: Final = "LlamaForCausalLM"


class PreTokenizer(NamedTuple):
    """How text is cut before pairs of bytes are merged: as tokenizer.json says it, and llama.cpp's name for it."""

    pattern: str
    name: str


PRE_TOKENIZERS: Final = (
    PreTokenizer(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+",
        "llama-bpe",
    ),
    PreTokenizer("", "gpt-2"),  # ByteLevel cuts with a pattern of its own, GPT-2's
)


def refuse(configuration: dict[str, Any]) -> None:
    """Raises `Misconfigured` for what is no Llama; its tensors would be written under the wrong names."""
    names = configuration.get("architectures") or ["nothing"]
    if names != [ARCHITECTURE]:
        raise Misconfigured(
            f"this model is a {names[0]}, and only a {ARCHITECTURE} is converted here; llama.cpp's"
            " convert_hf_to_gguf.py takes others"
        )


def add_hyperparameters(writer: gguf.GGUFWriter, configuration: dict[str, Any]) -> None:
    head = head_size(configuration)
    writer.add_vocab_size(configuration["vocab_size"])
    writer.add_context_length(configuration["max_position_embeddings"])
    writer.add_embedding_length(configuration["hidden_size"])
    writer.add_block_count(configuration["num_hidden_layers"])
    writer.add_feed_forward_length(configuration["intermediate_size"])
    writer.add_head_count(configuration["num_attention_heads"])
    writer.add_head_count_kv(configuration["num_key_value_heads"])
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(float(configuration.get("rope_theta", 10_000.0)))
    writer.add_layer_norm_rms_eps(float(configuration["rms_norm_eps"]))


def add_tokenizer(writer: gguf.GGUFWriter, tokenizer: dict[str, Any], special: dict[str, Any], size: int) -> None:
    """`tokenizer` is tokenizer.json, `special` is tokenizer_config.json, `size` how many tokens the model has."""
    model = tokenizer["model"]
    if model.get("type") != "BPE":
        raise Misconfigured(f"the tokenizer is a {model.get('type')}, and only byte pair encoding is converted here")
    ids = {text: number for text, number in model["vocab"].items()}
    added = {token["content"]: token for token in tokenizer.get("added_tokens", [])}
    ids |= {text: token["id"] for text, token in added.items()}
    texts = {number: text for text, number in ids.items()}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre_tokenizer(tokenizer))
    writer.add_token_list([texts.get(number, f"[PAD{number}]") for number in range(size)])
    writer.add_token_types([_kind(texts.get(number), added) for number in range(size)])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]])
    for key, add in (
        ("bos_token", writer.add_bos_token_id),
        ("eos_token", writer.add_eos_token_id),
        ("pad_token", writer.add_pad_token_id),
    ):
        if special.get(key) in ids:
            add(ids[special[key]])
    writer.add_add_bos_token(_begins_with_bos(tokenizer, special.get("bos_token")))
    writer.add_chat_template(special["chat_template"])


def pre_tokenizer(tokenizer: dict[str, Any]) -> str:
    """llama.cpp's name for how this tokenizer cuts text. Raises `Misconfigured` for a way that is not in our rows."""
    declared = tokenizer.get("pre_tokenizer") or {}
    steps = declared.get("pretokenizers", [declared])
    patterns = [step["pattern"].get("Regex", "") for step in steps if step.get("type") == "Split"]
    bytes_alone = [step.get("type") for step in steps] == ["ByteLevel"]
    pattern = "" if bytes_alone else "".join(patterns)
    row = next((row for row in PRE_TOKENIZERS if row.pattern == pattern and (pattern or bytes_alone)), None)
    if row is None:
        raise Misconfigured(
            f"the tokenizer cuts text in a way that is not known here ({pattern[:60] or declared.get('type')});"
            " llama.cpp's convert_hf_to_gguf.py may know it"
        )
    return row.name


def tensor_names(layers: int) -> dict[str, str]:
    """A Llama's tensor -> llama.cpp's name of it."""
    known = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)
    inside = ["input_layernorm", "post_attention_layernorm", "self_attn.q_proj", "self_attn.k_proj",
              "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]  # fmt: skip
    theirs = ["model.embed_tokens", "model.norm", "lm_head"]
    theirs += [f"model.layers.{layer}.{part}" for layer in range(layers) for part in inside]
    return {f"{name}.weight": f"{known.get_name(name)}.weight" for name in theirs}


def turned(name: str, weight: NDArray[Any], configuration: dict[str, Any]) -> NDArray[Any]:
    """Hugging Face keeps the halves of a rotated pair apart, llama.cpp keeps them side by side."""
    if name.endswith("q_proj.weight"):
        return _interleaved(weight, configuration["num_attention_heads"])
    if name.endswith("k_proj.weight"):
        return _interleaved(weight, configuration["num_key_value_heads"])
    return weight


def as_it_was(name: str, weight: NDArray[Any], configuration: dict[str, Any]) -> NDArray[Any]:
    """The way back from `turned`."""
    heads = {"q_proj.weight": "num_attention_heads", "k_proj.weight": "num_key_value_heads"}
    for ending, key in heads.items():
        if name.endswith(ending):
            rows, columns = weight.shape
            count = configuration[key]
            return weight.reshape(count, rows // count // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    return weight


def rope_factors(configuration: dict[str, Any]) -> NDArray[np.float32] | None:
    """By what Llama 3 slows each rotation down for long texts; None for a model that does not."""
    scaling = configuration.get("rope_scaling") or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "default":
        return None
    if kind != "llama3":
        raise Misconfigured(f"positions scaled by {kind} are not converted here, only Llama 3's")
    return np.array(list(_factors(configuration, scaling)), dtype=np.float32)


def head_size(configuration: dict[str, Any]) -> int:
    return int(configuration.get("head_dim") or configuration["hidden_size"] // configuration["num_attention_heads"])


def _factors(configuration: dict[str, Any], scaling: dict[str, Any]) -> Iterator[float]:
    """Fast rotations stay, slow ones are divided by the factor, and between the two it is blended."""
    theta, size = float(configuration["rope_theta"]), head_size(configuration)
    factor, trained = float(scaling["factor"]), float(scaling["original_max_position_embeddings"])
    low, high = float(scaling["low_freq_factor"]), float(scaling["high_freq_factor"])
    for pair in range(0, size, 2):
        turns = trained * theta ** (-pair / size) / (2 * math.pi)
        share = min(max((turns - low) / (high - low), 0.0), 1.0)
        yield 1 / ((1 - share) / factor + share)


def _interleaved(weight: NDArray[Any], heads: int) -> NDArray[Any]:
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _kind(text: str | None, added: dict[str, Any]) -> gguf.TokenType:
    if text is None:
        return gguf.TokenType.UNUSED
    if text not in added:
        return gguf.TokenType.NORMAL
    return gguf.TokenType.CONTROL if added[text].get("special") else gguf.TokenType.USER_DEFINED


def _begins_with_bos(tokenizer: dict[str, Any], bos: str | None) -> bool:
    """Whether the tokenizer itself puts the token of the beginning before a text."""
    declared = tokenizer.get("post_processor") or {}
    for step in declared.get("processors", [declared]):
        first = (step.get("single") or [{}])[0]
        if bos and first.get("SpecialToken", {}).get("id") == bos:
            return True
    return False
