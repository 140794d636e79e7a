"""The LoRA matrices become a part of the weights.

The sum is taken in float32, matrix by matrix: a change of a weight is often smaller than what bfloat16 can tell apart,
and adding in bfloat16 would round many of them away one by one. It needs no second copy of the model.
"""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.lora import LoraLayer


def merged(model: Any, dtype: torch.dtype = torch.bfloat16) -> Any:
    """The plain model, in `dtype`, on the CPU. `model` is used up."""
    model = model.to("cpu")
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, LoraLayer):
                _add(layer, dtype)
    return model.unload().to(dtype)


def _add(layer: LoraLayer, dtype: torch.dtype) -> None:
    weight = layer.get_base_layer().weight
    total = weight.data.float()
    for adapter in layer.active_adapters:
        total += layer.get_delta_weight(adapter).float()
    weight.data = total.to(dtype)
