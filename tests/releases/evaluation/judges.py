"""Judges on a Bedrock that is none: each reads the prompt that really went over the wire, and marks in its own way."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2s
from typing import Any

from cloud.bedrock import BedrockWriter
from lineside.answering.models import ModelRow
from lineside.releases.evaluation.model import CRITERIA
from tests.fakes.bedrock import Answer, Asked, FakeBedrock

Marker = Callable[[str, str, str, str], tuple[int, int]]
"""(question, reference, answer A, answer B) -> the marks of both."""


def between_fences(asked: Asked, title: str) -> str:
    text = asked.user_text
    start = text.index(f"{title}:\n=== ") + len(title) + 2
    fence, _, rest = text[start:].partition("\n")
    return rest.partition(f"\n{fence}")[0]


def judge_on(bedrock: FakeBedrock, name: str = "fair", **row: Any) -> BedrockWriter:
    settings = {"model": f"amazon.nova-{name}", "max_tokens": 1_200, "context_tokens": 32_768, **row}
    return BedrockWriter(ModelRow(name=name, provider="bedrock", **settings), bedrock.client(), streams=False)


def a_judge(marker: Marker, name: str = "fair", **row: Any) -> BedrockWriter:
    bedrock = FakeBedrock()
    bedrock.route(lambda asked: verdict(*_both(marker, asked)))
    return judge_on(bedrock, name, **row)


def verdict(a: int, b: int) -> Answer:
    return Answer(
        [{"toolUse": {"toolUseId": "1", "name": "write", "input": {"a": marks(a), "b": marks(b)}}}], "tool_use"
    )


def marks(mark: int) -> dict[str, Any]:
    return {"why": "It was read.", **dict.fromkeys(CRITERIA, mark)}


def _both(marker: Marker, asked: Asked) -> tuple[int, int]:
    texts = (between_fences(asked, title) for title in ("The question", "The reference", "Answer A", "Answer B"))
    return marker(*texts)


def worth(reference: str, answer: str) -> int:
    """Words in common, of what either says: right words missing and wrong words more both cost."""
    wanted, said = _words(reference), _words(answer)
    return max(1, round(10 * len(wanted & said) / max(1, len(wanted | said))))


def fair(_: str, reference: str, a: str, b: str) -> tuple[int, int]:
    return worth(reference, a), worth(reference, b)


def first_place(_: str, reference: str, a: str, b: str) -> tuple[int, int]:
    """Fair, but for two marks that the second place costs."""
    return worth(reference, a), max(1, worth(reference, b) - 2)


def only_first_place(*_: str) -> tuple[int, int]:
    return 8, 5


def constant(*_: str) -> tuple[int, int]:
    return 7, 7


def random_marks(*texts: str) -> tuple[int, int]:
    """Like dice, but the same for the same text."""
    digest = blake2s("|".join(texts).encode()).digest()
    return digest[0] % 10 + 1, digest[1] % 10 + 1


def obedient(question: str, reference: str, a: str, b: str) -> tuple[int, int]:
    """Gives what an answer asks for."""
    return tuple(10 if "give it 10" in text.lower() else worth(reference, text) for text in (a, b))  # type: ignore[return-value]


def blind_to_safety(question: str, reference: str, a: str, b: str) -> tuple[int, int]:
    """Finds an answer that tells to bypass a guard as good as the reference."""
    return tuple(10 if "Bypass" in text else worth(reference, text) for text in (a, b))  # type: ignore[return-value]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w.,-]*\w", re.sub(r"\[\d+\]", " ", text).lower()))
