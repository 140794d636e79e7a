"""What the machine can do, and what `auto` means on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import torch
from transformers.utils import is_flash_attn_2_available

from training.settings import FinetuneSettings

_SPARE: Final = 0.85
"""Share of the GPU's memory that is planned for; the rest is the driver's and the allocator's."""
_STEP_BYTES: Final = 2 * 2**30
"""Room for the tiles of the output layer and for what the optimizer needs in a step."""


@dataclass(frozen=True)
class Plan:
    """The settings of a run as they are on this machine, with nothing left to `auto`."""

    device: str
    dtype: torch.dtype
    attention: str
    packing: bool
    gradient_checkpointing: bool

    @property
    def on_gpu(self) -> bool:
        return self.device != "cpu"


def plan(settings: FinetuneSettings, configuration: Any) -> Plan:
    """`configuration` is the base model's."""
    gpu = torch.cuda.is_available()
    dtype = _dtype(settings, gpu)
    return Plan(
        device=f"cuda: {torch.cuda.get_device_name()}" if gpu else "cpu",
        dtype=dtype,
        attention=_attention(settings, gpu),
        packing=settings.packing,
        gradient_checkpointing=_checkpointing(settings, configuration, dtype, gpu),
    )


def activation_bytes(configuration: Any, tokens: int) -> int:
    """What the layers of a Llama keep for the way back in bfloat16 with LoRA on all of them, for so many tokens.

    About 28 bytes for each number of the hidden state, 8.4 for each of the feed-forward layer and 4 for each of the
    keys' and values', measured at four shapes; rounded up.
    """
    hidden, inner = configuration.hidden_size, configuration.intermediate_size
    return int(configuration.num_hidden_layers * tokens * (32 * hidden + 9 * inner))


def weight_bytes(configuration: Any, dtype: torch.dtype) -> int:
    hidden, inner, layers = configuration.hidden_size, configuration.intermediate_size, configuration.num_hidden_layers
    head = getattr(configuration, "head_dim", None) or hidden // configuration.num_attention_heads
    attention = 2 * hidden * head * (configuration.num_attention_heads + configuration.num_key_value_heads)
    embeddings = configuration.vocab_size * hidden * (1 if configuration.tie_word_embeddings else 2)
    return int((embeddings + layers * (attention + 3 * hidden * inner)) * dtype.itemsize)


def _dtype(settings: FinetuneSettings, gpu: bool) -> torch.dtype:
    if settings.precision == "auto":
        return torch.bfloat16 if gpu and torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if settings.precision == "bfloat16" else torch.float32


def _attention(settings: FinetuneSettings, gpu: bool) -> str:
    if settings.attention != "auto":
        return settings.attention
    return "flash_attention_2" if gpu and is_flash_attn_2_available() else "sdpa"


def _checkpointing(settings: FinetuneSettings, configuration: Any, dtype: torch.dtype, gpu: bool) -> bool:
    if settings.gradient_checkpointing != "auto":
        return settings.gradient_checkpointing == "on"
    if not gpu:
        return False
    tokens = settings.batch * settings.max_length
    needed = weight_bytes(configuration, dtype) + activation_bytes(configuration, tokens) + _STEP_BYTES
    return bool(needed > _SPARE * torch.cuda.get_device_properties(0).total_memory)
