"""Which files there are to learn from, and what one of them holds.

The site's own library travels with a deployment and is read already. What people upload to the lake below `documents/`
is read here, by the same rules: names that begin with "." or "_" are left out, and a `.yaml` of the same name beside a
file describes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

import msgspec

from cloud.training_run import Item
from lineside.errors import Malformed
from lineside.manuals.library import LARGEST_PDF_BYTES, Document, Library, read_document
from lineside.site.model import slug

DOCUMENTS: Final = "documents/"
_BESIDE: Final = (".yaml", ".yml")
_LONGEST_ID: Final = 80


class Uploads(Protocol):
    """Files that people uploaded. `get` and `size` raise KeyError where there is none any more."""

    def list(self, prefix: str) -> list[str]: ...

    def size(self, key: str) -> int: ...

    def get(self, key: str) -> bytes: ...


def items_of(library: Library, uploads: Uploads) -> list[Item]:
    """Every file, each under a name of its own: the library's first, then the uploads in the order of their keys."""
    items = [Item(each.document_id, each.path.name, document_id=each.document_id) for each in library.documents]
    return [*items, *_uploaded(uploads.list(DOCUMENTS), {each.item for each in items})]


def documents_of(item: Item, library: Library, uploads: Uploads, scratch: Path) -> tuple[Document, ...]:
    """What one file holds; a document that cannot be read says why. `scratch` is a folder that is made and removed.

    The path of a document is its file's name alone. Raises `Malformed` for one that is no longer deployed.
    """
    found = _deployed(item, library) if item.document_id else _fetched(item, uploads, scratch)
    return tuple(replace(each, path=Path(item.name)) for each in found)


def unread(item: Item, why: str) -> Document:
    """A file that could not be read, and why."""
    return Document(
        item.item, Path(item.name), "application/octet-stream", problem=f"{item.name} cannot be read: {why}"
    )


def _uploaded(keys: Iterable[str], taken: set[str]) -> Iterator[Item]:
    keys = list(keys)
    for key in keys:
        name = PurePosixPath(key.removeprefix(DOCUMENTS))
        shown = not key.endswith("/") and not any(part.startswith((".", "_")) for part in name.parts)
        if shown and name.suffix.lower() not in _BESIDE:
            beside = next((key + suffix for suffix in _BESIDE if key + suffix in keys), "")
            yield Item(_own_name(name, taken), name.name, key, beside)


def _own_name(name: PurePosixPath, taken: set[str]) -> str:
    """The file's name as a slug; where that is taken, or says nothing, with a fingerprint of its whole path."""
    plain = slug(name.stem)[:_LONGEST_ID]
    mark = sha256(str(name).encode()).hexdigest()[:8]
    chosen = plain if plain and plain not in taken else f"{plain or 'document'}-{mark}"
    taken.add(chosen)
    return chosen


def _deployed(item: Item, library: Library) -> tuple[Document, ...]:
    document = library.document(item.document_id)
    if document is None:
        raise Malformed(f"{item.name} is no longer deployed; start the run again from its beginning")
    return (document,)


def _fetched(item: Item, uploads: Uploads, scratch: Path) -> tuple[Document, ...]:
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        if uploads.size(item.key) > LARGEST_PDF_BYTES:
            return (unread(item, f"it is larger than {LARGEST_PDF_BYTES // 1_000_000} MB; split it"),)
        path = scratch / item.name
        path.write_bytes(uploads.get(item.key))
        if item.beside:
            (scratch / f"{item.name}{PurePosixPath(item.beside).suffix}").write_bytes(uploads.get(item.beside))
        found = read_document(path)
    except KeyError:
        return (unread(item, "it was removed while the run was on"),)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    # A full stop stands in no slug, so that no other item has such a name.
    names = [item.item, *(f"{item.item}.{number}" for number in range(2, len(found) + 1))]
    return tuple(_renamed(each, name) for each, name in zip(found, names, strict=True))


def _renamed(document: Document, document_id: str) -> Document:
    """Its passages are known by their document's id."""
    passages = tuple(
        msgspec.structs.replace(
            passage,
            document_id=document_id,
            passage_id=document_id + passage.passage_id.removeprefix(document.document_id),
        )
        for passage in document.passages
    )
    return replace(document, document_id=document_id, passages=passages)
