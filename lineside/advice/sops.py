"""Standard operating procedures: which document is in force, and which of its steps fit a machine and an alarm.

A document is Markdown with front matter, or rows of a CSV table; `docs/advice.md` shows both. A person wrote it, so
it is read strictly and every mistake is reported at once. Whether it may be quoted is decided in
`lineside.manuals.revisions`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lineside.advice.model import SopStep
from lineside.advice.text import clean
from lineside.detection.finding import Kind
from lineside.errors import Misconfigured
from lineside.manuals.header import ANY, DocumentHeader, Texts, as_list, as_text, reasons, split_front_matter
from lineside.manuals.revisions import in_force
from lineside.site.model import Site

LONGEST_STEP = 400
LARGEST_DOCUMENT_BYTES = 1_000_000
MOST_STEPS = 12

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_NUMBERED = re.compile(r"^\s{0,3}(\d+(?:\.\d+)*)[.)]\s+(.+)$")
_BULLET = re.compile(r"^\s{0,3}[-*]\s+(.+)$")
_CHECK_HEADINGS = frozenset({"check first", "checks", "before you start"})

TABLE_COLUMNS = (
    "document",
    "revision",
    "machine",
    "alarm",
    "step",
    "text",
    "approved_by",
    "effective_from",
    "superseded_by",
    "status",
)


class SopHeader(DocumentHeader):
    """What the front matter of one revision of one procedure states; it must say for what it is meant."""

    document: Annotated[str, BeforeValidator(as_text), Field(min_length=1, max_length=80)]
    machines: Annotated[Texts, Field(min_length=1)]
    alarms: Annotated[tuple[Kind | Literal["*"], ...], BeforeValidator(as_list), Field(min_length=1)]

    def covers(self, device: str, kind: Kind) -> bool:
        return bool({device, ANY} & set(self.machines)) and bool({kind, ANY} & set(self.alarms))


@dataclass(frozen=True)
class SopDocument:
    """One revision of one procedure."""

    header: SopHeader
    checks: tuple[str, ...] = ()
    steps: tuple[SopStep, ...] = ()


@dataclass(frozen=True)
class Procedure:
    """What the documents in force say to one machine and one kind of alarm."""

    checks: tuple[str, ...] = ()
    steps: tuple[SopStep, ...] = ()
    compliance: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sops:
    """The procedures of a site."""

    documents: tuple[SopDocument, ...] = ()

    def for_alarm(self, device: str, kind: Kind, at_us: int) -> Procedure:
        """The most particular document in force: one that names the machine before one for any machine."""
        today = datetime.fromtimestamp(at_us / 1e6, tz=UTC).date()
        fitting = [document for document in self.in_force(today) if document.header.covers(device, kind)]
        if not fitting:
            return Procedure()
        best = min(fitting, key=lambda document: _preference(document.header, device, kind))
        return Procedure(best.checks, best.steps[:MOST_STEPS], best.header.compliance)

    def in_force(self, today: date) -> list[SopDocument]:
        """Those that may be quoted on that day, as `lineside.manuals.revisions` decides."""
        return in_force(self.documents, lambda document: document.header, today)


def read_sops(directory: Path) -> Sops:
    """Every .md and .csv file of a folder, sub-folders included. Every mistake is reported at once."""
    if not directory.is_dir():
        raise Misconfigured(f"there is no folder of procedures at {directory}")
    files = sorted(path for path in directory.rglob("*") if path.suffix.lower() in {".md", ".csv"})
    return parse_sops({str(path.relative_to(directory)): _read(path) for path in files})


def read_site_sops(site: Site, beside: Path) -> Sops:
    """The procedures that the lines of a site name, in folders beside its file."""
    folders = sorted({beside / line.sop_directory for line in site.lines if line.sop_directory})
    return Sops(tuple(document for folder in folders for document in read_sops(folder).documents))


def parse_sops(files: Mapping[str, str]) -> Sops:
    """Procedures from file names and their text. A Markdown file without front matter is no procedure."""
    mistakes: list[str] = []
    documents: list[SopDocument] = []
    for name, text in files.items():
        try:
            documents.extend(_parse_table(text) if name.lower().endswith(".csv") else _parse_markdown(text))
        except (csv.Error, ValueError) as error:
            mistakes.extend(f"{name}: {what}" for what in reasons(error))
    if mistakes:
        raise Misconfigured("the procedures cannot be read:", tuple(mistakes))
    return Sops(tuple(documents))


def _parse_markdown(text: str) -> Iterable[SopDocument]:
    stated, body = split_front_matter(text)
    if stated is None:
        return []
    header = SopHeader.model_validate(stated)
    return [SopDocument(header, *_body(body, header))]


def _body(text: str, header: SopHeader) -> tuple[tuple[str, ...], tuple[SopStep, ...]]:
    """Numbered lines are steps; bullets under a heading such as "Check first" are checks."""
    section, checks, steps = "", [], []
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            section = clean(heading.group(1), 80)
        elif step := _NUMBERED.match(line):
            steps.append(_step(header, step.group(1), step.group(2), section))
        elif (bullet := _BULLET.match(line)) and section.lower() in _CHECK_HEADINGS:
            checks.append(clean(bullet.group(1), LONGEST_STEP))
    return tuple(checks), tuple(steps)


def _parse_table(text: str) -> Iterable[SopDocument]:
    """Rows with the same document and revision are one document; its machines and alarms are those of its rows."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    missing = [column for column in TABLE_COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise ValueError(f"the table lacks the column {', '.join(missing)}")
    grouped: dict[tuple[str, str, str, str], list[dict[str, str]]] = {}
    for row in rows:
        key = (row["document"], row["revision"], row["machine"], row["alarm"])
        grouped.setdefault(key, []).append({column: row[column] or "" for column in TABLE_COLUMNS})
    return [_table_document(rows) for rows in grouped.values()]


def _table_document(rows: list[dict[str, str]]) -> SopDocument:
    first = rows[0]
    header = SopHeader.model_validate({**first, "machines": [first["machine"]], "alarms": [first["alarm"]]})
    return SopDocument(header, steps=tuple(_step(header, row["step"], row["text"], "") for row in rows))


def _step(header: SopHeader, step: str, text: str, section: str) -> SopStep:
    return SopStep(
        number=clean(step, 12),
        text=clean(text.replace("**", ""), LONGEST_STEP),
        document=clean(header.document, 80),
        revision=clean(header.revision, 20),
        section=section,
        reviewed=header.reviewed,
    )


def _preference(header: SopHeader, device: str, kind: Kind) -> tuple[bool, bool, bool, str]:
    return (device not in header.machines, kind not in header.alarms, not header.reviewed, header.document)


def _read(path: Path) -> str:
    if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
        raise Misconfigured(f"{path.name} is larger than {LARGEST_DOCUMENT_BYTES // 1000} kB; split it")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{path.name} is not UTF-8 text") from error
