"""Folders of documents -> the library: what there is, what may be quoted, and what could not be read and why.

One document that cannot be read never hides the others: it stays in the list with a sentence about its problem.
Files and folders whose names begin with "." or "_" are not part of the library, nor are the `.yaml` files that
describe a document beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, count
from pathlib import Path

from lineside.errors import Misconfigured
from lineside.manuals.blocks import Block, visible
from lineside.manuals.header import DocumentHeader, keys_of, reasons, split_front_matter
from lineside.manuals.passage import Passage
from lineside.manuals.passages import passages_of
from lineside.manuals.plain_text import markdown_blocks, text_blocks
from lineside.manuals.printed import printed_header
from lineside.manuals.revisions import DocumentStatus, in_force, issued, status
from lineside.manuals.tables import table_documents
from lineside.site.model import Site, slug

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".text": "text/plain",
}
LARGEST_PDF_BYTES = 200_000_000
LARGEST_TEXT_BYTES = 5_000_000
_SIDECARS = (".yaml", ".yml")


@dataclass(frozen=True)
class Document:
    """One revision of one document. `header` is None and `problem` says why where it could not be read.

    A document with a `problem` and passages could be read in part; the sentence says which part is missing.
    """

    document_id: str
    path: Path
    media_type: str
    header: DocumentHeader | None = None
    pages: int = 0
    passages: tuple[Passage, ...] = ()
    problem: str = ""
    elsewhere: bool = False
    """A link that leads out of the folder: listed with its problem, and never opened."""

    @property
    def document(self) -> str:
        return self.header.document if self.header else self.path.name

    @property
    def title(self) -> str:
        return self.header.title if self.header else self.path.name

    @property
    def revision(self) -> str:
        return self.header.revision if self.header else ""

    @property
    def effective_from(self) -> str:
        return self.header.effective_from.isoformat() if self.header and self.header.effective_from else ""


@dataclass(frozen=True)
class Library:
    """Every document of a plant, in the order of folders and names."""

    documents: tuple[Document, ...] = ()
    _by_date: dict[date, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _by_id(self) -> dict[str, Document]:
        return {document.document_id: document for document in self.documents}

    @cached_property
    def all_passages(self) -> tuple[Passage, ...]:
        """Those of every document, whether it may be quoted or not; a search narrows them to the date."""
        return tuple(passage for document in self.documents for passage in document.passages)

    def document(self, document_id: str) -> Document | None:
        return self._by_id.get(document_id)

    def in_force(self, today: date) -> frozenset[str]:
        """The ids of the documents that may be quoted on that day."""
        if today not in self._by_date:
            if len(self._by_date) > 100:
                self._by_date.clear()
            read = [(each, each.header) for each in self.documents if each.header is not None]
            found = in_force(read, lambda pair: pair[1], today)
            self._by_date[today] = frozenset(document.document_id for document, _ in found)
        return self._by_date[today]

    def passages(self, today: date) -> tuple[Passage, ...]:
        """Every passage that may be quoted on that day."""
        quotable = self.in_force(today)
        return tuple(passage for passage in self.all_passages if passage.document_id in quotable)

    def status(self, document: Document, today: date) -> DocumentStatus:
        """How a document stands on that day."""
        if document.header is None:
            return "unreadable"
        others = [other.header for other in self.documents if other.header is not None and other is not document]
        return status(document.header, others, today)

    def problem(self, document: Document, today: date) -> str:
        """What a person should know of it: why it cannot be read, or from when on it counts."""
        header = document.header
        if document.problem or header is None or header.status == "draft" or issued(header, today):
            return document.problem
        return f"it takes effect on {document.effective_from}; until then it is not quoted"

    def section(self, passage: Passage) -> tuple[Passage, ...]:
        """The passages of the same section of the same document, in reading order: the other steps of a step."""
        document = self.document(passage.document_id)
        found = document.passages if document else ()
        return tuple(other for other in found if other.section == passage.section)


def library_of_site(site: Site, beside: Path) -> Library:
    """The manuals and the procedures of a site, in folders beside its file. A folder that is not there is said."""
    folders = [*site.manuals, *(line.sop_directory for line in site.lines if line.sop_directory)]
    return read_library([beside / folder for folder in dict.fromkeys(folders)])


def read_library(folders: Sequence[Path]) -> Library:
    """Every document in these folders and the folders in them. Raises Misconfigured for a folder that is not there."""
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise Misconfigured(f"there is no folder of manuals at {', '.join(missing)}")
    names = _Names()
    inside = tuple(folder.resolve() for folder in folders)
    documents = [
        document
        for path in _files(folders)
        for document in (_documents(path, names) if _is_inside(path, inside) else [_elsewhere(path, names)])
    ]
    return Library(tuple(documents))


def read_document(path: Path) -> tuple[Document, ...]:
    """One file by itself: one document, or the several of a table. Raises Misconfigured if it is not there."""
    if not path.is_file():
        raise Misconfigured(f"there is no document at {path}")
    return tuple(_documents(path, _Names()))


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    seen: set[Path] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            shown = not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
            if shown and path.is_file() and path.suffix.lower() not in _SIDECARS and path.resolve() not in seen:
                seen.add(path.resolve())
                yield path


def _is_inside(path: Path, folders: Sequence[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder) for folder in folders)


def _elsewhere(path: Path, names: _Names) -> Document:
    problem = f"{path.name} is a link that leads out of the folder; put the document itself there"
    return Document(names.take(path), path, "application/octet-stream", problem=problem, elsewhere=True)


class _Names:
    """Gives each document an id of its own, made from its file's name."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, path: Path, detail: str = "") -> str:
        base = slug("-".join(filter(None, (path.stem, detail))))[:100] or "document"
        numbered = (f"{base}-{number}" for number in count(2))
        candidates = chain((base, slug(f"{base}-{path.suffix}")), numbered)
        chosen = next(candidate for candidate in candidates if candidate not in self._taken)
        self._taken.add(chosen)
        return chosen


