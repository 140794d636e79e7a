"""The words of a text that carry its meaning, folded so that two ways to write one word are one.

Light on purpose: endings of English and German fall away, umlauts are written plainly, Chinese gives pairs of
neighbouring characters. Numbers and codes stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final

from lineside.answering.spoken import plain
from lineside.answering.steps import split_marker

_WORD: Final = re.compile(r"[^\W_]+(?:[.,:/_-][^\W_]+)*")
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+(?:[.,:/_-][a-z0-9]+)*")
"""The same where there are no other letters, and faster."""
_PART: Final = re.compile(r"[^\W\d_]+|[^\W_]+")
_CJK: Final = re.compile(r"[\u3400-\u9fff]+")
_CJK_SMALL: Final = (
    "的是了吗呢和与及或在有为被把从到对于这那哪什么怎样如何多少几时候可以应该请要会能我你您他它们都也就还再"
)
_CJK_PARTS: Final = re.compile(rf"[a-z]+|[^\W\d_a-z{_CJK_SMALL}]+")
_NUMBERS_AND_WORDS: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_LONGEST_MARKER: Final = 2
_DIGIT: Final = re.compile(r"\d")
_SMALL: Final = frozenset(
    word
    for words in (
        "a an the and or nor but so of to in on at by for with from into onto out off up down over under about as",
        "per via is are be been being am was were do does did done doing has have had having will would shall",
        "should can could may might must let it its this that these those there here then than when where while",
        "who whom whose which what why how if whether because before after until once each every any some all",
        "both only also just very too not no yes nein ja i you he she we they me him her us them my your his our their",
        "one someone anybody somebody please der die das den dem des ein eine einen einem einer eines und oder",
        "aber denn doch zu zum zur im ins ans auf aus bei beim mit nach von vom vor fur fuer durch gegen um uber",
        "unter zwischen ist sind war waren sein wird werden wurde wurden hat haben hatte kann konnen darf durfen",
        "soll sollen sollte muss mussen mochte es sie er wir ihr ich du man sich dass wenn ob wie wer wo wann",
        "warum wieso welche welcher welches welchen welchem als bis seit dann da dort hier nur auch nicht kein",
        "keine keinen keiner keinem noch schon sehr bitte mein dein unser euer jede jeder jedes jeden jedem alle",
        "allen diese dieser dieses diesen diesem",
    )
    for word in words.split()
)
_ENDINGS: Final = ("ungen", "ings", "ung", "ing", "ern", "est", "en", "em", "er", "es", "ed", "st", "s", "e", "n", "t")
_SHORTEST: Final = 4
_IES: Final = re.compile(r"(?<=\w\w\w)(?:ies|ied|ie|y)$")
_BEGINNING: Final = 5
"""So many letters in common make two words akin, if what is left is short."""
_LONGEST_ENDING: Final = 3
_PART_OF_A_WORD: Final = 4
_PLAIN: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})


def stems(text: str) -> list[str]:
    """The words that carry meaning, in their order. A word with a hyphen gives its parts, a code stays whole."""
    return list(_stems_of(text))


@lru_cache(maxsize=4_096)
def _stems_of(text: str) -> tuple[str, ...]:
    """A chunk's sentences are looked at from many sides."""
    folded = plain(text).casefold()
    words = (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)
    return tuple(chain.from_iterable(map(_stems, words)))


def marked(line: str) -> tuple[str, str]:
    """The number of a step and its words; "" and the line where it is none: `701:` is a code, and no 701st step."""
    number, text = split_marker(line)
    return ("", line) if len(number) > _LONGEST_MARKER and number.isdigit() else (number, text)


def has_digit(word: str) -> bool:
    """Whether this is a number or a code."""
    return not word.isalpha() and _DIGIT.search(word) is not None


@lru_cache(maxsize=65_536)
def _stems(word: str) -> tuple[str, ...]:
    if has_digit(word):
        return _numbered(word)
    folded = word.translate(_PLAIN)
    found: list[str] = []
    for part in _PART.findall(folded):
        if _CJK.search(part):
            found.extend(_pairs(part))
        elif part not in _SMALL and len(part) > 1:
            found.append(stem(part))
    return tuple(found)


def _pairs(word: str) -> Iterator[str]:
    """Neighbouring characters of what Chinese words there are, without the small ones; other letters as a word."""
    for part in _CJK_PARTS.findall(word):
        if part.isascii():
            yield stem(part)
        else:
            yield from (part[at : at + 2] for at in range(max(1, len(part) - 1)))


def _numbered(word: str) -> tuple[str, ...]:
    """`e-217` and `e217` are one code; `3-phase` and `2.5` are numbers with a word or none."""
    if _CJK.search(word):
        parts = _NUMBERS_AND_WORDS.findall(word)
        return tuple(stem for part in parts for stem in ((part,) if has_digit(part) else _pairs(part)))
    if word[0].isalpha() and word.isascii():
        return (re.sub(r"[-_/:]", "", word),)
    return tuple(part if has_digit(part) else stem(part) for part in re.split(r"[-_/:]", word) if part not in _SMALL)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The word without its endings, in lower case and without umlauts."""
    word = _IES.sub("i", word)
    while shorter := next(
        (word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST), ""
    ):
        word = shorter
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "sl" else word


class Vocabulary:
    """The words that a text uses. `has` also knows them with other endings, and within compounds."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._beginnings: set[str] = set()
        self._characters: set[str] = set()
        self._known: dict[str, bool] = {}
        self.add(words)

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            if word not in self._words:
                self._words.add(word)
                if _CJK.match(word):
                    self._characters.update(word)
                shortest = max(_BEGINNING, len(word) - _LONGEST_ENDING)
                self._beginnings.update(word[:length] for length in range(shortest, len(word) + 1))
        self._known.clear()

    def has(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = word in self._words or (not has_digit(word) and self._has_akin(word))
        return self._known[word]

    def _has_akin(self, word: str) -> bool:
        """`calibration` beside `calibrate`, `Sauerstoffalarm` beside `Alarm` and `Sauerstoff`, `Druck` beside
        `Vordruck`."""
        if _CJK.match(word):
            return self._characters.issuperset(word)
        if len(word) < _BEGINNING:
            return False
        shortest = max(_BEGINNING, len(word) - _LONGEST_ENDING)
        if any(word[:length] in self._beginnings for length in range(shortest, len(word) + 1)):
            return True
        if any(other.endswith(word) for other in self._words if len(other) > len(word)):
            return True
        parts = ((word[:at], word[at:]) for at in range(_PART_OF_A_WORD, len(word) - _PART_OF_A_WORD + 1))
        return any(self._is_part(first) and self._is_part(second) for first, second in parts)

    def _is_part(self, word: str) -> bool:
        return word in self._words or stem(word.removesuffix("s")) in self._words
