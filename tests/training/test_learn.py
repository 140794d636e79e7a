"""What makes training faster does not change what is learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from tests.training import tiny
from training.arguments import settings_of
from training.data import IGNORED, encode_one
from training.hardware import activation_bytes, plan, weight_bytes
from training.learn import lora, trainer_for
from training.settings import FinetuneSettings
from training.template import pinned

quiet = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")


def settings(folder: Path, **changed: Any) -> FinetuneSettings:
    return FinetuneSettings(train=folder, out=folder / "out", **changed)


def test_only_the_answer_and_the_end_of_its_turn_are_learned(base: Path):
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.chat_template = pinned(tokenizer.chat_template)

    row = encode_one(tiny.conversation(204, tiny.learned(204)), tokenizer)

    assert tokenizer.decode([label for label in row.labels if label != IGNORED]) == tiny.learned(204) + "<|eot_id|>"
    assert row.input_ids.count(tokenizer.bos_token_id) == 1


@quiet
def test_rows_in_one_block_do_not_see_one_another(base: Path, tmp_path: Path):
    tokenizer = AutoTokenizer.from_pretrained(base)
    rows = [encode_one(tiny.conversation(code, tiny.learned(code)), tokenizer) for code in tiny.CODES]
    wanted = settings(tmp_path, base_model=str(base), max_length=400, batch=1)
    model = AutoModelForCausalLM.from_pretrained(base)
    trainer = trainer_for(wanted, plan(wanted, model.config), model, tokenizer, rows, [])

    blocks = list(trainer.get_train_dataloader())
    block = {name: value for name, value in blocks[0].items() if name in ("input_ids", "position_ids")}
    with torch.no_grad():
        packed = model(**block).logits[0]

    starts = (block["position_ids"][0] == 0).nonzero().flatten().tolist()
    ends = [*starts[1:], packed.shape[0]]
    assert len(blocks) < len(rows)
    assert len(starts) > 1
    for start, end in zip(starts, ends, strict=True):
        with torch.no_grad():
            alone = model(input_ids=block["input_ids"][:, start:end]).logits[0]
        assert torch.allclose(packed[start:end], alone, atol=1e-4)


@quiet
def test_a_seed_is_one_beginning_and_one_order_of_rows(base: Path, tmp_path: Path):
    tokenizer = AutoTokenizer.from_pretrained(base)
    rows = [encode_one(tiny.conversation(code, tiny.learned(code)), tokenizer) for code in tiny.CODES] * 4

    def begun(seed: int) -> tuple[torch.Tensor, list[list[int]]]:
        wanted = settings(tmp_path, base_model=str(base), max_length=200, seed=seed)
        model = AutoModelForCausalLM.from_pretrained(base)
        trainer = trainer_for(wanted, plan(wanted, model.config), model, tokenizer, rows, [])
        matrix = trainer.model.base_model.model.model.layers[0].self_attn.q_proj.lora_A["default"].weight
        return matrix.detach(), [batch["input_ids"][0].tolist() for batch in trainer.get_train_dataloader()]

    (one, one_order), (again, again_order), (other, other_order) = begun(1), begun(1), begun(2)

    assert torch.equal(one, again)
    assert one_order == again_order
    assert not torch.equal(one, other)
    assert one_order != other_order


@quiet
def test_lora_can_be_put_on_some_layers_alone(base: Path, tmp_path: Path):
    wanted = settings(tmp_path, lora_targets="q_proj, v_proj", lora_rank=4)

    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), lora(wanted))

    trained = {name.split(".")[-4] for name, each in model.named_parameters() if each.requires_grad}
    assert trained == {"q_proj", "v_proj"}


def test_on_a_cpu_it_is_float32_with_every_activation_kept(base: Path, tmp_path: Path):
    chosen = plan(settings(tmp_path), AutoConfig.from_pretrained(base))

    assert (chosen.device, chosen.dtype, chosen.attention) == ("cpu", torch.float32, "sdpa")
    assert (chosen.packing, chosen.gradient_checkpointing) == (True, False)


def test_what_is_not_left_to_auto_is_done(base: Path, tmp_path: Path):
    words = ["--train", str(tmp_path), "--out", str(tmp_path / "m"), "--precision", "bfloat16", "--attention", "eager",
             "--gradient-checkpointing", "on", "--no-packing"]  # fmt: skip

    chosen = plan(settings_of(words, {}, tmp_path), AutoConfig.from_pretrained(base))

    assert (chosen.dtype, chosen.attention) == (torch.bfloat16, "eager")
    assert (chosen.packing, chosen.gradient_checkpointing) == (False, True)


@quiet
@pytest.mark.parametrize(("hidden", "inner", "keys"), [(256, 512, 2), (256, 1024, 8)])
def test_the_memory_of_activations_is_foreseen(hidden: int, inner: int, keys: int, tmp_path: Path):
    configuration = LlamaConfig(vocab_size=64, hidden_size=hidden, intermediate_size=inner, num_hidden_layers=2,
                                num_attention_heads=8, num_key_value_heads=keys)  # fmt: skip
    model = get_peft_model(LlamaForCausalLM(configuration).to(torch.bfloat16), lora(settings(tmp_path)))
    own = {each.untyped_storage().data_ptr() for each in model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), torch.autocast("cpu", torch.bfloat16):
        model.get_base_model().model(input_ids=torch.zeros(1, 128, dtype=torch.long), use_cache=False)

    measured = sum(each.untyped_storage().nbytes() for place, each in kept.items() if place not in own)
    assert measured <= activation_bytes(configuration, 128) <= 1.5 * measured


def test_the_memory_of_weights_is_known(base: Path):
    model = AutoModelForCausalLM.from_pretrained(base)
    norms = sum(each.numel() for name, each in model.named_parameters() if "norm" in name)

    counted = weight_bytes(model.config, torch.bfloat16)

    assert counted == 2 * (sum(each.numel() for each in model.parameters()) - norms)