@dataclass(frozen=True)
class _Read:
    """What one file holds of one document."""

    stated: dict[str, object]
    blocks: list[Block]
    pages: int = 0
    problem: str = ""


def _documents(path: Path, names: _Names) -> Iterator[Document]:
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    try:
        found = _read(path)
        headers = [_header(path, each.stated, several=len(found) > 1) for each in found]
    except (ValueError, OSError) as error:
        problem = f"{path.name} cannot be read: {'; '.join(reasons(error))}"
        yield Document(names.take(path), path, media_type, problem=problem)
        return
    for each, header in zip(found, headers, strict=True):
        several = header.document != headers[0].document
        detail = f"{header.document if several else ''} {header.revision if header != headers[0] else ''}"
        document_id = names.take(path, slug(detail))
        passages = passages_of(document_id, header, each.blocks)
        yield Document(document_id, path, media_type, header, each.pages, passages, each.problem)


def _header(path: Path, stated: dict[str, object], *, several: bool) -> DocumentHeader:
    """What the document states, over what it prints, under what the file beside it says."""
    beside = {} if several else _sidecar(path)
    header = DocumentHeader.model_validate({**stated, **beside})
    title = header.title or header.document or _from_name(path)
    return header.model_copy(update={"title": title, "document": header.document or title})


def _from_name(path: Path) -> str:
    return " ".join(path.stem.replace("_", " ").replace("-", " ").split()) or path.name


def _sidecar(path: Path) -> dict[str, object]:
    for suffix in _SIDECARS:
        beside = path.with_name(path.name + suffix)
        if beside.is_file():
            return keys_of(_text(beside))
    return {}


def _read(path: Path) -> list[_Read]:
    """Raises ValueError with what is wrong."""
    suffix = path.suffix.lower()
    media_type = MEDIA_TYPES.get(suffix)
    if media_type is None:
        raise ValueError(f"files named {suffix or 'without a suffix'} are not; use .pdf, .md, .csv or .txt")
    if path.stat().st_size == 0:
        raise ValueError("it is empty")
    if media_type == "application/pdf":
        return [_pdf(path)]
    text = _text(path)
    if media_type == "text/csv":
        return _nothing_missing([_Read(each.stated, each.blocks) for each in table_documents(text)])
    return _nothing_missing([_markdown(text) if media_type == "text/markdown" else _plain(text)])


def _nothing_missing(found: list[_Read]) -> list[_Read]:
    if not any(each.blocks for each in found):
        raise ValueError("it holds no text")
    return found


def _pdf(path: Path) -> _Read:
    from lineside.manuals.pdf import read_pdf

    if path.stat().st_size > LARGEST_PDF_BYTES:
        raise ValueError(f"it is larger than {LARGEST_PDF_BYTES // 1_000_000} MB; split it")
    content = path.read_bytes()
    if b"%PDF-" not in content[:1024]:
        raise ValueError("it is named .pdf and is none")
    found = read_pdf(content)
    if not found.blocks:
        raise ValueError("its pages hold no text; a scanned document needs text recognition (OCR) first")
    titled = _titled(found.blocks, printed_header(found.lines))
    return _Read(titled, found.blocks, found.pages, _pages_without_text(found.without_text))


def _pages_without_text(pages: list[int]) -> str:
    if not pages:
        return ""
    shown = ", ".join(map(str, pages[:10])) + (" and others" if len(pages) > 10 else "")
    return f"page {shown} holds no text (a picture or a scan?) and cannot be searched"


def _markdown(text: str) -> _Read:
    stated, body = split_front_matter(text)
    blocks = list(markdown_blocks(body))
    return _Read(stated if stated is not None else _titled(blocks, printed_header(body.splitlines())), blocks)


def _plain(text: str) -> _Read:
    blocks = list(text_blocks(text))
    return _Read(_titled(blocks, printed_header(text.splitlines())), blocks)


def _titled(blocks: Iterable[Block], stated: dict[str, object]) -> dict[str, object]:
    """The first block, if it is a heading, is the title unless one is stated."""
    first = next(iter(blocks), None)
    if first is None or first.kind != "heading":
        return stated
    return {"title": first.text[:200], **stated}


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_TEXT_BYTES:
        raise ValueError(f"it is larger than {LARGEST_TEXT_BYTES // 1_000_000} MB; split it")
    content = path.read_bytes()
    if content.startswith(b"%PDF-"):
        raise ValueError(f"it is a PDF; name it {path.stem}.pdf")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text; save it as UTF-8") from error
    if "\0" in text:
        raise ValueError("it is no text")
    return visible(text.replace("\r\n", "\n").replace("\r", "\n"))
