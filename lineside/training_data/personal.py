"""Personal data in a text: addresses, numbers of telephones and accounts, names of persons.

A name is known by what stands before it, a title or "approved by"; a name alone looks like that of a machine. What is
found too much costs one pair, what is missed is trained on: so the patterns are wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from lineside.answering.orders import words_in
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


class _Kind(NamedTuple):
    """What it is, and how it looks. Looking closely is slow, so one of `words` (in small letters) or of `signs` must
    stand in the text first; where there are neither, six digits must."""

    what: str
    pattern: re.Pattern[str]
    words: frozenset[str] = frozenset()
    signs: tuple[str, ...] = ()

    def may_be_in(self, text: str, words: frozenset[str], digits: int) -> bool:
        if self.words:
            return not self.words.isdisjoint(words)
        if self.signs:
            return any(sign in text for sign in self.signs)
        return digits >= _LEAST_DIGITS


def _kind(what: str, pattern: str, words: str = "", signs: str = "") -> _Kind:
    return _Kind(what, re.compile(pattern), frozenset(words.split()), tuple(signs.split()))


_LEAST_DIGITS: Final = 6
_KINDS: Final = (
    _kind("a mail address", r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", signs="@ (at) [at]"),
    _kind("an account number", r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b"),
    _kind("a telephone number", r"(?<![\w.,-])(?:\+|00)[1-9]\d{0,2}(?:[\s./()-]{0,2}\d{1,5}){2,6}(?![\w,]*\d)"),
    _kind("a telephone number", r"(?<![\w.,-])\(?0[1-9]\d{1,4}\)?[\s/]{1,3}\d{2,}(?:[\s/-]?\d{2,}){1,4}(?!\w)"),
    _kind(
        "a telephone number",
        r"(?i:\b(?:tel|phone|telephone|mobile|cell|fax|ext|extension|call|dial|telefon|handy|mobil|durchwahl|电话|手机)\w{0,4}"
        r"\.?[:\s]{1,3}(?:no\.?|number|nr\.?|is|ist|at|unter|on)?\s{0,2})(?:\d[\s./()-]{0,2}){4,14}\d(?!\w)",
    ),
    _kind("a telephone number", r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    _kind(
        "a name of a person",
        r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Herrn?|Frau|Hr|Fr|Dipl\.-Ing|Ing|Sir|Madam|Señora?|Monsieur|Madame)\.?"
        rf"\s+{_NAME}(?:[ \t]{_NAME})?",
        words="mr mrs ms mx dr prof herr herrn frau hr fr dipl ing sir madam señor señora monsieur madame",
    ),
    _kind(
        "a name of a person",
        r"(?i:\b(?:approved|written|reviewed|checked|signed|released|prepared|issued|edited|authorised|authorized|drawn|"
        r"freigegeben|geprüft|erstellt|genehmigt|unterschrieben|verfasst|bearbeitet)\s+(?:by|von|durch)[:\s]\s{0,2})"
        rf"(?!(?:{_ROLES}))(?:{_NAME})(?!\s(?:{_ROLES}))",
        words="approved written reviewed checked signed released prepared issued edited authorised authorized drawn "
        "freigegeben geprüft erstellt genehmigt unterschrieben verfasst bearbeitet",
    ),
    _kind(
        "a name of a person",
        r"(?i:\b(?:author|editor|contact|contact person|responsible|approver|verfasser|autor|ansprechpartner(?:in)?|"
        rf"verantwortlich|freigabe)\s?:\s{{0,2}})(?!(?:{_ROLES}))(?:{_FULL_NAME})(?!\s(?:{_ROLES}))",
        words="author editor contact person responsible approver verfasser autor ansprechpartner ansprechpartnerin "
        "verantwortlich freigabe",
    ),
    _kind("a name of a person", r"[\u4e00-\u9fff](?:先生|女士|师傅|经理|工程师)", signs="先生 女士 师傅 经理 工程师"),
    _kind("a street address", r"\b[A-ZÄÖÜ][\wäöüß-]+(?:straße|strasse|weg|platz|allee|gasse)\s\d{1,4}[a-z]?\b",
          signs="straße strasse weg platz allee gasse"),
    _kind("a street address", r"\b\d{1,5}\s(?:[A-Z][a-z]+\s){1,3}(?:Street|Road|Avenue|Lane|Drive|Boulevard)\b",
          signs="Street Road Avenue Lane Drive Boulevard"),
)  # fmt: skip

_WORDS: Final = frozenset().union(*(kind.words for kind in _KINDS))
_SIGNS: Final = tuple(sign for kind in _KINDS for sign in kind.signs)


def personal_data(text: str) -> str:
    """What of a person stands in a text, such as `a mail address`; "" where nothing does."""
    return next((kind.what for kind in _found(text)), "")


def without_personal_data(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages as a dataset shows them: what is of a person is struck out, for a question about something else
    may rest on them."""
    return _without(tuple(passages))


@lru_cache(maxsize=32)
def _without(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The same passages are shown with many pairs in a row."""
    return tuple(map(_struck, passages))


def _struck(passage: Passage) -> Passage:
    text = passage.text
    for kind in _found(text):
        text = kind.pattern.sub(STRUCK, text)
    return passage if text == passage.text else msgspec.structs.replace(passage, text=text)


def _found(text: str) -> Iterator[_Kind]:
    words, digits = words_in(text), sum(map(str.isdigit, text))
    if digits < _LEAST_DIGITS and words.isdisjoint(_WORDS) and not any(map(text.__contains__, _SIGNS)):
        return iter(())
    return (kind for kind in _KINDS if kind.may_be_in(text, words, digits) and kind.pattern.search(text))
