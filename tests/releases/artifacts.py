"""An artifact that can be imported, as small as one can be: a Llama with one layer and eight tokens."""

from __future__ import annotations

import json

HIDDEN, VOCABULARY = 4, 8


def whole_artifact() -> dict[str, bytes]:
    """Name -> content."""
    return {
        "config.json": _json(
            {
                "architectures": ["LlamaForCausalLM"],
                "model_type": "llama",
                "torch_dtype": "bfloat16",
                "rope_theta": 500_000.0,
                "hidden_size": HIDDEN,
                "vocab_size": VOCABULARY,
                "num_hidden_layers": 1,
                "tie_word_embeddings": True,
            }
        ),
        "tokenizer.json": _json({"model": {"vocab": {str(number): number for number in range(VOCABULARY)}}}),
        "tokenizer_config.json": _json({"chat_template": "{{ messages }}", "tokenizer_class": "PreTrainedTokenizer"}),
        "model.safetensors": safetensors(
            {
                "model.embed_tokens.weight": (VOCABULARY, HIDDEN),
                "model.layers.0.self_attn.q_proj.weight": (HIDDEN, HIDDEN),
            }
        ),
    }


def safetensors(shapes: dict[str, tuple[int, int]]) -> bytes:
    """A file of zeros in bfloat16."""
    entries, end = {}, 0
    for name, (rows, columns) in shapes.items():
        start, end = end, end + 2 * rows * columns
        entries[name] = {"dtype": "BF16", "shape": [rows, columns], "data_offsets": [start, end]}
    header = json.dumps(entries).encode()
    return len(header).to_bytes(8, "little") + header + bytes(end)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
