"""Personal data in a text: addresses, numbers of telephones and accounts, names of persons.

A name is known by what stands before it, a title or "approved by"; a name alone looks like that of a machine. What is
found too much costs one pair, what is missed is trained on: so the patterns are wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from lineside.manuals.passage import Passage

STRUCK: Final = "[…]"

_NAME: Final = r"(?:[A-ZÄÖÜ]\.\s?)*[A-ZÀ-ÖØ-ÞÇİŁŠŽ][^\W\d_A-Z]+(?:[-'’][A-ZÀ-Þ]?[^\W\d_A-Z]+)*"
_FULL_NAME: Final = rf"{_NAME}\s+(?:(?:van|von|de|der|zu|el|al|bin)\s+){{0,2}}{_NAME}"

_ROLES: Final = (
    "Quality|Production|Process|Shift|Maintenance|Engineering|Safety|Plant|Site|Line|Team|Department|Manager|Leader|"
    "Supervisor|Operator|Operations|Assurance|Control|Technical|Service|Automation|Head|Health|Food|Laboratory|Works|The|"
    "Qualität|Produktion|Schicht|Instandhaltung|Technik|Sicherheit|Werk|Werks|Leitung|Abteilung|Betrieb|Labor|Der|Die|Das"
)
"""Who approves a document is mostly named by an office; that is nobody's name."""

_ROWS: Final[tuple[tuple[str, str], ...]] = (
    ("a mail address", r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+"),
    ("an account number", r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b"),
    ("a telephone number", r"(?<![\w.,-])(?:\+|00)[1-9]\d{0,2}(?:[\s./()-]{0,2}\d{1,5}){2,6}(?![\w,]*\d)"),
    ("a telephone number", r"(?<![\w.,-])\(?0[1-9]\d{1,4}\)?[\s/]{1,3}\d{2,}(?:[\s/-]?\d{2,}){1,4}(?!\w)"),
    (
        "a telephone number",
        r"(?i:\b(?:tel|phone|telephone|mobile|cell|fax|ext|extension|call|dial|telefon|handy|mobil|durchwahl|电话|手机)\w{0,4}"
        r"\.?[:\s]{1,3}(?:no\.?|number|nr\.?|is|ist|at|unter|on)?\s{0,2})(?:\d[\s./()-]{0,2}){4,14}\d(?!\w)",
    ),
    ("a telephone number", r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    (
        "a name of a person",
        r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Herrn?|Frau|Hr|Fr|Dipl\.-Ing|Ing|Sir|Madam|Señora?|Monsieur|Madame)\.?"
        rf"\s+{_NAME}(?:[ \t]{_NAME})?",
    ),
    (
        "a name of a person",
        r"(?i:\b(?:approved|written|reviewed|checked|signed|released|prepared|issued|edited|authorised|authorized|drawn|"
        r"freigegeben|geprüft|erstellt|genehmigt|unterschrieben|verfasst|bearbeitet)\s+(?:by|von|durch)[:\s]\s{0,2})"
        rf"(?!(?:{_ROLES}))(?:{_NAME})(?!\s(?:{_ROLES}))",
    ),
    (
        "a name of a person",
        r"(?i:\b(?:author|editor|contact|contact person|responsible|approver|verfasser|autor|ansprechpartner(?:in)?|"
        rf"verantwortlich|freigabe)\s?:\s{{0,2}})(?!(?:{_ROLES}))(?:{_FULL_NAME})(?!\s(?:{_ROLES}))",
    ),
    ("a name of a person", r"[\u4e00-\u9fff](?:先生|女士|师傅|经理|工程师)"),
    ("a street address", r"\b[A-ZÄÖÜ][\wäöüß-]+(?:straße|strasse|weg|platz|allee|gasse)\s\d{1,4}[a-z]?\b"),
    ("a street address", r"\b\d{1,5}\s(?:[A-Z][a-z]+\s){1,3}(?:Street|Road|Avenue|Lane|Drive|Boulevard)\b"),
)  # fmt: skip
_LEAST_DIGITS: Final = 6
_PATTERNS: Final = tuple((what, re.compile(pattern), what.endswith(" number")) for what, pattern in _ROWS)
"""What it is, how it looks, and whether it is one of those that have many digits."""


def personal_data(text: str) -> str:
    """What of a person stands in a text, such as `a mail address`; "" where nothing does."""
    return next((what for what, _ in _found(text)), "")


def without_personal_data(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages as a dataset shows them: what is of a person is struck out, for a question about something else
    may rest on them."""
    return tuple(_struck(passage) for passage in passages)


def _struck(passage: Passage) -> Passage:
    text = passage.text
    for _, pattern in _found(text):
        text = pattern.sub(STRUCK, text)
    return passage if text == passage.text else msgspec.structs.replace(passage, text=text)


def _found(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    few = sum(map(str.isdigit, text)) < _LEAST_DIGITS
    return ((what, pattern) for what, pattern, counts in _PATTERNS if not (counts and few) and pattern.search(text))
