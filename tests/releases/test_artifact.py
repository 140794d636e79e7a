"""What an import would refuse is told from names, sizes and heads, before it is paid for."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

from lineside.releases.artifact import (
    ARCHITECTURES,
    HEAD_BYTES,
    base_model_problem,
    can_be_imported,
    check_artifact,
)

Files = dict[str, bytes]
TENSORS = {
    "model.embed_tokens.weight": (8, 4),
    "model.layers.0.self_attn.q_proj.weight": (4, 4),
    "model.norm.weight": (4,),
}
CONFIGURATION = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 8,
    "hidden_size": 4,
    "num_hidden_layers": 1,
    "tie_word_embeddings": True,
    "rope_theta": 500000.0,
    "torch_dtype": "bfloat16",
}
TOKENIZER = {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}}, "added_tokens": [{"id": 7, "content": "<|eot_id|>"}]}
TOKENIZER_CONFIGURATION = {"chat_template": "{{ messages[0].content }}", "tokenizer_class": "PreTrainedTokenizerFast"}


def weights(tensors: dict[str, tuple[int, ...]] = TENSORS, dtype: str = "BF16", item: int = 2) -> bytes:
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in tensors.items():
        size = item
        for length in shape:
            size *= length
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + size]}  # type: ignore[dict-item]
        at += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(at)


def overlapping() -> bytes:
    """Two tensors that claim the same bytes."""
    one = {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}
    text = json.dumps({"a": one, "b": one}).encode()
    return struct.pack("<Q", len(text)) + text + bytes(8)


def good() -> Files:
    return {
        "config.json": json.dumps(CONFIGURATION).encode(),
        "tokenizer.json": json.dumps(TOKENIZER).encode(),
        "tokenizer_config.json": json.dumps(TOKENIZER_CONFIGURATION).encode(),
        "generation_config.json": b"{}",
        "manifest.json": b"{}",
        "model.safetensors": weights(),
    }


def checked(files: Files) -> list[str]:
    return check_artifact({name: len(content) for name, content in files.items()}, files.__getitem__)


def with_object(name: str, **changed: Any) -> Callable[[Files], None]:
    """Sets keys of a JSON file; None takes a key out."""

    def change(files: Files) -> None:
        found = json.loads(files[name]) | changed
        files[name] = json.dumps({key: value for key, value in found.items() if value is not None}).encode()

    return change


def with_file(name: str, content: bytes = b"{}") -> Callable[[Files], None]:
    return lambda files: files.update({name: content})


def without(name: str) -> Callable[[Files], None]:
    return lambda files: files.pop(name) and None


WRONG: list[tuple[str, Callable[[Files], None]]] = [
    ("config.json is missing", without("config.json")),
    ("tokenizer.json is missing", without("tokenizer.json")),
    ("tokenizer_config.json is missing", without("tokenizer_config.json")),
    ("no .safetensors file", without("model.safetensors")),
    ("is an archive", with_file("model.tar.gz")),
    ("lies in a folder", with_file("checkpoint-8/optimizer.json")),
    ("is no safetensors file", with_file("pytorch_model.bin")),
    ("is a LoRA adapter", with_file("adapter_config.json")),
    ("is a LoRA adapter", with_file("adapter_model.safetensors", weights())),
    ("hold LoRA matrices", with_file("model.safetensors", weights(TENSORS | {"model.lora_A.weight": (1, 4)}))),
    ("config.json is not a JSON object", with_file("config.json", b"[]")),
    ("tokenizer.json is not a JSON object", with_file("tokenizer.json", b"{")),
    ("does not take the architecture Gemma3", with_object("config.json", architectures=["Gemma3ForCausalLM"])),
    ("does not name one architecture", with_object("config.json", architectures=[])),
    ("weights are quantized", with_object("config.json", quantization_config={"bits": 4})),
    ("hold I8, and import takes", with_file("model.safetensors", weights(dtype="I8", item=1))),
    ("hold F8_E4M3, and import takes", with_file("model.safetensors", weights(dtype="F8_E4M3", item=1))),
    ("code of its own", with_object("config.json", auto_map={"AutoModel": "x.Y"})),
    ("rope_parameters and no rope_theta", with_object("config.json", rope_theta=None, rope_parameters={"a": 1})),
    ("no torch_dtype", with_object("config.json", torch_dtype=None, dtype="bfloat16")),
    ("no chat template", with_object("tokenizer_config.json", chat_template=None)),
    ("may stand in one place only", with_file("chat_template.jinja", b"{{ messages }}")),
    ("is for training alone", with_object("tokenizer_config.json", chat_template="{%- generation -%}x")),
    ("is not one text", with_object("tokenizer_config.json", chat_template=[{"name": "default"}])),
    ("TokenizersBackend", with_object("tokenizer_config.json", tokenizer_class="TokenizersBackend")),
    ("cannot read as a list", with_object("tokenizer_config.json", extra_special_tokens=["<x>"])),
    ("knows a token 8", with_object("tokenizer.json", added_tokens=[{"id": 8}])),
    ("has no vocabulary", with_object("tokenizer.json", model={"type": "BPE"}, added_tokens=[])),
    ("only a part of one", with_file("model.safetensors", b"\x00")),
    ("should have", with_file("model.safetensors", weights()[:-1])),
    ("cannot be read", with_file("model.safetensors", struct.pack("<Q", 2) + b"[]")),
    ("do not fit its shape", with_file("model.safetensors", weights(item=3))),
    ("do not fit its shape", with_file("model.safetensors", overlapping())),
    ("no model.embed_tokens.weight", with_file("model.safetensors", weights({"model.layers.0.a": (4,)}))),
    ("The embedding is 8 x 4, and config.json says 9 x 4", with_object("config.json", vocab_size=9)),
    ("have 1 layers, and config.json says 2", with_object("config.json", num_hidden_layers=2)),
    ("no lm_head.weight", with_object("config.json", tie_word_embeddings=False)),
    ("index.json is missing", with_file("more.safetensors", weights({"lm_head.weight": (8, 4)}))),
    ("does not say where the tensors are", with_file("model.safetensors.index.json", b'{"weight_map": {}}')),
]  # fmt: skip


def test_a_whole_artifact_has_no_problem():
    assert checked(good()) == []


@pytest.mark.parametrize(("told", "spoil"), WRONG, ids=[told for told, _ in WRONG])
def test_what_is_wrong_is_told_in_a_sentence(told: str, spoil: Callable[[Files], None]):
    files = good()
    spoil(files)

    problems = checked(files)

    assert any(told in problem for problem in problems), problems
    assert all(problem.endswith(".") and "\n" not in problem for problem in problems)


def test_everything_that_is_wrong_is_told_at_once():
    files = good()
    for spoil in (without("tokenizer.json"), with_object("config.json", torch_dtype=None), with_file("a.bin")):
        spoil(files)

    problems = checked(files)

    assert len(problems) == 3


def test_an_empty_artifact_says_so():
    assert check_artifact({}, good().__getitem__) == ["The artifact is empty."]


def test_a_template_in_a_file_of_its_own_will_do():
    files = good()
    with_object("tokenizer_config.json", chat_template=None)(files)
    with_file("chat_template.jinja", b"{{ messages }}")(files)

    assert checked(files) == []


def test_weights_in_several_files_are_found_through_their_index():
    files = good()
    parts = {"a.safetensors": {"model.embed_tokens.weight": (8, 4)}, "b.safetensors": {"model.layers.0.w": (4,)}}
    files |= {name: weights(held) for name, held in parts.items()}
    del files["model.safetensors"]
    index = {tensor: name for name, held in parts.items() for tensor in held}
    files["model.safetensors.index.json"] = json.dumps({"weight_map": index}).encode()

    assert checked(files) == []


def test_a_large_file_is_judged_by_its_head_alone():
    files = good()
    large = 40_000_000
    text = weights({"model.embed_tokens.weight": (8, 4), "model.layers.0.w": (large,)})
    head, size = text[:1_000], len(text)
    sizes = {name: len(content) for name, content in files.items()} | {"model.safetensors": size}

    problems = check_artifact(sizes, lambda name: head if name == "model.safetensors" else files[name])

    assert size > HEAD_BYTES
    assert problems == []


def test_weights_beyond_the_limit_are_told():
    files = good()
    sizes = {name: len(content) for name, content in files.items()} | {"model.safetensors": 200 * 10**9}

    problems = check_artifact(sizes, files.__getitem__)

    assert "The weights are 200 GB, and import takes less than 200 GB." in problems


@pytest.mark.parametrize(
    "base",
    ["meta-llama/Llama-3.2-3B-Instruct", "Qwen/Qwen3-4B", "mistralai/Mistral-7B-Instruct-v0.3", "openai/gpt-oss-20b"],
)
def test_base_models_of_these_families_can_be_imported(base: str):
    assert can_be_imported(base)


@pytest.mark.parametrize(
    "base", ["google/gemma-3-4b-it", "Qwen/Qwen3.5-4B", "Qwen/Qwen3-Next-80B-A3B", "meta-llama/Llama-4-Scout-17B-16E"]
)
def test_base_models_of_other_families_cannot(base: str):
    problem = base_model_problem(base, accept_licence=True)

    assert problem
    assert base in problem
    assert all(family in problem for family in ARCHITECTURES)


def test_a_licence_is_accepted_by_saying_so():
    base = "meta-llama/Llama-3.2-3B-Instruct"

    refused = base_model_problem(base, accept_licence=False)

    assert refused == f"Read the Llama 3.2 Community License of {base}, then accept it with accept_licence: true."
    assert base_model_problem(base, accept_licence=True) is None
    assert base_model_problem("mistralai/Mistral-7B-Instruct-v0.3", accept_licence=False) is None


def test_what_the_configuration_says_goes_before_the_name():
    problem = base_model_problem("Qwen/Qwen2-tuned", accept_licence=True, architecture="MambaForCausalLM")

    assert problem
    assert "MambaForCausalLM" in problem
