"""PDF -> blocks: text and fonts by pypdfium2, ruled tables by pdfplumber.

pdfplumber reads some sixteen pages a second and pypdfium2 several hundred, so pdfplumber sees only pages on which
lines are drawn as a table's are. PDFium is not safe to use from two threads: one lock guards it.
"""

from __future__ import annotations

import ctypes
import io
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from lineside.manuals.blocks import (
    BULLET,
    NUMBERED,
    Block,
    ends_a_sentence,
    follows,
    is_short,
    looks_like_a_heading,
    row_block,
    tidy,
)

PDFIUM = threading.RLock()

MOST_PAGES = 3_000
_LARGER_IS_A_HEADING = 1.12
_WIDE_GAP = 1.7
"""A gap between two lines, in line heights, from which on a new paragraph begins."""
_COLUMN = 60.0
"""Points; lines that begin within so much stand in one column."""
_EARLY = 0.6
_THIN = 3.0
"""Points; what is thinner is a line."""
_STATES = re.compile(r":\s+\S")
"""`Revision No.: 01`, however bold, heads nothing."""
_REPEATED_ON = 0.6
_FEWEST_PAGES_TO_REPEAT = 4
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|seite|第)?\s*(\d{1,4})(?:\s*(?:of|von|/)\s*\d{1,4})?(?:\s*页)?[\W_]*", re.IGNORECASE
)
_PAGE_BEHIND = re.compile(r"[\W_]*(?:(?:page|seite)\s*\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?|^\d{1,4})[\W_]*$")


class Line(NamedTuple):
    """One line of a page as it is printed; left, right, bottom and height in points."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    height: float
    bold: bool


class PdfText(NamedTuple):
    """What can be read of a PDF. `without_text` are the pages that hold pictures only."""

    blocks: list[Block]
    lines: list[str]
    pages: int
    without_text: list[int]


def read_pdf(content: bytes) -> PdfText:
    """Raises ValueError with a sentence for a file that is encrypted, broken or too long."""
    with PDFIUM:
        document = open_pdf(content)
        try:
            pages = len(document)
            if pages > MOST_PAGES:
                raise ValueError(f"it has {pages} pages; more than {MOST_PAGES} are not read, split it")
            lines = [_page_lines(document, number) for number in range(pages)]
            ruled = [number for number in range(pages) if lines[number] and _is_ruled(document[number])]
        finally:
            document.close()
    without_text = [number + 1 for number, found in enumerate(lines) if not found]
    tables = _tables(content, ruled)
    kept = _without_running_lines(lines)
    blocks = list(_blocks(kept, tables))
    return PdfText(blocks, [line.text for page in lines for line in page], pages, without_text)


def open_pdf(content: bytes) -> Any:
    """Raises ValueError with a sentence. The caller holds `PDFIUM` and closes the document."""
    try:
        document = pdfium.PdfDocument(content)
        if not len(document):
            document.close()
            raise ValueError("it has no pages")
        return document
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ValueError("it is encrypted; save a copy without a password") from error
        raise ValueError("it is broken; no PDF reader can open it") from error


# --- lines ----------------------------------------------------------------------------------------------------------


def _page_lines(document: Any, number: int) -> list[Line]:
    page = document[number]
    text_page = page.get_textpage()
    try:
        return list(_lines(text_page, text_page.get_text_range(), number + 1))
    finally:
        text_page.close()
        page.close()


def _lines(text_page: Any, text: str, page: int) -> Iterator[Line]:
    position = 0
    for raw in _unbroken(text).split("\r\n"):
        first = position + len(raw) - len(raw.lstrip())
        shown = tidy(_hyphenated(raw))
        if shown and not _is_garbled(shown):
            last = max(text_page.count_chars() - 1, 0)
            yield _line(text_page, min(first, last), min(position + len(raw.rstrip()) - 1, last), shown, page)
        position += len(raw) + 2


def _unbroken(text: str) -> str:
    return re.sub(r"(?<!\r)\n", " ", text)


def _line(text_page: Any, at: int, last: int, text: str, page: int) -> Line:
    left, bottom, _, top = text_page.get_charbox(at, loose=True)
    right = text_page.get_charbox(last, loose=True)[2]
    return Line(text, page, left, right, bottom, top - bottom, _is_bold(text_page, at))


def _is_bold(text_page: Any, at: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(text_page, at, name, 128, ctypes.byref(flags))
    return b"bold" in name.value.lower() or b"black" in name.value.lower() or bool(flags.value & 1 << 18)


def _hyphenated(raw: str) -> str:
    """PDFium marks a hyphen at a line's end. Inside a word it goes; before a digit, as in E-217, it stays."""
    return re.sub(r"(.)[\ufffe\u0002\u00ad]+(.?)", _hyphen, raw)


