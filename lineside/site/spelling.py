"""What a name says to a reader, whatever it is spelled with: for comparing names that somebody may have disguised, and
for telling them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_UNSEEN: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Drawn as nothing, though Unicode calls them letters or marks; format characters are told by their category."""
_VARIATIONS: Final = (*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_LOOK_ALIKE: Final = str.maketrans(
    "аеорсухіјѕԁһӏԛԝүгкмнтв" "αεορνυικτχγη" "ıɑɡ",
    "aeopcyxijsdhlqwyrkmhtb" "aeopvuiktxyn" "iag",
)  # fmt: skip
"""Cyrillic, Greek and phonetic letters that are drawn as Latin ones, in lower case."""
_SPELLED_OUT: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})

_SEAMS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
"""Where one word of a name ends and the next begins."""


def seen(text: str) -> str:
    """The text without letter case, width, invisible characters and needless spaces."""
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", text) if not _is_unseen(letter))
    return " ".join(unicodedata.normalize("NFKC", shown.casefold()).split())


def skeleton(text: str) -> str:
    """The same with foreign letters that look like Latin ones replaced: what looks alike is alike."""
    return seen(text).translate(_LOOK_ALIKE)


def unaccented(text: str) -> str:
    """Without accents: `Nødstop` -> `Nodstop`."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_SPELLED_OUT)


def in_words(name: str) -> str:
    """A name as people write it: `TorqueSetpoint` -> `Torque setpoint`, `PH_Setpoint` -> `PH setpoint`."""
    first, *rest = _SEAMS.sub(" ", name).split() or [name]
    return " ".join((first, *(word if word.isupper() else word.lower() for word in rest)))


def _is_unseen(letter: str) -> bool:
    if letter.isascii():
        return letter < " " and not letter.isspace()
    return unicodedata.category(letter) in ("Cf", "Cc") or letter in _UNSEEN or ord(letter) in _VARIATIONS
