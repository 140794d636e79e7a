"""The plant's file holds the same model: every tensor, every token, every setting, and it speaks the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from lineside.errors import Misconfigured
from tests.training import tiny
from tests.training.conftest import Finetuned
from training.compare_quantized import read_back
from training.llama_gguf import pre_tokenizer, rope_factors
from training.to_gguf import PRECISIONS, convert, main

ENGINE = os.environ.get("LINESIDE_LLAMA_CPP", "")
"""A folder with node_modules/node-llama-cpp, which brings llama.cpp along."""


@pytest.fixture(scope="module")
def whole(finetuned: Finetuned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model in bfloat16, bit for bit."""
    return convert(finetuned.out, tmp_path_factory.mktemp("gguf"), "bf16")


@pytest.fixture
def copy(finetuned: Finetuned, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(finetuned.out, tmp_path / "copy"))


def fields(file: Path) -> dict[str, Any]:
    return {name: field.contents() for name, field in gguf.GGUFReader(file).fields.items()}


def changed(folder: Path, name: str, **values: Any) -> Path:
    file = folder / name
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")
    return folder


def test_every_weight_is_the_same_bit_for_bit(finetuned: Finetuned, whole: Path):
    configuration = json.loads((finetuned.out / "config.json").read_text(encoding="utf-8"))
    original = load_file(finetuned.out / "model.safetensors")

    back = read_back(whole, configuration)

    assert set(back) == set(original)
    assert all(torch.equal(back[name], original[name].float()) for name in original)


def test_pairs_that_turn_together_stand_side_by_side(finetuned: Finetuned, whole: Path):
    original = load_file(finetuned.out / "model.safetensors")["model.layers.0.self_attn.q_proj.weight"].float().numpy()
    tensor = next(each for each in gguf.GGUFReader(whole).tensors if each.name == "blk.0.attn_q.weight")
    stored = gguf.quants.dequantize(tensor.data, tensor.tensor_type)

    # rows 0..7 of a head of 16 turn with rows 8..15; llama.cpp turns 0 with 1, 2 with 3
    for head in range(4):
        assert np.array_equal(stored[head * 16 : head * 16 + 16 : 2], original[head * 16 : head * 16 + 8])
        assert np.array_equal(stored[head * 16 + 1 : head * 16 + 16 : 2], original[head * 16 + 8 : head * 16 + 16])


def test_the_vocabulary_is_the_tokenizers(finetuned: Finetuned, whole: Path):
    tokenizer, held = AutoTokenizer.from_pretrained(finetuned.out), fields(whole)

    texts, kinds = held["tokenizer.ggml.tokens"], held["tokenizer.ggml.token_type"]
    vocabulary = tokenizer.get_vocab()
    assert {text: texts.index(text) for text in vocabulary} == vocabulary
    assert len(texts) == len(vocabulary) + 1 == held["llama.vocab_size"]
    assert kinds[-1] == gguf.TokenType.UNUSED
    assert [texts[number] for number, kind in enumerate(kinds) if kind == gguf.TokenType.CONTROL] == list(tiny.SPECIAL)
    assert (held["tokenizer.ggml.model"], held["tokenizer.ggml.pre"]) == ("gpt2", "llama-bpe")
    assert held["tokenizer.ggml.bos_token_id"] == tokenizer.bos_token_id
    assert held["tokenizer.ggml.eos_token_id"] == tokenizer.eos_token_id
    assert held["tokenizer.ggml.add_bos_token"] is True
    assert held["tokenizer.chat_template"] == tokenizer.chat_template


def test_the_merges_are_the_tokenizers_in_their_order(finetuned: Finetuned, whole: Path):
    model = json.loads((finetuned.out / "tokenizer.json").read_text(encoding="utf-8"))["model"]

    merges = fields(whole)["tokenizer.ggml.merges"]

    assert [merge.split(" ") for merge in merges] == model["merges"]
    assert len(merges) > 50


def test_the_settings_are_the_models(whole: Path):
    held = fields(whole)

    assert held["general.architecture"] == "llama"
    assert {name.removeprefix("llama."): value for name, value in held.items() if name.startswith("llama.")} == {
        "vocab_size": 356, "context_length": 512, "embedding_length": 64, "block_count": 2, "feed_forward_length": 128,
        "attention.head_count": 4, "attention.head_count_kv": 2, "attention.key_length": 16,
        "attention.value_length": 16, "rope.dimension_count": 16, "rope.freq_base": 500_000.0,
        "attention.layer_norm_rms_epsilon": pytest.approx(1e-5),
    }  # fmt: skip


def test_long_texts_are_positioned_as_transformers_does(finetuned: Finetuned, whole: Path):
    tensor = next(each for each in gguf.GGUFReader(whole).tensors if each.name == "rope_freqs.weight")
    plain = 500_000.0 ** (-np.arange(0, 16, 2) / 16)
    rotary = AutoModelForCausalLM.from_pretrained(finetuned.out).model.rotary_emb

    ours = plain / tensor.data

    assert np.allclose(ours, rotary.inv_freq.numpy(), rtol=1e-5)
    assert len(set(tensor.data.tolist())) > 2  # some stay, some slow down, and between the two it is blended
    assert rope_factors({"rope_scaling": None}) is None


