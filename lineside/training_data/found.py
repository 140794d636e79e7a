"""One question that a document's structure answers."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """`kind` is what of the structure it was made from; `topic` the headings that it stands under."""

    kind: str
    question: str
    answer: str
    topic: str
    steps: tuple[str, ...] = ()
