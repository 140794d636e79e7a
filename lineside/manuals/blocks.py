"""What a reader finds in a document: headings, sentences, steps, bullets and rows of tables, in reading order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "text", "step", "bullet", "row"]


@dataclass(frozen=True)
class Block:
    """One of them. `page` is counted from 1 and "" where a document has no pages; `step` is its printed number."""

    kind: BlockKind
    text: str
    page: str = ""
    step: str = ""
    machines: tuple[str, ...] | None = None
    """The machines it is about, where that differs from the document's own."""
    section: str | None = None
    """Its section, where that is not the heading above."""


NUMBERED = re.compile(r"^\s*(?:step\s+)?(\d{1,3}(?:\.\d{1,3})*)[.):]\s+(\S.*)$", re.IGNORECASE)
BULLET = re.compile(r"^\s*[-*+•▪●‣◦–]\s+(\S.*)$")
_HEADING_NUMBER = re.compile(r"^\d{1,2}(?:\.\d{1,2})+\.?\s+\S")
_MOST_HEADING_WORDS = 12

_CLOSING, _OPENING = "\"'”’)\\]", "\"'“‘(\\["
_SENTENCE_END = re.compile(
    rf"[.!?][{_CLOSING}]*\s+(?=[{_OPENING}]?[A-Z0-9À-ÖØ-Þ\u0370-\u05ff\u4e00-\u9fff-])|[。！？][{_CLOSING}]*\s*"
)
_ABBREVIATION = re.compile(
    r"(?i:(?:^|[\s(])(?:e\.g|i\.e|etc|approx|fig|figs|no|nos|nr|max|min|incl|resp|ca|vs|z\.\s?b|d\.\s?h|bzw|abb|kap|"
    r"ch|sec|dr|mr|mrs|st)\.$)|(?<!\d)\s[A-Z]\.$"
)


_UNCLEAR = re.compile(r"[^\n\t\x20-\x7e]")
"""What may not be seen; of the others it is known."""


def tidy(text: str) -> str:
    """One line: compatible characters made one, control and invisible format characters gone."""
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """The same lines, where what a reader cannot see has become a space, or nothing where it has no width."""
    text = unicodedata.normalize("NFC", text)
    return _UNCLEAR.sub(lambda found: _shown(found[0]), text)


def _shown(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category in {"Cf", "Cs", "Co", "Cn"}:
        return ""
    return " " if category in {"Cc", "Zl", "Zp", "Zs"} else character


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph. An abbreviation such as "e.g." or "No." ends none."""
    found: list[str] = []
    begin = 0
    for end in (*(matched.end() for matched in _SENTENCE_END.finditer(text)), len(text)):
        piece = text[begin:end].strip()
        if piece and not _ABBREVIATION.search(piece):
            found.append(piece)
            begin = end
    rest = text[begin:].strip()
    return [*found, rest] if rest else found


def ends_a_sentence(text: str) -> bool:
    return text.rstrip().rstrip("\"'”’)]").endswith((".", "!", "?", ":", ";", "。", "！", "？", "："))


def looks_like_a_heading(line: str) -> bool:
    """A short line with a number of several levels and no end of a sentence, such as "4.1. Inconsistent airflow"."""
    return bool(_HEADING_NUMBER.match(line)) and is_short(line) and not ends_a_sentence(line)


def is_short(line: str) -> bool:
    return len(line) <= 100 and len(line.split()) <= _MOST_HEADING_WORDS


def follows(step: str, before: str) -> bool:
    """Whether this number can come after that one in a list, so that a wrapped "5. " in a sentence starts no step."""
    own, previous = _last(step), _last(before)
    return not before or own == previous + 1 or own == 1 or step.count(".") != before.count(".")


def _last(step: str) -> int:
    return int(step.rpartition(".")[2] or 0)


def row_block(columns: list[str], cells: list[str], page: str = "") -> Block | None:
    """A row of a table as sentences that can be quoted: `Code: E-217. Meaning: Belt drive tripped.`

    A column that is headed "Unit" is said behind the numbers of its row, so that each number carries its unit.
    """
    unit = next((cell for column, cell in zip(columns, cells, strict=False) if _is_unit(column)), "")
    said = [
        _said(column, cell, unit)
        for column, cell in zip(columns, cells, strict=False)
        if cell and not (unit and _is_unit(column))
    ]
    return Block("row", " ".join(said), page) if said else None


def _said(column: str, cell: str, unit: str) -> str:
    counts = bool(unit) and not _NO_QUANTITY.fullmatch(column.strip().casefold()) and _NUMBER.fullmatch(cell)
    value = f"{cell} {unit}" if counts else cell
    sentence = f"{column.rstrip(':')}: {value}" if column else value
    return sentence if ends_a_sentence(sentence) else f"{sentence}."


_NAMING = (
    r"\w*code|nr|no|number|id|item|pos|position|step|part|article|error|fault|alarm|parameter|page|rev|revision|year|of|and|"
    r"\w*nummer|teil|artikel|schritt|fehler|störung|meldung|seite|jahr|#|№|报警|故障|代码|编号|序号|步骤|页"
)
_NO_QUANTITY = re.compile(rf"(?:(?:{_NAMING})[\s.:/_-]*)+")
"""Columns whose numbers name something and measure nothing: code 12.607 is not 12.607 N·m."""
_NUMBER = re.compile(r"[<>≤≥±~]?\s?[-−+]?\d+(?:[.,]\d+)?")


def _is_unit(column: str) -> bool:
    return column.strip().casefold() in {"unit", "units", "einheit", "单位"}
