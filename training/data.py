"""Rows of a dataset -> what a model is trained on: token ids, and which of them it must learn to say.

A row is `{"messages": [{"role": "system", ...}, {"role": "user", ...}, {"role": "assistant", ...}], ...}`; other keys
are for people. Only the last message, the assistant's, is learned: what stands before it is labelled `IGNORED`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from lineside.errors import Misconfigured

IGNORED: Final = -100
"""The label of a token that is not learned; PyTorch's cross entropy passes it over."""
_ROLES: Final = ("system", "user", "assistant")

Message = dict[str, str]
Conversation = tuple[Message, ...]


class Templated(Protocol):
    """The one thing asked of a tokenizer: the ids of a conversation in the model's chat template."""

    def apply_chat_template(self, conversation: Any, **options: Any) -> Any: ...


class Row(NamedTuple):
    """A row as a model sees it."""

    input_ids: list[int]
    labels: list[int]


class Encoded(NamedTuple):
    """Rows that fit, and how many did not."""

    rows: list[Row]
    too_long: int


def part_file(path: Path, part: str) -> Path:
    """The file of this part: the path itself, or in that folder `<part>.jsonl`, or the only one. `Misconfigured`."""
    found = path / f"{part}.jsonl" if path.is_dir() else path
    if path.is_dir() and not found.is_file() and len(alone := list(path.glob("*.jsonl"))) == 1:
        found = alone[0]  # a channel holds one file, under whatever name it had
    if not found.is_file():
        raise Misconfigured(f"there are no {part} rows at {found}; `lineside dataset build` makes them")
    return found


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_conversations(path: Path) -> list[Conversation]:
    """Every row's messages. Raises `Misconfigured` with the first line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"the rows in {path} cannot be read: {error}") from error
    return [_conversation(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _conversation(line: str, where: str) -> Conversation:
    try:
        row = json.loads(line)
        messages = tuple({"role": str(each["role"]), "content": each["content"]} for each in row["messages"])
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(f"{where}: this is no row with messages of a role and a content") from None
    if not messages or messages[-1]["role"] != "assistant":
        raise Misconfigured(f"{where}: the last message is not the assistant's, so there is nothing to learn")
    for message in messages:
        if message["role"] not in _ROLES or not isinstance(message["content"], str) or not message["content"].strip():
            raise Misconfigured(f"{where}: a message is empty, or its role is none of {', '.join(_ROLES)}")
    return messages


def encode(
    conversations: Sequence[Conversation],
    tokenizer: Templated,
    max_length: int,
    told: Callable[[int], None] = lambda _done: None,
) -> Encoded:
    """The rows that have at most `max_length` tokens. Raises `Misconfigured` where the template cannot carry them."""
    rows, too_long = [], 0
    for done, conversation in enumerate(conversations, start=1):
        row = encode_one(conversation, tokenizer)
        if len(row.input_ids) > max_length:
            too_long += 1
        else:
            rows.append(row)
        told(done)
    return Encoded(rows, too_long)


def encode_one(conversation: Conversation, tokenizer: Templated) -> Row:
    """The whole conversation; learned is what follows the prompt as it will stand when the model is asked."""
    prompt = _ids(tokenizer, conversation[:-1], add_generation_prompt=True)
    whole = _ids(tokenizer, conversation, add_generation_prompt=False)
    if whole[: len(prompt)] != prompt or len(whole) == len(prompt):
        raise Misconfigured(
            "the chat template writes a question otherwise when its answer follows, so the model would learn from"
            " prompts that it is never asked; use a base model with a template that does not"
        )
    return Row(whole, [IGNORED] * len(prompt) + whole[len(prompt) :])


def _ids(tokenizer: Templated, messages: Iterable[Message], *, add_generation_prompt: bool) -> list[int]:
    encoded = tokenizer.apply_chat_template(
        list(messages), tokenize=True, add_generation_prompt=add_generation_prompt, return_dict=True
    )
    return list(encoded["input_ids"])
