"""A piece of a document that can be quoted by itself: where it stands, and whether it counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal, Protocol

import msgspec

Found = Literal["code", "words", "meaning", "both"]


class Passage(msgspec.Struct, frozen=True):
    """Whole sentences or steps of one revision of one document. Dates are ISO 8601; "" is not stated."""

    passage_id: str
    document_id: str
    """The file's name in the library, as a slug; opens it."""
    document: str
    """The document's own number, such as SOP-VC-07, else its title."""
    title: str
    text: str
    revision: str = ""
    effective_from: str = ""
    superseded_on: str = ""
    page: str = ""
    section: str = ""
    step: str = ""
    machines: tuple[str, ...] = ()
    """The machines it is about; empty for any."""
    reviewed: bool = True
    """False where the document carries no approval; whoever quotes it says so."""


class Hit(msgspec.Struct, frozen=True):
    """A passage that fits a question. `score` orders the hits of one search and means nothing beyond it."""

    passage: Passage
    score: float
    found_by: Found


class Searcher(Protocol):
    """Finds passages that are in force on `today`, best first. `machines` narrows to those and to any-machine ones."""

    def search(self, query: str, *, today: date, top: int = 5, machines: Collection[str] = ()) -> list[Hit]: ...
