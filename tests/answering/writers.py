"""Models as a test needs them: what they say, in pieces, and how they fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from lineside.answering.models import ModelRow
from lineside.answering.writer import Prompt


def a_row(name: str = "small", **more: object) -> ModelRow:
    row = {"name": name, "provider": "ollama", "model": "m", "url": "http://127.0.0.1:1", "context_tokens": 8192}
    return ModelRow.model_validate({**row, **more})


@dataclass
class Says:
    """Says one text after the other, the last one again and again; an exception is raised instead."""

    texts: tuple[str | Exception, ...]
    row: ModelRow = field(default_factory=a_row)
    between_seconds: float = 0.0
    asked: list[Prompt] = field(default_factory=list)
    halted: bool = False

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        self.asked.append(prompt)
        text = self.texts[min(len(self.asked), len(self.texts)) - 1]
        if isinstance(text, Exception):
            raise text
        for word in text.split(" "):
            if stop and stop.is_set():
                self.halted = True
                return
            yield f"{word} "
            time.sleep(self.between_seconds)


@dataclass
class Hangs:
    """Never comes back until it is let go."""

    row: ModelRow = field(default_factory=lambda: a_row("hanging"))
    first: str = ""
    asked: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        self.asked += 1
        if self.first:
            yield self.first
        self.let_go.wait(20)
        yield "late"


def says(*texts: str | Exception, name: str = "small", **more: object) -> Says:
    return Says(texts, a_row(name), **more)  # type: ignore[arg-type]
