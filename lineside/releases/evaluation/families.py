"""Which family a model is of, by its id: a judge must not be of the candidate's, for a family likes its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

FAMILIES: Final = (
    # a family, and the words of a model id that show it
    ("claude", ("claude", "anthropic")),
    ("nova", ("nova",)),
    ("titan", ("titan",)),
    ("llama", ("llama", "vicuna", "alpaca", "nemotron")),
    ("gpt-oss", ("gpt-oss", "gptoss")),
    ("gpt", ("gpt-3", "gpt-4", "gpt-5", "chatgpt", "o1-", "o3-", "o4-")),
    ("qwen", ("qwen", "qwq")),
    ("mistral", ("stral", "xtral")),
    ("gemma", ("gemma",)),
    ("gemini", ("gemini",)),
    ("phi", ("phi",)),
    ("deepseek", ("deepseek",)),
    ("granite", ("granite",)),
    ("command", ("command", "cohere", "aya-")),
    ("glm", ("glm", "chatglm")),
    ("kimi", ("kimi", "moonshot")),
    ("minimax", ("minimax",)),
    ("falcon", ("falcon",)),
    ("olmo", ("olmo",)),
    ("smollm", ("smollm",)),
    ("jamba", ("jamba",)),
    ("palmyra", ("palmyra",)),
    ("grok", ("grok",)),
)
"""`ollama` is a server, and no Llama; its name in an id is passed over."""
_RELATED: Final = {
    "gpt-oss": frozenset({"gpt"}),
    "gpt": frozenset({"gpt-oss"}),
    "gemma": frozenset({"gemini"}),
    "gemini": frozenset({"gemma"}),
}
"""Families of one house, which learned from one another."""
_LONG: Final = 5


def families_of(model_id: str) -> frozenset[str]:
    """The families that an id names; more than one for a distilled model, none where it names no family."""
    text = model_id.casefold().replace("ollama", " ")
    return frozenset(family for family, words in FAMILIES if any(_names(text, word) for word in words))


def related(one: Iterable[str], other: Iterable[str]) -> frozenset[str]:
    """The families that both share, those of one house included."""
    others = set(other)
    return frozenset(family for family in one if family in others or _RELATED.get(family, frozenset()) & others)


def _names(text: str, word: str) -> bool:
    """Short words stand inside of others ("innovate"); long ones are joined to others ("tinyllama")."""
    if len(word) >= _LONG:
        return word in text
    return re.search(rf"(?<![a-z]){re.escape(word)}", text) is not None
