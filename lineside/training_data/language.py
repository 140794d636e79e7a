"""Which language a text is written in, of those that a plant's documents come in."""

from __future__ import annotations

import re
from typing import Final

_CJK: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ASCII_WORD: Final = re.compile(r"[a-z]+")
"""The same where there are no other letters, and faster."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SIGNS: Final = {
    "en": _set(
        "the a an and of to in is are be with for on at by from this that it its not if when then must do does what "
        "how which your before after until as or has have should can may was were will "
        "too above below out no off over under up down more less than"
    ),
    "de": _set(
        "der die das den dem des ein eine einen einem einer und oder ist sind mit für auf am an bei im zu zum zur von "
        "vor nach nicht wenn falls dann muss müssen was wie welche welcher ihr bis als auch nur wird werden kann darf "
        "sich aus über unter durch beim kein keine sie in so wurde wurden welchem welches welchen haben hat noch wo wer"
    ),
}
_UMLAUT: Final = re.compile(r"[äöüß]")


def language_of(text: str) -> str:
    """`en`, `de` or `zh`; "" where nothing tells, as in a row of codes, or where it is another language."""
    if not text.isascii() and (chinese := len(_CJK.findall(text))) and chinese > sum(map(str.isalpha, text)) / 4:
        return "zh"
    folded = text.casefold()
    words = (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)
    counts = {language: sum(map(signs.__contains__, words)) for language, signs in _SIGNS.items()}
    if _UMLAUT.search(folded):
        counts["de"] += sum(bool(_UMLAUT.search(word)) for word in words)
    best, other = sorted(counts, key=lambda language: -counts[language])
    return best if counts[best] > counts[other] else ""
