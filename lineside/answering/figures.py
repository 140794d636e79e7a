"""Numbers and times that are spelled out -> the same in figures, so that they are checked as figures are.

`forty-five minutes` is `45 minutes`, `half an hour` is `30 min`, `half past seven` is `7:30`, in English, German and
Chinese. Up to twelve, words stay words: they are read where a unit or a noun follows (`claims.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lineside.answering.spoken import NUMBER_WORDS

_EN_TENS: Final = {
    word: 10 * ten
    for ten, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2)
}
_EN_TEENS: Final = {
    word: number
    for number, word in enumerate(
        ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"), start=13
    )
}
_DE_TENS: Final = {
    word: 10 * ten
    for ten, word in enumerate(
        ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"), start=2
    )
}
_DE_TEENS: Final = {
    word: number
    for number, word in enumerate(
        ("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"), start=13
    )
}
_ZH: Final = {character: number for number, character in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_EN_ONES: Final = "one|two|three|four|five|six|seven|eight|nine"
_DE_ONES: Final = "ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun"
_EN_HOURS: Final = f"{_EN_ONES}|ten|eleven|twelve|\\d{{1,2}}"
_DE_HOURS: Final = "eins|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\\d{1,2}"
_ZH_DIGITS: Final = "[一二两三四五六七八九十百]"


def _tens(text: str) -> int:
    """`forty-five`, `fünfundvierzig`, `thirteen`."""
    folded = text.lower()
    if folded in (known := _EN_TEENS | _EN_TENS | _DE_TEENS | _DE_TENS | NUMBER_WORDS):
        return known[folded]
    if german := re.fullmatch(rf"({_DE_ONES})und(\w+)", folded):
        return NUMBER_WORDS[german[1]] + _DE_TENS[german[2]]
    ten, one = re.split(r"[\s-]+", folded, maxsplit=1)
    return _EN_TENS[ten] + NUMBER_WORDS[one]


def _chinese(text: str) -> int:
    hundreds, hundred, rest = text.rpartition("百")
    tens, ten, ones = rest.partition("十")
    value = 100 * _ZH.get(hundreds, 1) if hundred else 0
    if not ten:
        return value + _ZH.get(rest, 0)
    return value + 10 * _ZH.get(tens, 1) + _ZH.get(ones, 0)


def _clock(hour: int, minute: int) -> str:
    return f"{(hour - (minute > 30)) % 24}:{minute:02d}"


def _hour(said: str) -> int:
    return int(said) if said.isdigit() else NUMBER_WORDS[said.lower()]


_TENS: Final = (
    rf"(?:{'|'.join(_EN_TENS)})(?:[\s-](?:{_EN_ONES})\b)?|{'|'.join(_EN_TEENS)}"
    rf"|(?:(?:{_DE_ONES})und)?(?:{'|'.join(_DE_TENS)})|{'|'.join(_DE_TEENS)}"
)
_TEENS_AND_TENS: Final = "teen twenty thirty forty fifty sixty seventy eighty ninety zehn zig ßig"
_ROWS: Final[tuple[tuple[str, str, Callable[[re.Match[str]], str]], ...]] = (
    # times of day
    ("half past", rf"\bhalf past ({_EN_HOURS})\b", lambda m: _clock(_hour(m[1]), 30)),
    ("quarter past", rf"\b(?:a )?quarter past ({_EN_HOURS})\b", lambda m: _clock(_hour(m[1]), 15)),
    ("quarter to", rf"\b(?:a )?quarter to ({_EN_HOURS})\b", lambda m: _clock(_hour(m[1]), 45)),
    ("halb ", rf"\bhalb ({_DE_HOURS})\b(?:\s*Uhr\b)?", lambda m: _clock(_hour(m[1]) - 1, 30)),
    ("viertel nach", rf"\bviertel nach ({_DE_HOURS})\b(?:\s*Uhr\b)?", lambda m: _clock(_hour(m[1]), 15)),
    ("viertel vor", rf"\bviertel vor ({_DE_HOURS})\b(?:\s*Uhr\b)?", lambda m: _clock(_hour(m[1]), 45)),
    ("noon|midday", r"\b(?<=at )(?:noon|midday)\b", lambda _: "12:00"),
    ("midnight", r"\b(?<=at )midnight\b", lambda _: "0:00"),
    # parts of an hour and of a minute
    ("and a half", r"\b(?:an? |one )?hour and a half\b", lambda _: "90 min"),
    ("anderthalb", r"\b(?:eine )?anderthalb(?:e|en)? Stunden?\b", lambda _: "90 min"),
    ("quarters", r"\bthree[\s-]quarters of an hour\b", lambda _: "45 min"),
    ("dreiviertel", r"\b(?:einer |eine )?dreiviertelstunde\b", lambda _: "45 min"),
    ("half", r"\bhalf(?: of)? an hour\b|\b(?:a )?half[\s-]hour\b", lambda _: "30 min"),
    ("halbe", r"\b(?:einer |eine )?halben? Stunde\b", lambda _: "30 min"),
    ("quarter", r"\b(?:a )?quarter[\s-](?:of an )?hour\b", lambda _: "15 min"),
    ("viertelstunde", r"\b(?:einer |eine )?viertelstunde\b", lambda _: "15 min"),
    ("half a minute|halbe", r"\bhalf a minute\b|\b(?:einer |eine )?halben? Minute\b", lambda _: "30 s"),
    ("a hour|an hour|a minute|an minute|a day|an day|a week|an week",
     r"\b(for|about|almost|nearly|over) an? (hour|minute|day|week)\b", lambda m: f"{m[1]} 1 {m[2]}"),
    ("半", r"[一1]个半小时", lambda _: "90分钟"),
    ("半", r"半个?小时", lambda _: "30分钟"),
    ("刻", r"三刻钟", lambda _: "45分钟"),
    ("刻", r"一刻钟", lambda _: "15分钟"),
    ("半", r"半分钟", lambda _: "30秒"),
    # numbers
    ("hundred",
     rf"\b(a|{_EN_ONES}) hundred(?: (?:and )?({_TENS}|{_EN_ONES}|ten|eleven|twelve)\b)?(?! (?:thousand|million))",
     lambda m: str(100 * (1 if m[1].lower() == "a" else NUMBER_WORDS[m[1].lower()]) + (_tens(m[2]) if m[2] else 0))),
    (_TEENS_AND_TENS.replace(" ", "|"), rf"\b(?:{_TENS})\b(?![\s-](?:hundred|thousand|million))",
     lambda m: str(_tens(m[0]))),
    ("百分之|零下", rf"(?<=百分之){_ZH_DIGITS}+|(?<=零下){_ZH_DIGITS}+", lambda m: str(_chinese(m[0]))),
    ("十|百", rf"{_ZH_DIGITS}{{2,}}(?=分|秒|个?小时|度|天|台|次|步|点|瓶|件|箱|巴|%)", lambda m: str(_chinese(m[0]))),
    ("点", r"[二三四五六七八九十](?=点(?:半|整|钟|\d|[一二三四五六七八九十]))", lambda m: str(_chinese(m[0]))),
)  # fmt: skip
"""What a text must hold to be looked at more closely, what is looked for, and what it becomes. In this order."""
_PATTERNS: Final = tuple(
    (tuple(hints.split("|")), re.compile(pattern, re.IGNORECASE), said) for hints, pattern, said in _ROWS
)


def _shortest(hints: set[str]) -> tuple[str, ...]:
    """Without those that hold another one."""
    return tuple(sorted(hint for hint in hints if not any(other in hint for other in hints - {hint})))


_HINTS: Final = _shortest({hint for hints, _, _ in _PATTERNS for hint in hints})


def in_figures(text: str) -> str:
    """The text with its spelled numbers as figures; most texts hold none and are left as they are."""
    folded = text.lower()
    if not any(map(folded.__contains__, _HINTS)):
        return text
    for hints, pattern, said in _PATTERNS:
        if any(hint in folded for hint in hints):
            text = pattern.sub(said, text)
    return text
