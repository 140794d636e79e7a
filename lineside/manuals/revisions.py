"""Which revision of a document is in force. It is decided here and nowhere else.

Drafts, withdrawn and superseded documents, older revisions and those not yet in effect are never quoted as current.
One that carries no approval is quoted and marked unreviewed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal, TypeVar

from lineside.manuals.header import DocumentHeader

DocumentStatus = Literal["current", "draft", "withdrawn", "superseded", "unreviewed", "unreadable"]

_T = TypeVar("_T")
_Order = tuple[date, tuple[tuple[int, str], ...]]


def in_force(documents: Sequence[_T], header_of: Callable[[_T], DocumentHeader], today: date) -> list[_T]:
    """The newest issued revision of each document, unless that one has been retired.

    An older revision never comes back because a newer one was withdrawn.
    """
    newest = _newest((header_of(document) for document in documents), today)
    return [document for document in documents if _counts(header_of(document), newest, today)]


def status(header: DocumentHeader, others: Iterable[DocumentHeader], today: date) -> DocumentStatus:
    """How a document stands on that day among the other revisions of the library."""
    if not issued(header, today):
        return "draft"
    if header.status == "withdrawn":
        return "withdrawn"
    if retired(header, today) or _order(header) != _newest([header, *others], today)[_name(header)]:
        return "superseded"
    return "current" if header.reviewed else "unreviewed"


def issued(header: DocumentHeader, today: date) -> bool:
    """Whether this revision counts on that day: a draft does not, nor one that takes effect later."""
    return header.status != "draft" and (header.effective_from is None or header.effective_from <= today)


def retired(header: DocumentHeader, today: date) -> bool:
    """Whether it is withdrawn or replaced. One that names its last day stays in force until then."""
    if header.status in {"withdrawn", "superseded"}:
        return True
    if header.superseded_on is not None:
        return header.superseded_on <= today
    return bool(header.superseded_by)


def _counts(header: DocumentHeader, newest: dict[str, _Order], today: date) -> bool:
    return issued(header, today) and not retired(header, today) and _order(header) == newest[_name(header)]


def _newest(headers: Iterable[DocumentHeader], today: date) -> dict[str, _Order]:
    newest: dict[str, _Order] = {}
    for header in headers:
        if issued(header, today):
            order = _order(header)
            newest[_name(header)] = max(order, newest.get(_name(header), order))
    return newest


def _name(header: DocumentHeader) -> str:
    return " ".join(header.document.split()).casefold()


def _order(header: DocumentHeader) -> _Order:
    """Later in effect wins, then the higher revision: 10 after 9, C after B."""
    parts = re.findall(r"\d+|[^\W\d_]+", header.revision)
    return (
        header.effective_from or date.min,
        tuple((int(part), "") if part.isdigit() else (-1, part.upper()) for part in parts),
    )