def _hyphen(matched: re.Match[str]) -> str:
    before, after = matched.group(1), matched.group(2)
    return f"{before}{after}" if before.islower() and after.islower() else f"{before}-{after}"


def _is_garbled(text: str) -> bool:
    """Whether a font without a table of its characters made this line unreadable."""
    return text.count("\ufffd") * 3 > len(text)


def _without_running_lines(pages: list[list[Line]]) -> list[Line]:
    """All lines but headers, footers and page numbers: what stands first or last on most pages, or is only the page's
    own number."""
    edges = Counter(edge for page in pages for edge in {_running(line) for line in (*page[:2], *page[-2:])})
    with_text = sum(1 for page in pages if page)
    repeated: set[str] = set()
    if with_text >= _FEWEST_PAGES_TO_REPEAT:
        repeated = {edge for edge, count in edges.items() if count >= _REPEATED_ON * with_text}
    return [line for page in pages for at, line in enumerate(page) if not _is_running(line, at, len(page), repeated)]


def _is_running(line: Line, at: int, lines: int, repeated: set[str]) -> bool:
    if 2 <= at < lines - 2:
        return False
    number = _PAGE_NUMBER.fullmatch(line.text)
    return _running(line) in repeated or bool(number and lines > 1 and int(number.group(1)) == line.page)


def _running(line: Line) -> str:
    """The same for every page: without the page number behind it."""
    return _PAGE_BEHIND.sub("", line.text.casefold())


# --- tables ---------------------------------------------------------------------------------------------------------


class Table(NamedTuple):
    """Rows, and where they stand: bottom and top in points from the bottom of the page."""

    rows: list[list[str]]
    bottom: float
    top: float
    left: float
    right: float


def _is_ruled(page: Any) -> bool:
    """Whether lines or boxes are drawn as those of a table: some across and some down."""
    across = down = 0
    try:
        for drawn in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=3):
            left, bottom, right, top = drawn.get_bounds()
            wide, high = right - left, top - bottom
            is_box = wide > 15 and high > 6 and _is_stroked(drawn)
            across += is_box or (wide > 15 and high < _THIN)
            down += is_box or (high > 6 and wide < _THIN)
            if across >= 3 and down >= 3:
                return True
    finally:
        page.close()
    return False


