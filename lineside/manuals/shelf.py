"""The library as it stands today, for whoever quotes whole documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lineside.manuals.library import Library
from lineside.manuals.passage import Passage


class Shelf:
    """Hands out only what is in force on the day that `today` names."""

    def __init__(self, library: Library, today: Callable[[], date]) -> None:
        self._library, self._today = library, today

    def passages(self) -> tuple[Passage, ...]:
        return self._library.passages(self._today())

    def passages_of(self, document_id: str) -> tuple[Passage, ...]:
        """All passages of a document in reading order; none of one that may not be quoted."""
        document = self._library.document(document_id)
        quotable = document_id in self._library.in_force(self._today())
        return document.passages if document and quotable else ()

    def not_in_force(self) -> tuple[tuple[str, str, str], ...]:
        """Documents that may not be quoted: number, revision, and why: draft, withdrawn, superseded or unreadable."""
        today = self._today()
        standing = ((each, self._library.status(each, today)) for each in self._library.documents)
        return tuple(
            (each.document, each.revision, why) for each, why in standing if why not in {"current", "unreviewed"}
        )
