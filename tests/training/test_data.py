"""Rows become tokens, and only the assistant's words are learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lineside.errors import Misconfigured
from training.data import IGNORED, encode, encode_one, part_file

CONVERSATION = (
    {"role": "system", "content": "s"},
    {"role": "user", "content": "ab"},
    {"role": "assistant", "content": "xyz"},
)


class Letters:
    """A template that says who speaks, and a token for every letter."""

    def __init__(self, end: str = ".", head: str = "") -> None:
        self._end, self._head = end, head

    def apply_chat_template(self, conversation: Any, *, add_generation_prompt: bool, **_options: Any) -> Any:
        said = "".join(f"<{each['role'][0]}>{each['content']}{self._end}" for each in conversation)
        head = self._head if add_generation_prompt else ""
        return {"input_ids": [ord(letter) for letter in head + said + ("<a>" if add_generation_prompt else "")]}


def test_the_answer_and_its_end_are_learned_and_nothing_before():
    row = encode_one(CONVERSATION, Letters())

    learned = "".join(chr(label) for label in row.labels if label != IGNORED)
    assert "".join(map(chr, row.input_ids)) == "<s>s.<u>ab.<a>xyz."
    assert learned == "xyz."
    assert row.labels[: -len(learned)] == [IGNORED] * (len(row.input_ids) - 4)


def test_a_row_that_is_too_long_is_left_out_whole():
    longer = (*CONVERSATION[:-1], {"role": "assistant", "content": "x" * 50})

    encoded = encode([CONVERSATION, longer, CONVERSATION], Letters(), max_length=18)

    assert [len(row.input_ids) for row in encoded.rows] == [18, 18]
    assert encoded.too_long == 1


def test_a_channel_with_one_file_is_that_file(tmp_path: Path):
    rows = tmp_path / "part-0001.jsonl"
    rows.write_text("", encoding="utf-8")

    assert part_file(tmp_path, "train") == rows
    (tmp_path / "validation.jsonl").write_text("", encoding="utf-8")
    assert part_file(tmp_path, "validation") == tmp_path / "validation.jsonl"
    with pytest.raises(Misconfigured, match="no train rows"):
        part_file(tmp_path, "train")


def test_a_template_that_writes_the_question_otherwise_is_refused():
    with pytest.raises(Misconfigured, match="the chat template writes a question otherwise"):
        encode_one(CONVERSATION, Letters(head="!"))
