"""A row of a table, as the library quotes it, back into its cells: `Code: E-217. Meaning: Belt drive tripped.`

Only what looks like a row is taken apart: it begins with a label, or with one short cell that stands under no label,
and has two labels or more. A word that only warns of what follows, such as "Note:", is no label.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from lineside.manuals.codes import written_codes


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LABEL: Final = re.compile(r"(?:^|(?<=[.!?;:。！？] ))(?P<label>[^\W\d_][^.:;!?。！？]{0,40}\.?): (?=\S)")
_ADMONITIONS: Final = _set(
    "warning caution danger note notice important attention tip example hinweis achtung warnung vorsicht gefahr "
    "wichtig beispiel 注意 警告 危险"
)
_NUMBER: Final = re.compile(r"[<>≤≥±~]?\s?[-−+]?\d")
_LONGEST_NAME: Final = 60
_LEAST_LABELS: Final = 2

CODE_LABELS: Final = _set(
    "code fault error alarm message number no id event trip diagnostic fehler fehlercode störung meldung nummer nr "
    "alarmcode faultcode errorcode fehlernummer störungscode"
)
MEANING_LABELS: Final = _set(
    "meaning description message text name title fault error alarm bedeutung beschreibung meldung meldungstext fehler "
    "störung bezeichnung"
)
CAUSE_LABELS: Final = _set("cause causes reason reasons ursache ursachen grund")
ACTION_LABELS: Final = _set(
    "action actions remedy remedies measure measures solution do correction countermeasure response reaction fix "
    "abhilfe maßnahme maßnahmen behebung lösung beseitigung reaktion"
)
MACHINE_LABELS: Final = _set("machine device equipment maschine anlage gerät")


class Row(NamedTuple):
    """The cells of one row in their order; `name` is the first, `label` "" where its column has no heading."""

    cells: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return self.cells[0][1]

    def under(self, labels: frozenset[str]) -> str:
        """The first cell whose column is called by one of these words; "" where there is none."""
        return next((value for label, value in self.cells if words_of(label) & labels), "")

    @property
    def code(self) -> str:
        """What the row calls its fault; "" where the row is about none."""
        for label, value in self.cells:
            one = len(value.split()) <= 2 and len(value) <= 16
            if one and words_of(label) & CODE_LABELS and (any(map(str.isdigit, value)) or any(written_codes(value))):
                return value
        return ""


def words_of(label: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", label.casefold()))


def is_row(text: str) -> bool:
    """Whether this passage was a row of a table."""
    return _begin_a_row(_labels(text))


def rows_of(texts: Sequence[str]) -> list[Row | None]:
    """For each text its cells, None where it is no row. In a table of several rows a label that only one of them has
    is a word of its cell, unless it is the first, one that tables of faults have, or stands before a number."""
    labels = [found if _begin_a_row(found) else [] for found in map(_labels, texts)]
    common = Counter(found["label"].casefold() for each in labels for found in each)
    several = sum(bool(each) for each in labels) > 1
    return [_row(text, each, common, several=several) for text, each in zip(texts, labels, strict=True)]


def _begin_a_row(labels: Sequence[re.Match[str]]) -> bool:
    if len(labels) < _LEAST_LABELS:
        return False
    first = labels[0].start()
    return first == 0 or (first <= _LONGEST_NAME and len(labels) > _LEAST_LABELS)


def _labels(text: str) -> list[re.Match[str]]:
    if text.count(": ") < _LEAST_LABELS:
        return []  # most texts are no rows, and looking closely is slow
    return [found for found in _LABEL.finditer(text) if _is_label(found["label"])]


def _is_label(text: str) -> bool:
    """A code before a colon, as in "K-7: Valve stuck", heads its own sentence and no column."""
    code = " " not in text and any(map(str.isdigit, text))
    return not code and not words_of(text) & _ADMONITIONS


def _row(text: str, labels: list[re.Match[str]], common: Counter[str], *, several: bool) -> Row | None:
    kept = [
        found
        for found in labels
        if found.start() == 0
        or not several
        or common[found["label"].casefold()] > 1
        or _is_known(found["label"])
        or _NUMBER.match(text, found.end())
    ]
    if not kept:
        return None
    ends = [*(found.start() for found in kept[1:]), len(text)]
    cells = [(found["label"], _cell(text[found.end() : end])) for found, end in zip(kept, ends, strict=True)]
    before = _cell(text[: kept[0].start()])
    return Row(tuple([("", before), *cells] if before else cells))


def _is_known(label: str) -> bool:
    known = CODE_LABELS | MEANING_LABELS | CAUSE_LABELS | ACTION_LABELS | MACHINE_LABELS
    return bool(words_of(label) & known)


def _cell(text: str) -> str:
    """The value as it stood in its cell: the full stop was put behind it when the row became a sentence."""
    value = text.strip()
    return value[:-1] if value.endswith(".") else value
