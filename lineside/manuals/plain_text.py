"""Markdown and plain text -> blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lineside.manuals.blocks import (
    BULLET,
    NUMBERED,
    Block,
    ends_a_sentence,
    is_short,
    looks_like_a_heading,
    row_block,
    tidy,
    visible,
)

_MARKDOWN_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*$")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_TABLE_LINE = re.compile(r"^\s*\|.*\|\s*$")
_TABLE_RULE = re.compile(r"^[\s|:-]+$")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


class _Paragraph:
    """Lines that belong together, until something else begins."""

    def __init__(self) -> None:
        self.kind: str = "text"
        self.lines: list[str] = []
        self.step = ""

    def begin(self, kind: str, line: str, step: str = "") -> None:
        self.kind, self.lines, self.step = kind, [line], step

    def done(self) -> Iterator[Block]:
        text = tidy(" ".join(self.lines))
        kind, step = self.kind, self.step
        self.kind, self.lines, self.step = "text", [], ""
        if text:
            yield Block(kind, text, step=step)  # type: ignore[arg-type]


def markdown_blocks(text: str) -> Iterator[Block]:
    """Headings, paragraphs, numbered steps, bullets and the rows of tables. HTML comments are no text."""
    paragraph = _Paragraph()
    columns: list[str] | None = None
    for raw in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).splitlines():
        if _FENCE.match(raw):
            continue
        if _TABLE_LINE.match(raw):
            yield from paragraph.done()
            columns, row = _table_line(columns, raw)
            yield from row
            continue
        columns = None
        if heading := _MARKDOWN_HEADING.match(raw):
            yield from paragraph.done()
            yield from _heading(_plain(heading.group(1)))
        else:
            yield from _line(paragraph, _plain(raw) if raw.strip() else "")
    yield from paragraph.done()


def _table_line(columns: list[str] | None, raw: str) -> tuple[list[str], list[Block]]:
    cells = [tidy(_plain(cell)) for cell in raw.strip().strip("|").split("|")]
    if columns is None:
        return cells, []
    row = None if _TABLE_RULE.match(raw) else row_block(columns, cells)
    return columns, [row] if row else []


def _plain(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", text))


def text_blocks(text: str) -> Iterator[Block]:
    """Plain text: paragraphs between empty lines; a short line that ends no sentence, or with a colon, heads what
    follows it."""
    paragraph = _Paragraph()
    lines = [visible(line) for line in text.splitlines()]
    for number, line in enumerate(lines):
        if _heads(lines, number):
            yield from paragraph.done()
            yield from _heading(tidy(line).rstrip(": "))
        else:
            yield from _line(paragraph, line)
    yield from paragraph.done()


def _heading(text: str) -> Iterator[Block]:
    title = tidy(text)
    if title:
        yield Block("heading", title)


def _heads(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if not line or BULLET.match(line) or not is_short(line):
        return False
    if looks_like_a_heading(line):
        return True
    if number and lines[number - 1].strip():
        return False
    after = lines[number + 1].strip() if number + 1 < len(lines) else ""
    if NUMBERED.match(line):
        return not ends_a_sentence(line) and not after and not _is_next_step(lines, number)
    if line.endswith((":", "：")):
        return bool(after)
    return not after and not ends_a_sentence(line)


def _is_next_step(lines: list[str], number: int) -> bool:
    """Whether the next line with text is another numbered one: then this is a step of a list, not a heading."""
    after = next((line for line in lines[number + 1 :] if line.strip()), "")
    return bool(NUMBERED.match(after))


def _line(paragraph: _Paragraph, line: str) -> Iterator[Block]:
    if not line.strip() or _RULE.match(line):
        yield from paragraph.done()
    elif step := NUMBERED.match(line):
        yield from paragraph.done()
        paragraph.begin("step", step.group(2), step.group(1))
    elif bullet := BULLET.match(line):
        yield from paragraph.done()
        paragraph.begin("bullet", bullet.group(1))
    else:
        paragraph.lines.append(line)
