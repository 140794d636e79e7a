"""What is written is what the versions of transformers on both sides read."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
import trl
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.training import tiny
from tests.training.conftest import Finetuned
from training.export import Unfit, check_folder, export, older_configuration, older_tokenizer

OLD_PYTHON = os.environ.get("LINESIDE_OLD_TRANSFORMERS", "")
"""A Python with transformers 4.51.3, the version that Custom Model Import runs."""
_SAID_BY = """
import json, sys, torch, transformers
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, conversation = sys.argv[1], json.loads(sys.argv[2])
tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).float()
asked = tokenizer.apply_chat_template(conversation, add_generation_prompt=True, return_tensors="pt", return_dict=True)
with torch.no_grad():
    logits = model(**asked).logits[0, -1]
print(json.dumps([transformers.__version__, asked["input_ids"][0].tolist(), logits.tolist()]))
"""


def test_the_configuration_has_the_older_names():
    newer = {"dtype": "bfloat16", "rope_parameters": {"rope_type": "default", "rope_theta": 1e4}, "hidden_size": 4}

    older = older_configuration(newer)

    assert older["torch_dtype"] == "bfloat16"
    assert (older["rope_theta"], older["rope_scaling"]) == (1e4, None)
    assert not {"dtype", "rope_parameters"} & set(older)


def test_llama_3s_long_positions_are_kept(base: Path, finetuned: Finetuned):
    written = json.loads((finetuned.out / "config.json").read_text(encoding="utf-8"))
    theirs, ours = (AutoModelForCausalLM.from_pretrained(folder) for folder in (base, finetuned.out))

    assert written["rope_theta"] == 500_000
    assert written["rope_scaling"]["factor"] == 32
    assert torch.equal(theirs.model.rotary_emb.inv_freq, ours.model.rotary_emb.inv_freq)
    assert ours.dtype == torch.bfloat16


def test_the_template_lies_in_the_tokenizers_configuration_with_its_date_pinned(finetuned: Finetuned):
    written = json.loads((finetuned.out / "tokenizer_config.json").read_text(encoding="utf-8"))
    text = AutoTokenizer.from_pretrained(finetuned.out).apply_chat_template(
        list(tiny.conversation(203)), tokenize=False, add_generation_prompt=True
    )

    assert written["chat_template"].endswith(tiny.LLAMA_TEMPLATE)
    assert written["tokenizer_class"] == "PreTrainedTokenizerFast"
    assert "Today Date: 26 Jul 2024" in text


def test_nothing_but_the_weights_is_changed(base: Path, finetuned: Finetuned):
    def read(folder: Path, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
        return found

    expected = older_configuration(read(base, "config.json")) | {"torch_dtype": "bfloat16"}

    assert read(finetuned.out, "config.json") == expected
    assert read(finetuned.out, "generation_config.json") == read(base, "generation_config.json")


def test_the_tokenizer_is_the_base_models(base: Path, finetuned: Finetuned):
    assert (finetuned.out / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    assert AutoTokenizer.from_pretrained(finetuned.out).pad_token is None  # what training pads with is not passed on


def test_further_special_tokens_have_the_older_name():
    tokenizer = tiny.make_tokenizer()

    made = older_tokenizer({"extra_special_tokens": ["<|eom_id|>"], "backend": "tokenizers"}, tokenizer, "{{ x }}")

    assert made["additional_special_tokens"] == ["<|eom_id|>"]
    assert not {"extra_special_tokens", "backend"} & set(made)
    assert made["added_tokens_decoder"][str(tokenizer.eos_token_id)]["content"] == "<|eot_id|>"


def test_marks_of_training_are_not_passed_on(base: Path, tmp_path: Path):
    model, tokenizer = AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    marked = Path(trl.__file__).parent / "chat_templates" / "llama3_training.jinja"
    tokenizer.chat_template = marked.read_text(encoding="utf-8")
    conversation = list(tiny.conversation(203, tiny.learned(203)))
    before = tokenizer.apply_chat_template(conversation, tokenize=False)

    export(model, tokenizer, tmp_path, shard_gigabytes=4)

    written = AutoTokenizer.from_pretrained(tmp_path)
    assert "generation %}" not in written.chat_template
    assert written.apply_chat_template(conversation, tokenize=False) == before


def test_large_weights_are_written_in_several_files(base: Path, tmp_path: Path):
    model, tokenizer = AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)

    export(model, tokenizer, tmp_path, shard_gigabytes=0.0001)

    again = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    assert (tmp_path / "model.safetensors.index.json").is_file()
    assert check_folder(tmp_path) == []
    assert all(torch.equal(model.state_dict()[name], weight) for name, weight in again.state_dict().items())


def test_an_older_model_in_the_folder_is_replaced_as_a_whole(base: Path, tmp_path: Path):
    model, tokenizer = AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    (tmp_path / "model-00001-of-00009.safetensors").write_bytes(b"old")

    export(model, tokenizer, tmp_path, shard_gigabytes=4)

    assert not (tmp_path / "model-00001-of-00009.safetensors").exists()


def test_what_import_would_refuse_is_not_called_done(base: Path, tmp_path: Path):
    model, tokenizer = AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    model.config.architectures = ["MambaForCausalLM"]
    model.config.auto_map = {"AutoModel": "theirs.Model"}

    with pytest.raises(Unfit, match=r"could not be imported: .*code of its own"):
        export(model, tokenizer, tmp_path, shard_gigabytes=4)


@pytest.mark.skipif(not OLD_PYTHON, reason="LINESIDE_OLD_TRANSFORMERS names no Python with transformers 4.51.3")
def test_the_version_that_import_runs_says_the_same(finetuned: Finetuned):
    asked = json.dumps(tiny.conversation(203))
    done = subprocess.run(
        [OLD_PYTHON, "-c", _SAID_BY, str(finetuned.out), asked], capture_output=True, text=True, check=True
    )
    version, ids, logits = json.loads(done.stdout)
    tokenizer = AutoTokenizer.from_pretrained(finetuned.out)
    model = AutoModelForCausalLM.from_pretrained(finetuned.out).float()

    ours = tokenizer.apply_chat_template(
        json.loads(asked), add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    with torch.no_grad():
        expected = model(**ours).logits[0, -1]

    assert version == "4.51.3"
    assert ids == ours["input_ids"][0].tolist()
    assert torch.allclose(torch.tensor(logits), expected, atol=1e-5)
