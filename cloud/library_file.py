"""The library as files that travel with a deployment: read once where it is bundled, so that no function parses a PDF.

`library.jsonl` holds a document a line, with its passages; a function reads it at its start. For the knowledge base,
every passage is one object beside its metadata, which is how Bedrock wants it when nothing is to be cut further.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from lineside.errors import Misconfigured
from lineside.manuals.embedding import text_to_embed
from lineside.manuals.header import DocumentHeader
from lineside.manuals.library import Document, Library
from lineside.manuals.passage import Passage

PASSAGE_ID: Final = "passage_id"
"""The attribute by which a result of the knowledge base tells which passage it is."""


class _Row(msgspec.Struct):
    """One line. `path` is relative to the folder of the site file."""

    document_id: str
    path: str
    media_type: str
    header: dict[str, Any] | None
    pages: int
    problem: str
    passages: tuple[Passage, ...]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Row).decode


def pack(library: Library, root: Path) -> bytes:
    """The library as JSON lines; its documents lie below `root`."""
    return b"".join(_encode(_row(document, root)) + b"\n" for document in library.documents)


def unpack(packed: bytes, root: Path) -> Library:
    """The library again, its documents below `root`. Raises Misconfigured where this is no packed library."""
    try:
        rows = [_decode(line) for line in packed.splitlines()]
        return Library(tuple(_document(row, root) for row in rows))
    except ValueError as error:
        raise Misconfigured(f"the packed library cannot be read; bundle again: {error}") from error


def objects_of(library: Library) -> Iterator[tuple[str, bytes]]:
    """Name and content of what the knowledge base reads: each passage, and beside it which one it is."""
    for passage in library.all_passages:
        name = f"{passage.document_id}/{sha256(passage.passage_id.encode()).hexdigest()[:16]}.txt"
        yield name, text_to_embed(passage).encode()
        yield f"{name}.metadata.json", _encode({"metadataAttributes": {PASSAGE_ID: passage.passage_id}})


def _row(document: Document, root: Path) -> _Row:
    return _Row(
        document_id=document.document_id,
        path=document.path.relative_to(root).as_posix(),
        media_type=document.media_type,
        header=document.header.model_dump(mode="json") if document.header else None,
        pages=document.pages,
        problem=document.problem,
        passages=document.passages,
    )


def _document(row: _Row, root: Path) -> Document:
    header = DocumentHeader.model_validate(row.header) if row.header is not None else None
    return Document(row.document_id, root / row.path, row.media_type, header, row.pages, row.passages, row.problem)
