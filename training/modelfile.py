"""The Modelfile of a converted model: its rendering of a conversation, when it stops, and how much it reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from jinja2.sandbox import ImmutableSandboxedEnvironment

from lineside.errors import Misconfigured
from training.template import Render, as_go_template

CONTEXT_TOKENS: Final = 8192
"""Enough for a question with its passages; Ollama's own default of 4096 would cut the passages off in silence."""
TEMPERATURE: Final = 0.1
"""As the answering chain asks; it says so with every question, this is for people who try the model by hand."""


def modelfile(model: Path, gguf_name: str) -> str:
    """The text of the Modelfile for the model in this folder."""
    special = json.loads((model / "tokenizer_config.json").read_text(encoding="utf-8"))
    manifest = model / "manifest.json"
    base = json.loads(manifest.read_text(encoding="utf-8"))["base_model"] if manifest.is_file() else ""
    template = as_go_template(renderer(special), special.get("bos_token") or "", special["eos_token"])
    lines = [
        *([f"# Fine-tuned from {base}"] if base else []),
        f"FROM ./{gguf_name}",
        f'TEMPLATE """{template}"""',
        f'PARAMETER stop "{special["eos_token"]}"',
        f"PARAMETER num_ctx {CONTEXT_TOKENS}",
        f"PARAMETER temperature {TEMPERATURE}",
    ]
    return "\n".join(lines) + "\n"


def renderer(special: dict[str, Any]) -> Render:
    """Renders conversations as transformers does, without loading it. `special` is tokenizer_config.json."""
    template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(special["chat_template"])
    template.globals["raise_exception"] = _refused
    tokens = {name: special[name] for name in ("bos_token", "eos_token") if isinstance(special.get(name), str)}

    def render(conversation: list[dict[str, str]]) -> str:
        return template.render(messages=conversation, add_generation_prompt=True, **tokens)

    return render


def _refused(why: str) -> None:
    """What a template says of a conversation that it cannot carry."""
    raise Misconfigured(f"the chat template refuses a system text and a question: {why}")