@pytest.mark.parametrize(
    ("precision", "most_bits", "nearest"), [("f16", 16, 1e-3), ("q8_0", 8.5, 1e-2), ("q4_0", 8.5, 0.15)]
)
def test_a_smaller_file_is_near_the_whole_one(
    finetuned: Finetuned, whole: Path, tmp_path: Path, precision: str, most_bits: float, nearest: float
):
    configuration = json.loads((finetuned.out / "config.json").read_text(encoding="utf-8"))
    original = load_file(finetuned.out / "model.safetensors")

    file = convert(finetuned.out, tmp_path, precision)

    held = {each.name: each for each in gguf.GGUFReader(file).tensors}
    matrices = [each for each in held.values() if each.name.endswith(".weight") and len(each.shape) == 2]
    bits = 8 * sum(int(each.n_bytes) for each in matrices) / sum(int(each.n_elements) for each in matrices)
    assert bits <= most_bits
    for name, weight in read_back(file, configuration).items():
        far = (weight - original[name].float()).abs().mean() / original[name].float().abs().mean()
        assert far < nearest


def test_a_quarter_of_the_bits_is_told_in_the_files_kind(finetuned: Finetuned, tmp_path: Path):
    file = convert(finetuned.out, tmp_path, "q4_0")

    kinds = {each.name: each.tensor_type.name for each in gguf.GGUFReader(file).tensors}
    assert fields(file)["general.file_type"] == gguf.LlamaFileType.MOSTLY_Q4_0
    assert kinds["blk.0.ffn_up.weight"] == "Q4_0"
    assert kinds["token_embd.weight"] == "Q8_0"
    assert kinds["blk.0.attn_norm.weight"] == "F32"


def test_the_modelfile_renders_what_was_trained(finetuned: Finetuned, whole: Path):
    text = whole.with_name("llama-lineside.bf16.Modelfile").read_text(encoding="utf-8")
    tokenizer = AutoTokenizer.from_pretrained(finetuned.out)
    trained = tokenizer.apply_chat_template(list(tiny.conversation(203)), tokenize=False, add_generation_prompt=True)

    template = text.split('"""')[1]
    asked = template.split("{{ else }}")[0].removeprefix("{{ if .System }}")
    assert (
        "<|begin_of_text|>" + asked.replace("{{ .System }}", tiny.SYSTEM).replace("{{ .Prompt }}", tiny.question(203))
        == trained
    )
    assert template.endswith("{{ end }}{{ .Response }}<|eot_id|>")
    assert "FROM ./llama-lineside.bf16.gguf\n" in text
    assert 'PARAMETER stop "<|eot_id|>"' in text
    assert "PARAMETER num_ctx 8192" in text


def test_another_architecture_is_refused(copy: Path, tmp_path: Path):
    changed(copy, "config.json", architectures=["Qwen2ForCausalLM"])

    with pytest.raises(Misconfigured, match="is a Qwen2ForCausalLM, and only a LlamaForCausalLM"):
        convert(copy, tmp_path / "out")


def test_positions_scaled_otherwise_are_refused(copy: Path, tmp_path: Path):
    changed(copy, "config.json", rope_scaling={"rope_type": "yarn", "factor": 4.0})

    with pytest.raises(Misconfigured, match="positions scaled by yarn"):
        convert(copy, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())  # no half a file


def test_another_tokenizer_is_refused():
    split = {"type": "Split", "pattern": {"Regex": r"\w+"}}

    with pytest.raises(Misconfigured, match="cuts text in a way that is not known here"):
        pre_tokenizer({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, {"type": "ByteLevel"}]}})
    with pytest.raises(Misconfigured, match="not known here"):
        pre_tokenizer({"pre_tokenizer": {"type": "Metaspace"}})
    assert pre_tokenizer({"pre_tokenizer": {"type": "ByteLevel"}}) == "gpt-2"


def test_a_weight_that_float16_cannot_hold_is_refused(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    weights = load_file(copy / "model.safetensors")
    weights["model.layers.1.mlp.up_proj.weight"][3, 5] = 70_000.0
    save_file(weights, copy / "model.safetensors")

    status = main([str(copy), "--out", str(tmp_path / "out")])

    assert status == 2
    assert "up_proj.weight holds a value that float16 cannot" in capsys.readouterr().err
    assert main([str(copy), "--out", str(tmp_path / "out"), "--precision", "bf16"]) == 0


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "empty").mkdir()

    assert main([str(tmp_path / "empty"), "--out", str(tmp_path / "out")]) == 2
    assert main([str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    assert "The artifact is empty." in capsys.readouterr().err


@pytest.mark.skipif(not ENGINE, reason="LINESIDE_LLAMA_CPP names no folder with node-llama-cpp (docs/fine-tuning.md)")
def test_llama_cpp_says_what_transformers_says(finetuned: Finetuned, tmp_path: Path):
    tokenizer = AutoTokenizer.from_pretrained(finetuned.out)
    texts = [
        tokenizer.apply_chat_template(list(tiny.conversation(code)), tokenize=False, add_generation_prompt=True)
        for code in tiny.CODES
    ]
    files = [convert(finetuned.out, tmp_path, precision) for precision in PRECISIONS]

    done = subprocess.run(
        ["node", str(Path(__file__).with_name("llama_cpp.mjs")), ENGINE, *map(str, files)],
        input=json.dumps(texts), capture_output=True, text=True, timeout=240,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    for said in json.loads(done.stdout):
        assert [each["asked"] for each in said] == [
            tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts
        ]
        assert [each["answer"] for each in said] == [tiny.learned(code) for code in tiny.CODES]
