"""A text -> everything in it that can be checked: numbers with units, times, dates, codes, references.

The same reading is used for answers and for evidence, so whatever is quoted is understood alike on both sides. A
number is kept with how exactly it is written: `9.7` claims to be known to a tenth, `580` to one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from lineside.answering.spoken import (
    MONTHS,
    NUMBER_WORDS,
    ONES,
    ORDINAL_WORDS,
    PER,
    SPELLINGS,
    ZONES,
    unit_at,
)
from lineside.units import Unit


class Reading(NamedTuple):
    """A number as it may be meant, and half of what its last digit counts."""

    value: float
    tolerance: float


class Quantity(NamedTuple):
    """A number with a unit. `units` are what the spelling may mean; `or_bare`: the unit stands with a later number."""

    at: int
    said: str
    readings: tuple[Reading, ...]
    units: tuple[Unit, ...]
    or_bare: bool = False


class Number(NamedTuple):
    """A number without a unit, and the words behind it."""

    at: int
    said: str
    readings: tuple[Reading, ...]
    behind: str = ""
    in_words: bool = False


class Clock(NamedTuple):
    """A time of day, in seconds since midnight; `zone` as the time-zone database names it, "" where none is said."""

    at: int
    said: str
    second: int
    resolution: int
    zone: str = ""


class Day(NamedTuple):
    """A date; year 0 where none is said. More than one choice where day and month could be either."""

    at: int
    said: str
    choices: tuple[tuple[int, int, int], ...]


class Code(NamedTuple):
    """Letters and digits that name a fault, a document or a part; `number` is set for `E 217`."""

    at: int
    said: str
    code: str
    number: float | None = None


class Mention(NamedTuple):
    """A step, page, section or revision that is referred to."""

    at: int
    said: str
    what: str
    number: str


class Cited(NamedTuple):
    at: int
    said: str
    numbers: tuple[int, ...]


class Link(NamedTuple):
    at: int
    said: str


Claim = Quantity | Number | Clock | Day | Code | Mention | Cited | Link
_Handled = tuple[list[Claim], int]

_NUMBER: Final = r"\d+(?:[.,]\d+)*(?:[eE][+-]?\d{1,3}(?!\w|\.\d))?"
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_WORD: Final = "|".join(sorted((word for word in NUMBER_WORDS if word.isascii() or "ü" in word or "ö" in word), key=len, reverse=True))  # noqa: E501  # fmt: skip
_ORDINAL: Final = "|".join(sorted(ORDINAL_WORDS, key=len, reverse=True))
_PARTS: Final[dict[str, str]] = {
    "step": "steps?|Schritte?[ns]?|步骤",
    "page": r"pages?|pp?\.|Seiten?|S\.|页",
    "revision": r"revisions?|rev\.?|version|Revision|Version|版本|修订",
    "figure": r"figures?|figs?\.?|tables?|tab\.|Abb\.|Abbildung(?:en)?|Bild|Tabellen?|图|表",
    "section": r"sections?|sec\.|Abschnitte?|Kapitel|chapters?|章节|§",
}
_JOINED: Final = defaultdict(lambda: r"\.", figure="[.-]", page="-")
"""What joins the numbers of a reference: section 4.2.1, figure 6-24, page 1-4 (of chapter 1)."""
_MASTER: Final = re.compile(
    "|".join(
        [
            r"(?P<cited>\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])",
            r"(?P<link>https?://\S+|www\.\S+|!\[)",
            r"(?<!\d)(?P<iso>(?P<iso_y>\d{4})-(?P<iso_m>\d{1,2})-(?P<iso_d>\d{1,2}))(?!\d)T?",
            r"(?P<zh_day>(?:(?P<zh_y>\d{4})\s*年\s*)?(?P<zh_m>\d{1,2})\s*月\s*(?P<zh_d>\d{1,2})\s*[日号])",
            r"(?<![\d.])(?P<dotted>(?P<dot_d>\d{1,2})\.(?P<dot_m>\d{1,2})\.(?P<dot_y>\d{4}))(?!\d)",
            r"\b(?:am|vom|den|dem|seit|bis) (?P<dotted_short>(?P<dots_d>\d{1,2})\.(?P<dots_m>\d{1,2})\.)(?!\d)",
            r"(?<![\d/])(?P<slashed>(?P<sl_a>\d{1,2})/(?P<sl_b>\d{1,2})/(?P<sl_y>\d{4}|\d{2}))(?![\d/])",
            rf"(?<![\d.,])(?P<day_month>(?P<dm_d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<dm_m>{_MONTH})\b\.?(?:,?\s+(?P<dm_y>\d{{4}})(?!\d))?)",
            rf"\b(?P<month_day>(?P<md_m>{_MONTH})\.?\s+(?P<md_d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])(?:,?\s+(?P<md_y>\d{{4}})(?!\d))?)",
            r"(?<![\d:.,])(?P<clock>(?P<ck_h>\d{1,2}):(?P<ck_m>\d{2})(?::(?P<ck_s>\d{2})(?:\.\d+)?)?)(?![\d:])",
            r"(?<![\d:.,])(?P<hour>(?P<hr_h>\d{1,2})(?=\s*[ap]\.?m\b))",
            r"(?<![\d:.,])(?P<uhr>(?P<uhr_h>\d{1,2})(?:[.](?P<uhr_m>\d{2}))?\s*Uhr(?:\s+(?P<uhr_n>\d{1,2})(?![\d.,:]|\s*%))?)",
            r"(?P<zh_clock>(?P<zc_half>上午|下午|早上|晚上|凌晨|中午)?\s*(?<![\d.])(?P<zc_h>\d{1,2})\s*[点时](?:\s*(?P<zc_m>\d{1,2})\s*分?|(?P<zc_30>半)|整)?)",
            *(
                rf"(?P<{what}>(?:(?<![A-Za-z])(?i:{words})|(?<=第))\s*(?:no\.?|number|Nr\.?|#)?\s*"
                rf"(?P<{what}_n>\d+(?:{_JOINED[what]}\d+)*[a-z]?(?![A-Za-z])"
                rf"{'|[A-Z](?![A-Za-z])' if what == 'revision' else ''}))"
                for what, words in _PARTS.items()
            ),
            rf"\b(?P<ordinal>(?i:{_ORDINAL}))\s+(?i:steps?|Schritt\w*)\b",
            r"(?<![A-Za-z0-9_])(?P<code>(?=[A-Za-z_/-]*\d)[A-Za-z][A-Za-z0-9]*(?:[-_/][A-Za-z0-9]+|\.\d+)*)(?![A-Za-z0-9_])",
            r"(?<![A-Za-z0-9_])(?P<spaced>(?P<sp_l>[A-Z]{1,3}) (?P<sp_n>\d{2,6})(?![\d.,:A-Za-z]))",
            rf"百分之\s*(?P<zh_percent>{_NUMBER})",
            rf"(?P<minus>(?:(?<![\w)\]%°.,])-|\b[Mm]inus\s+|零下\s*|负\s*)?)(?P<number>{_NUMBER})",
            rf"\b(?P<word>(?i:{_WORD}))\b(?=[\s-]+(?P<behind>[^\s.,;:]+))",
            r"(?P<zh_word>十[一二]|[一二两三四五六七八九十])(?=台|个|次|步|项|条|件|种|份|分|秒|小时|天|度|周)",
        ]
    ),
)
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]*(?:[-_/][A-Za-z0-9]+)*|\d+|[\[!§-]|[上下早晚凌中百零负一二两三四五六七八九十步页版修章图表]"
)
_HAS_DIGIT: Final = re.compile(r"\d").search
_OPENING_WORDS: Final = frozenset(
    word.lower()
    for words in (
        (
            *MONTHS,
            *NUMBER_WORDS,
            *ORDINAL_WORDS,
            "http",
            "https",
            "www",
            "minus",
            "am",
            "vom",
            "den",
            "dem",
            "seit",
            "bis",
        ),
        (
            "step",
            "steps",
            "schritt",
            "schritte",
            "schritten",
            "schrittes",
            "page",
            "pages",
            "p",
            "pp",
            "seite",
            "seiten",
        ),
        ("s", "revision", "revisions", "rev", "version", "section", "sections", "sec", "abschnitt", "abschnitte"),
        ("kapitel", "chapter", "chapters", "figure", "figures", "fig", "figs", "table", "tables", "tab", "abb", "bild"),
        ("abbildung", "abbildungen", "tabelle", "tabellen"),
    )
    for word in words
)
_HALF_DAY: Final = re.compile(r"\s*([AaPp])\.?[Mm]\b\.?|\s*Uhr\b")
_ZONE: Final = re.compile(r"\s*\(?([A-Z]{1,5}|[+-]\d{2}(?::?\d{2})?)(?![A-Za-z0-9])\)?")
_BETWEEN: Final = re.compile(
    r"\s*(?:to|until|through|bis|and|or|und|oder|至|到|和|或|[-–—~/,]|\.{2,3})\s*(?=[-+]?\d|minus \d|零下)"
)
_SIGNED: Final = re.compile(rf"(?P<minus>-|[Mm]inus\s+|零下\s*|负\s*)?\+?(?P<number>{_NUMBER})")
_LONGER: Final = re.compile(rf"\s*(?:and\s+|und\s+|零)?(?P<number>{_NUMBER})")
_PER_TIME: Final = re.compile(rf"\s+(?:per|pro|je|a)\s+({'|'.join(PER)})\b")
_BELOW_ZERO: Final = re.compile(r"\s*(?:below zero|below freezing|unter [Nn]ull)\b")
_SUFFIX: Final = re.compile(r"(?:st|nd|rd|th)\b|[A-Za-z]\w*")
_LIST: Final = re.compile(r"\s*(?:,|and|und|to|bis|和|至|到|[-–])\s*(?P<n>\d+(?:\.\d+)*)(?![\d:%.,]*\d|\s*[%°])")
_BEHIND: Final = re.compile(r"[\s-]*([^\d\s.,;:()]+)(?:\s+([^\d\s.,;:()]+))?")


def claims(text: str) -> list[Claim]:
    """Everything in a text that can be checked, in the order written. The text is already `plain`."""
    found: list[Claim] = []
    at = 0
    for token in _TOKEN.finditer(text):
        if token.start() < at or not _may_begin(token[0]):
            continue
        if match := _MASTER.match(text, token.start()):
            more, end = _HANDLERS[_KIND_OF[match.lastgroup or ""]](match)
            at = max(end, token.start() + 1)
            found.extend(more)
    return found


@lru_cache(maxsize=16_384)
def _may_begin(token: str) -> bool:
    """Whether a claim may begin with this word; the great pattern is too slow to be tried at each."""
    if not token[0].isascii() or not token[0].isalpha():
        return True
    return token.lower() in _OPENING_WORDS or _HAS_DIGIT(token) is not None or (token.isupper() and len(token) <= 3)


# --- numbers ---------------------------------------------------------------------------------------------------------


def readings(literal: str) -> tuple[Reading, ...]:
    """What a number may mean: `1,234` is one and a bit in Germany and a thousand and some in England.

    Empty for what is no number, such as `4.2.1`.
    """
    mantissa, _, exponent = literal.lower().partition("e")
    scale = 10.0 ** int(exponent) if exponent else 1.0
    separators = [letter for letter in mantissa if letter in ".,"]
    if not separators:
        return (Reading(int(mantissa) * scale, 0.5 * scale),)
    last = mantissa[max(mantissa.rfind("."), mantissa.rfind(",")) :]
    found = []
    if separators.count(last[0]) == 1:
        whole, _, decimals = mantissa.rpartition(last[0])
        if len(separators) == 1 or _grouped(whole):
            value = float(f"{whole.replace('.', '').replace(',', '')}.{decimals}")
            found.append(Reading(value * scale, 0.5 * scale / 10 ** len(decimals)))
    if len(set(separators)) == 1 and _grouped(mantissa):
        found.append(Reading(int(mantissa.replace(last[0], "")) * scale, 0.5 * scale))
    return tuple(found)


def _grouped(digits: str) -> bool:
    """Whether these are groups of three, as thousands are written."""
    first, *rest = re.split(r"[.,]", digits)
    return bool(rest) and 1 <= len(first) <= 3 and first != "0" and all(len(group) == 3 for group in rest)


def _number(match: re.Match[str]) -> _Handled:
    """A number, the numbers that it stands in one row with, and the unit of each."""
    text = match.string
    chain, end = _chain(text, match.start("minus"), bool(match["minus"]), match["number"], match.end())
    found: list[Claim] = []
    later: tuple[Unit, ...] = ()
    for claim in reversed(chain):
        if isinstance(claim, Quantity):
            later = claim.units
        elif isinstance(claim, Number) and later and claim is not chain[-1]:
            claim = Quantity(claim.at, claim.said, claim.readings, later, or_bare=True)
        found.append(claim)
    return found[::-1], end


def _chain(text: str, at: int, negative: bool, literal: str, end: int) -> tuple[list[Claim], int]:
    chain = []
    while True:
        claim, end = _measured(text, at, negative, literal, end)
        chain.append(claim)
        between = _BETWEEN.match(text, end)
        following = _SIGNED.match(text, between.end()) if between and not isinstance(claim, Code) else None
        if not following or _is_another_kind(following):
            return chain, end
        at, negative, literal, end = following.start(), bool(following["minus"]), following["number"], following.end()


def _is_another_kind(following: re.Match[str]) -> bool:
    """Whether a time or a date begins here, which no row of numbers goes on with."""
    match = _MASTER.match(following.string, following.start("number"))
    return match is None or _KIND_OF[match.lastgroup or ""] != "number"


def _measured(text: str, at: int, negative: bool, literal: str, end: int) -> tuple[Claim, int]:
    """The number that ends at `end`, with its unit if it has one."""
    meant = readings(literal)
    if not meant:
        return Code(at, literal, literal), end
    if suffix := _SUFFIX.match(text, end):
        units, unit_end = _unit(text, end)
        if not units and suffix[0] not in {"st", "nd", "rd", "th"}:
            said = text[at : suffix.end()]
            return Code(at, said, _normal(said.lstrip("-"))), suffix.end()
        end = end if units else suffix.end()
    spaced = end + 1 if text[end : end + 1] in {" ", "-"} else end
    units, unit_end = _unit(text, spaced)
    if not units:
        signed = _signed(meant, negative)
        return Number(at, text[at:end], signed, _behind(text, end)), end
    if below := _BELOW_ZERO.match(text, unit_end):
        negative, unit_end = True, below.end()
    return _longer(text, Quantity(at, text[at:unit_end], _signed(meant, negative), units), unit_end)


def _unit(text: str, at: int) -> tuple[tuple[Unit, ...], int]:
    """The unit at `at`, also where it is spelled `mm per second`."""
    units, end = unit_at(text, at)
    if units and (per := _PER_TIME.match(text, end)):
        rates = _per_time(units, PER[per[1]])
        return (rates, per.end()) if rates else ((), at)
    return units, end


@lru_cache(maxsize=1_024)
def _per_time(units: tuple[Unit, ...], time: str) -> tuple[Unit, ...]:
    """`litres`, `min` -> L/min."""
    spelled = (f"{spelling}/{time}" for unit in units for spelling in unit.spellings)
    return next((SPELLINGS[each] for each in spelled if each in SPELLINGS), ())


def _longer(text: str, first: Quantity, end: int) -> tuple[Claim, int]:
    """`1 h 37 min` is one duration."""
    unit = next((unit for unit in first.units if unit.quantity == "time"), None)
    following = _LONGER.match(text, end) if unit else None
    if unit is None or following is None:
        return first, end
    spaced = following.end() + (text[following.end() : following.end() + 1] == " ")
    units, unit_end = _unit(text, spaced)
    shorter = next((each for each in units if each.quantity == "time" and each.factor < unit.factor), None)
    meant = readings(following["number"])
    if shorter is None or not meant:
        return first, end
    seconds = first.readings[0].value * unit.factor + meant[0].value * shorter.factor
    total = Reading(seconds / shorter.factor, meant[0].tolerance)
    return _longer(text, Quantity(first.at, text[first.at : unit_end], (total,), (shorter,)), unit_end)


def _signed(meant: tuple[Reading, ...], negative: bool) -> tuple[Reading, ...]:
    return tuple(Reading(-value, tolerance) for value, tolerance in meant) if negative else meant


def _behind(text: str, end: int) -> str:
    match = _BEHIND.match(text, end)
    return " ".join(filter(None, match.groups())) if match else ""


def _percent(match: re.Match[str]) -> _Handled:
    return [Quantity(match.start(), match[0], readings(match["zh_percent"]), SPELLINGS["%"])], match.end()


def _word(match: re.Match[str]) -> _Handled:
    """`two minutes`, `zwei Maschinen`; `one` and `eine` count only before a unit."""
    text = match.string
    word = match["word"] or match["zh_word"]
    meant = (Reading(float(NUMBER_WORDS[word.lower()]), 0.5),)
    at = match.end()
    spaced = at + len(text[at:]) - len(text[at:].lstrip(" -")) if match["word"] else at
    units, end = _unit(text, spaced)
    if units:
        return [Quantity(match.start(), text[match.start() : end], meant, units)], end
    if word.lower() in ONES:
        return [], match.end()
    return [Number(match.start(), word, meant, _behind(text, at), in_words=True)], match.end()


# --- times and dates -------------------------------------------------------------------------------------------------


def _clock(match: re.Match[str]) -> _Handled:
    text = match.string
    hour, minute = int(match["ck_h"]), int(match["ck_m"])
    second = int(match["ck_s"] or 0)
    return _at_clock(text, match.start(), match.end(), hour, minute, second, 1 if match["ck_s"] else 60)


def _hour(match: re.Match[str]) -> _Handled:
    text = match.string
    return _at_clock(text, match.start(), match.end(), int(match["hr_h"]), 0, 0, 3_600)


def _uhr(match: re.Match[str]) -> _Handled:
    text = match.string
    minute = match["uhr_m"] or match["uhr_n"]
    return _at_clock(
        text, match.start(), match.end(), int(match["uhr_h"]), int(minute or 0), 0, 60 if minute else 3_600
    )


def _zh_clock(match: re.Match[str]) -> _Handled:
    text = match.string
    minute = "30" if match["zc_30"] else match["zc_m"]
    hour = int(match["zc_h"])
    if match["zc_half"] in {"下午", "晚上"} and hour < 12:
        hour += 12
    return _at_clock(text, match.start("zc_h"), match.end(), hour, int(minute or 0), 0, 60 if minute else 3_600)


def _at_clock(
    text: str, at: int, end: int, hour: int, minute: int, second: int, resolution: int
) -> _Handled:  # fmt: skip
    if half := _HALF_DAY.match(text, end):
        end = half.end()
        if half[1] and hour <= 12:
            hour = hour % 12 + (12 if half[1] in "Pp" else 0)
    zone = ""
    if (said := _ZONE.match(text, end)) and (said[1] in ZONES or not said[1].isalpha()):
        zone, end = ZONES.get(said[1], said[1]), said.end()
    if hour > 24 or minute > 59 or second > 59:
        return [Code(at, text[at:end], text[at:end])], end
    seconds = (hour * 3_600 + minute * 60 + second) % 86_400
    return [Clock(at, text[at:end], seconds, resolution, zone)], end


_DATE_GROUPS: Final = {
    "iso": ("iso_y", "iso_m", "iso_d"),
    "zh_day": ("zh_y", "zh_m", "zh_d"),
    "dotted": ("dot_y", "dot_m", "dot_d"),
    "dotted_short": ("", "dots_m", "dots_d"),
    "day_month": ("dm_y", "dm_m", "dm_d"),
    "month_day": ("md_y", "md_m", "md_d"),
}


def _day(match: re.Match[str]) -> _Handled:
    kind = next(kind for kind in _DATE_GROUPS if match[kind])
    year, month, day = (match[group] if group else None for group in _DATE_GROUPS[kind])
    month_number = MONTHS.get(str(month)) or int(str(month))
    choice = (int(year or 0), month_number, int(str(day)))
    return [Day(match.start(kind), match[kind], (choice,))], match.end()


def _slashed(match: re.Match[str]) -> _Handled:
    """Day and month in either order: which one is meant depends on the country."""
    first, second, year = int(match["sl_a"]), int(match["sl_b"]), int(match["sl_y"])
    year += 2_000 if year < 100 else 0
    return [Day(match.start(), match[0], ((year, second, first), (year, first, second)))], match.end()


# --- codes and references --------------------------------------------------------------------------------------------


def _normal(code: str) -> str:
    """E-217, e 217 and E217 are one code."""
    return re.sub(r"[-_/\s]", "", code).upper()


def _code(match: re.Match[str]) -> _Handled:
    return [Code(match.start(), match[0], _normal(match[0]))], match.end()


def _spaced(match: re.Match[str]) -> _Handled:
    """`E 217` may be a code, or a word before a number."""
    text = match.string
    end = match.end()
    if unit_at(text, end + (text[end : end + 1] == " "))[0]:
        return [], match.end("sp_l")
    return [Code(match.start(), match[0], _normal(match[0]), float(match["sp_n"]))], end


def _mention(match: re.Match[str]) -> _Handled:
    """`step 3`; after a plural the numbers that follow it, too."""
    text = match.string
    what = next(what for what in _PARTS if match[what])
    found: list[Claim] = [Mention(match.start(), match[0], what, match[f"{what}_n"])]
    end = match.end()
    word = match[what].split(match[f"{what}_n"])[0].rstrip(" .").lower()
    while word in {"steps", "pages", "pp", "sections", "schritte", "schritten", "seiten"} and (
        more := _LIST.match(text, end)
    ):
        if _unit(text, more.end() + (text[more.end() : more.end() + 1] == " "))[0]:
            break
        found.append(Mention(more.start("n"), f"{what} {more['n']}", what, more["n"]))
        end = more.end()
    return found, end


def _ordinal(match: re.Match[str]) -> _Handled:
    return [Mention(match.start(), match[0], "step", str(ORDINAL_WORDS[match["ordinal"].lower()]))], match.end()


def _cited(match: re.Match[str]) -> _Handled:
    return [Cited(match.start(), match[0], tuple(map(int, re.findall(r"\d+", match[0]))))], match.end()


def _link(match: re.Match[str]) -> _Handled:
    return [Link(match.start(), match[0])], match.end()


_HANDLERS: Final[dict[str, Callable[[re.Match[str]], _Handled]]] = {
    "cited": _cited, "link": _link, "day": _day, "slashed": _slashed, "clock": _clock, "hour": _hour, "uhr": _uhr,
    "zh_clock": _zh_clock, "mention": _mention, "ordinal": _ordinal, "code": _code, "spaced": _spaced,
    "percent": _percent, "number": _number, "word": _word,
}  # fmt: skip


def _kinds() -> Iterator[tuple[str, str]]:
    """Group of the master pattern -> who handles it. `lastgroup` is the outermost group that closed last."""
    yield from ((kind, kind) for kind in _HANDLERS)
    yield from ((kind, "day") for kind in _DATE_GROUPS)
    yield from ((what, "mention") for what in _PARTS)
    yield from (("zh_percent", "percent"), ("zh_word", "word"), ("behind", "word"))


_KIND_OF: Final = dict(_kinds())