def _is_stroked(drawn: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(drawn.raw, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(stroke.value)


def _is_rule_or_text(drawn: dict[str, Any]) -> bool:
    """A filled area without an outline is the ground that words stand on, not a line of a table."""
    if drawn["object_type"] not in {"rect", "curve"} or drawn.get("stroke"):
        return True
    return bool(drawn["width"] < _THIN or drawn["height"] < _THIN)


def _tables(content: bytes, ruled: list[int]) -> dict[int, list[Table]]:
    """The ruled tables of these pages (counted from 0), by page number (from 1)."""
    if not ruled:
        return {}
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    found: dict[int, list[Table]] = {}
    with pdfplumber.open(io.BytesIO(content), pages=[number + 1 for number in ruled]) as document:
        for page in document.pages:
            tables = [_table(table, page) for table in page.filter(_is_rule_or_text).find_tables()]
            found[page.page_number] = [table for table in tables if _has_columns(table.rows)]
            page.close()
    return found


def _table(table: Any, page: Any) -> Table:
    left, top, right, bottom = table.bbox
    rows = [[tidy(_hyphenated((cell or "").replace("\n", " "))) for cell in row] for row in table.extract()]
    height = float(page.height)
    return Table([row for row in rows if any(row)], height - bottom, height - top, left, right)


def _has_columns(rows: list[list[str]]) -> bool:
    """Whether it is more than a frame around a paragraph: most rows say something in two columns or more."""
    said = sum(1 for row in rows if sum(map(bool, row)) > 1)
    return len(rows) > 1 and 2 * said > len(rows)


# --- blocks ---------------------------------------------------------------------------------------------------------


def _blocks(lines: list[Line], tables: dict[int, list[Table]]) -> Iterator[Block]:
    """Lines in reading order become paragraphs, steps and headings; a table stands where its first line stood."""
    body = _body_height(lines)
    flow = _Flow(body, _margins(lines))
    told: set[tuple[int, int]] = set()
    columns: list[str] = []
    for line in lines:
        at = _table_of(line, tables.get(line.page, []))
        if at is None:
            yield from flow.take(line)
        elif (line.page, at) not in told:
            told.add((line.page, at))
            yield from flow.done()
            columns, rows = _rows(tables[line.page][at], line.page, columns)
            yield from rows
    yield from flow.done()


def _table_of(line: Line, tables: list[Table]) -> int | None:
    middle = line.bottom + line.height / 2
    for at, table in enumerate(tables):
        if table.bottom - 1 <= middle <= table.top + 1 and table.left - 2 <= line.left <= table.right:
            return at
    return None


def _rows(table: Table, page: int, columns_before: list[str]) -> tuple[list[str], list[Block]]:
    """The rows under the table's header; one without a header of its own goes on with the columns before it."""
    header, body = table.rows[0], table.rows[1:]
    if len(columns_before) == len(header) and not _is_header(header):
        header, body = columns_before, table.rows
    blocks = [row_block(header, row, str(page)) for row in body]
    return header, [block for block in blocks if block]


def _is_header(cells: list[str]) -> bool:
    return all(cells) and not any(re.search(r"\d", cell) for cell in cells)


def _body_height(lines: list[Line]) -> float:
    """The height that most characters have."""
    heights: Counter[float] = Counter()
    for line in lines:
        heights[round(line.height, 1)] += len(line.text)
    return heights.most_common(1)[0][0] if heights else 0.0


def _column(line: Line) -> tuple[int, int]:
    return line.page, round(line.left / _COLUMN)


def _margins(lines: list[Line]) -> dict[tuple[int, int], float]:
    """How far to the right the lines of each column go."""
    margins: dict[tuple[int, int], float] = {}
    for line in lines:
        margins[_column(line)] = max(line.right, margins.get(_column(line), 0.0))
    return margins


class _Flow:
    """Puts lines together until something else begins."""

    def __init__(self, body_height: float, margins: dict[tuple[int, int], float]) -> None:
        self._body, self._margins = body_height, margins
        self._kind = "text"
        self._lines: list[Line] = []
        self._texts: list[str] = []
        self._step = ""
        self._list_step = ""

    def take(self, line: Line) -> Iterator[Block]:
        if self._is_heading(line):
            yield from self._heading(line)
        elif (step := NUMBERED.match(line.text)) and self._may_begin(step.group(1)):
            yield from self.done()
            self._begin("step", line, step.group(2))
            self._step = self._list_step = step.group(1)
        elif bullet := BULLET.match(line.text):
            yield from self.done()
            self._begin("bullet", line, bullet.group(1))
        else:
            if self._is_new_paragraph(line):
                yield from self.done()
            self._lines.append(line)
            self._texts.append(line.text)

    def done(self) -> Iterator[Block]:
        if self._texts:
            text = tidy(" ".join(self._texts))
            yield Block(self._kind, text, str(self._lines[0].page), self._step)  # type: ignore[arg-type]
        self._kind, self._lines, self._texts, self._step = "text", [], [], ""

    def _begin(self, kind: str, line: Line, text: str) -> None:
        self._kind, self._lines, self._texts = kind, [line], [text]

    def _heading(self, line: Line) -> Iterator[Block]:
        goes_on = self._kind == "heading" and self._lines and self._is_next_line(line) and not _is_numbered(line)
        if not goes_on:
            yield from self.done()
            self._kind = "heading"
        self._lines.append(line)
        self._texts.append(line.text)
        self._list_step = ""

    def _is_heading(self, line: Line) -> bool:
        if not is_short(line.text) or BULLET.match(line.text):
            return False
        if line.height >= _LARGER_IS_A_HEADING * self._body:
            return True
        if ends_a_sentence(line.text):
            return False
        if looks_like_a_heading(line.text):
            return not self._is_inside_a_sentence(line)
        return line.bold and not _STATES.search(line.text) and not self._is_inside_a_sentence(line)

    def _is_inside_a_sentence(self, line: Line) -> bool:
        return bool(self._texts) and self._kind != "heading" and not ends_a_sentence(self._texts[-1]) and (
            self._is_next_line(line)
        )  # fmt: skip

    def _may_begin(self, step: str) -> bool:
        """A number in the middle of a sentence begins a step only if it is the next of the list."""
        return not self._texts or ends_a_sentence(self._texts[-1]) or follows(step, self._list_step)

    def _ends_early(self, line: Line) -> bool:
        """Whether the next word would have fitted in: then the writer, not the margin, ended this line."""
        return line.right < line.left + _EARLY * (self._margins[_column(line)] - line.left)

    def _is_next_line(self, line: Line) -> bool:
        before = self._lines[-1]
        return line.page == before.page and 0 <= before.bottom - line.bottom <= _WIDE_GAP * max(line.height, 1)

    def _is_new_paragraph(self, line: Line) -> bool:
        if not self._lines:
            return False
        if self._kind == "heading":
            return True
        before = self._lines[-1]
        if not ends_a_sentence(before.text):
            return self._ends_early(before) and not line.text[:1].islower()
        if line.page != before.page:
            return True
        outdented = self._kind in {"step", "bullet"} and line.left <= self._lines[0].left + 1
        return outdented or not self._is_next_line(line)


def _is_numbered(line: Line) -> bool:
    return bool(re.match(r"^\d+(?:\.\d+)*\.?\s", line.text))
