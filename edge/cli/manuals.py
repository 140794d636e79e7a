"""`lineside manuals`: looks into the library, and searches passages."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from lineside.manuals.library import Document
    from lineside.manuals.search import ManualSearch

manuals_app = typer.Typer(
    help="Looks into the manuals and procedures of a plant, and searches them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_PROGRESS_SECONDS = 0.2
_WIDE = 240
"""Columns where no terminal says how many it has."""


@manuals_app.command()
def search(
    passages: Annotated[Path, typer.Option("--passages", help="JSON lines {id, doc, page, text}.")],
    questions: Annotated[Path, typer.Option("--questions", help="JSON lines {id, q}.")],
    out: Annotated[Path, typer.Option("--out", help="Where the hits go: JSON lines {id, hits}, best first.")],
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="So many hits for a question, at most.")] = 10,
    embedder: Annotated[
        str, typer.Option("--embedder", help="none, minilm or ollama:MODEL@URL: finds passages by meaning too.")
    ] = "none",
) -> None:
    """Find the passages that fit each question: one line out for one question in, in the same order."""
    import msgspec

    from edge.embedders import embedder_of
    from lineside.manuals.batch import HitsLine, read_passages, read_questions
    from lineside.manuals.search import ManualSearch
    from lineside.manuals.settings import embedder_row

    row = embedder_row(embedder)
    found, own_ids = read_passages(passages)
    asked = read_questions(questions)
    progress = _Progress()
    searcher = ManualSearch(found, embedder_of(row, lambda done, of: progress.show("passages embedded", done, of)))
    lines = []
    for number, question in enumerate(asked, 1):
        hits = searcher.search(question.q, today=_today(), top=top)
        lines.append(msgspec.json.encode(HitsLine(question.id, [own_ids[hit.passage.passage_id] for hit in hits])))
        progress.show("questions answered", number, len(asked))
    progress.end()
    _write(out, lines)
    _tell_trouble(searcher)


def _write(out: Path, lines: list[bytes]) -> None:
    from lineside.errors import Misconfigured

    try:
        out.write_bytes(b"".join(line + b"\n" for line in lines))
    except OSError as error:
        raise Misconfigured(f"the hits cannot be written to {out}: {error.strerror}") from error


def _tell_trouble(searcher: ManualSearch) -> None:
    """Hits by words alone are hits, but not what was asked for: say it, and end with the status of a neighbour that
    failed."""
    if searcher.trouble:
        typer.echo(f"lineside: {searcher.trouble}", err=True)
        raise typer.Exit(1)


@manuals_app.command("list")
def list_documents(
    site: Annotated[Path, typer.Option("--site", help="The site file, which names the folders.")] = Path("site.yaml"),
) -> None:
    """Show every document of a site's library: whether it may be quoted, and what is wrong with it."""
    from rich.console import Console
    from rich.table import Table

    from lineside.manuals.library import library_of_site
    from lineside.site import read_site

    library = library_of_site(read_site(site), site.parent)
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "document", "revision", "status", "pages", "passages", "title"):
        table.add_column(heading, overflow="fold")
    today, problems = _today(), []
    for document in library.documents:
        table.add_row(*map(_plain, _cells(document, library.status(document, today))))
        if problem := library.problem(document, today):
            problems.append(f"{document.path.name}: {problem}".replace(f"{document.path.name}: {document.path.name}",
                                                                       document.path.name))  # fmt: skip
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    for problem in problems:
        typer.echo(problem)


def _cells(document: Document, status: str) -> tuple[str, ...]:
    return (
        document.path.name, document.document, document.revision, status, str(document.pages or ""),
        str(len(document.passages)), document.title,
    )  # fmt: skip


def _plain(text: str) -> str:
    """A document's own words are shown as they are, not read as markup."""
    from rich.markup import escape

    return escape(text)


@manuals_app.command()
def read(file: Annotated[Path, typer.Argument(help="A PDF, Markdown, CSV or text file.")]) -> None:
    """Show the passages of one document as they would be quoted."""
    from lineside.errors import Malformed
    from lineside.manuals.library import read_document

    for document in read_document(file):
        if document.header is None:
            raise Malformed(document.problem)
        reviewed = "reviewed" if document.header.reviewed else "unreviewed"
        status = document.header.status or "status not stated"
        typer.echo(f"{document.document} revision {document.revision or 'not stated'}, {status}, {reviewed}")
        if document.problem:
            typer.echo(f"({document.problem})")
        for passage in document.passages:
            where = [f"page {passage.page}" if passage.page else "", passage.section,
                     f"step {passage.step}" if passage.step else ""]  # fmt: skip
            typer.echo(f"\n[{', '.join(filter(None, where))}]\n{passage.text}")


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


class _Progress:
    """A line on standard error that is written over, when a person is looking."""

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty()
        self._shown_at = 0.0

    def show(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if self._wanted and (done == of or now - self._shown_at >= _PROGRESS_SECONDS):
            self._shown_at = now
            sys.stderr.write(f"\r\x1b[K{done:,} of {of:,} {what}")
            sys.stderr.flush()

    def end(self) -> None:
        if self._wanted:
            sys.stderr.write("\r\x1b[K")
