"""The library as the API shows it: what there is, the files, and pages as pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from lineside.api.chat_models import DocumentView
from lineside.manuals.library import Document, Library

WIDEST_PIXELS = 1_500
TALLEST_PIXELS = 4_000
"""A page as narrow as a receipt must not become a picture of a hundred megapixels."""


class LibraryDocuments:
    """`Documents` on a library that was read into memory; files are read when they are asked for."""

    def __init__(self, library: Library, today: Callable[[], date]) -> None:
        self._library, self._today = library, today

    def list(self) -> list[DocumentView]:
        today = self._today()
        return [self._view(document, today) for document in self._library.documents]

    def _view(self, document: Document, today: date) -> DocumentView:
        return DocumentView(
            document_id=document.document_id,
            document=document.document,
            title=document.title,
            revision=document.revision,
            status=self._library.status(document, today),
            effective_from=document.effective_from,
            pages=document.pages,
            passages=len(document.passages),
            media_type=document.media_type,
            problem=self._library.problem(document, today),
        )

    def file(self, document_id: str) -> tuple[str, str, bytes] | None:
        """Name, media type, content; None for a document that is unknown or was taken away since."""
        document = self._library.document(document_id)
        content = _content(document) if document else None
        return None if document is None or content is None else (document.path.name, document.media_type, content)

    def page_png(self, document_id: str, page: int) -> bytes | None:
        """A page of a PDF, counted from 1; None where there is no such page."""
        document = self._library.document(document_id)
        if document is None or not 1 <= page <= document.pages:
            return None
        content = _content(document)
        return _png(content, page) if content is not None else None

    def text(self, document_id: str) -> str | None:
        """The text of a document that has no pages; None for one that has, or that cannot be read."""
        document = self._library.document(document_id)
        if document is None or document.pages or document.header is None:
            return None
        content = _content(document)
        return _decoded(content) if content is not None else None


def _content(document: Document) -> bytes | None:
    if document.elsewhere:
        return None
    try:
        return document.path.read_bytes()
    except FileNotFoundError:
        return None


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return content.decode(encoding, "replace")


def _png(content: bytes, page: int) -> bytes | None:
    """The file may have changed since it was read: then there is no such page."""
    from lineside.manuals.pdf import PDFIUM, open_pdf

    with PDFIUM:
        try:
            document = open_pdf(content)
        except ValueError:
            return None
        try:
            return _drawn(document[page - 1]) if page <= len(document) else None
        finally:
            document.close()


def _drawn(page: object) -> bytes:
    width, height = page.get_size()  # type: ignore[attr-defined]
    scale = min(WIDEST_PIXELS / max(width, 1), TALLEST_PIXELS / max(height, 1))
    picture = page.render(scale=scale).to_pil()  # type: ignore[attr-defined]
    picture.thumbnail((WIDEST_PIXELS, TALLEST_PIXELS))
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()
