"""A pair as a row to train on: the prompt exactly as at inference, the answer as a model should write it.

The pair itself stands beside the messages, so that an evaluation can ask again with the same passages and a diff can
tell two datasets apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from lineside.answering.evidence import Evidence
from lineside.answering.models import ModelRow
from lineside.answering.prompt import ANSWER, Task, prompt_for
from lineside.errors import Malformed
from lineside.training_data.cite import cited
from lineside.training_data.pair import Pair

ROOM: Final = ModelRow(name="dataset", provider="offline", context_tokens=32_768, max_tokens=700)
"""Room for the largest chunk that the settings allow, so that every passage is shown."""


def chat_row(pair: Pair) -> dict[str, Any]:
    """`{"messages": [system, user, assistant], "pair": {...}}`. Raises `CutShort` where the passages do not fit."""
    evidence = Evidence(passages=pair.passages)
    prompt = prompt_for(Task(ANSWER, pair.question, evidence, fallback="", language=pair.language), ROOM)
    messages = [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": prompt.user},
        {"role": "assistant", "content": cited(pair)},
    ]
    return {"messages": messages, "pair": msgspec.to_builtins(pair)}


def prompt_completion(row: Mapping[str, Any]) -> dict[str, str]:
    """The same row for a trainer that takes two strings: instructions and question are one prompt."""
    system, user, assistant = (str(message["content"]) for message in row["messages"])
    return {"prompt": f"{system}\n\n{user}\n\n", "completion": assistant}


def pair_of(row: Mapping[str, Any]) -> Pair:
    """The pair that a row was made from. Raises `Malformed`."""
    try:
        return msgspec.convert(row["pair"], Pair)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise Malformed(f"this row holds no pair: {error}; `lineside dataset build` writes such rows") from error


def jsonl(rows: Iterable[object]) -> bytes:
    """One line of JSON for each, in UTF-8; none for none."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def read_rows(source: Path | bytes) -> list[dict[str, Any]]:
    """The rows of a `.jsonl`, without its empty lines. Raises `Malformed` with the line that is none."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    name = "the rows" if isinstance(source, bytes) else source.name
    found: list[dict[str, Any]] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            found.append(_row(line, f"{name}, line {number}"))
    return found


def _row(line: bytes, where: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Malformed(f"{where}: {error}") from error
