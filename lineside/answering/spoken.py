"""How people write units, small numbers, months and time zones in English, German and Chinese."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from lineside.units import UNITS, Unit

_NOT_UNITS: Final = frozenset({"1", "-", "in", "one", "a", "each", "count", "counts", "units", "parts", "items", "var"})
"""Spellings that devices send, and that between other words mean something else."""

_WEEK: Final = Unit("WEE", "time", 604_800, 0, ())

_WORDS: Final[dict[str, str]] = {
    "SEC": "Sekunde Sekunden Sek 秒 秒钟 second seconds",
    "MIN": "Minute Minuten Min 分 分钟 minute minutes",
    "HUR": "Stunde Stunden Std 小时 个小时 hour hours",
    "DAY": "Tag Tage Tagen 天 day days",
    "CEL": "degrees_Celsius degree_Celsius degrees_C deg_C Grad_Celsius Grad_C 摄氏度 Celsius",
    "FAH": "degrees_Fahrenheit degrees_F Grad_Fahrenheit 华氏度 Fahrenheit",
    "P1": "Prozent percent per_cent pct",
    "RPM": "revolutions_per_minute revs_per_minute Umdrehungen_pro_Minute 转/分 转/分钟 转每分钟 转",
    "BAR": "巴",
    "KPA": "千帕 Kilopascal",
    "MPA": "兆帕",
    "KWT": "千瓦 Kilowatt",
    "WTT": "瓦 Watt",
    "KWH": "千瓦时 Kilowattstunde Kilowattstunden",
    "VLT": "伏 伏特 Volt",
    "AMP": "安 安培 Ampere",
    "HTZ": "赫兹 Hertz",
    "LTR": "升 Liter",
    "L2": "升/分 升/分钟",
    "MMT": "毫米 Millimeter millimetres millimeters",
    "CMT": "厘米 Zentimeter centimetres centimeters",
    "MTR": "米 Meter",
    "KGM": "公斤 千克 Kilogramm",
    "GRM": "克 Gramm",
    "C16": "毫米/秒",
    "MTS": "米/秒",
    "NEW": "牛顿 Newton",
    "NU": "牛米 Newtonmeter",
    "2N": "分贝 Dezibel",
    "H87": "Stück Stk",
}
_BY_CODE: Final = {unit.code: unit for unit in reversed(UNITS)}
_DEGREES: Final = ("degree", "degrees", "Grad", "度", "°")
PER: Final = {
    "second": "s", "sec": "s", "s": "s", "Sekunde": "s", "minute": "min", "min": "min", "Minute": "min",
    "hour": "h", "h": "h", "Stunde": "h",
}  # fmt: skip
"""`mm per second` is `mm/s`."""

NUMBER_WORDS: Final[dict[str, int]] = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "一 二 三 四 五 六 七 八 九 十 十一 十二",
    )
    for number, word in enumerate(words.split(), start=1)
} | {"ein": 1, "eine": 1, "einer": 1, "einem": 1, "einen": 1, "eines": 1, "两": 2}

ONES: Final = frozenset(word for word, number in NUMBER_WORDS.items() if number == 1)
"""These count only before a unit; elsewhere they are articles and pronouns."""

ORDINAL_WORDS: Final[dict[str, int]] = {
    word: number
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
        "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte",
        "ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten elften zwölften",
    )
    for number, word in enumerate(words.split(), start=1)
}

MONTHS: Final[dict[str, int]] = {
    name: number
    for names in (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sept Okt Nov Dez",
    )
    for number, name in enumerate(names.split(), start=1)
}

ZONES: Final[dict[str, str]] = {
    **{name: name for name in ("CET", "CEST", "EET", "EEST", "WET", "WEST", "BST", "IST", "MSK", "JST", "KST", "HKT")},
    **{name: name for name in ("EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AEST", "AEDT", "SGT", "SAST")},
    **dict.fromkeys(("UTC", "GMT", "Z"), "UTC"),
    "MEZ": "CET",
    "MESZ": "CEST",
}
"""What people write behind a time -> the name that the time-zone database gives it."""

COUNTED: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("machine", "machines", "maschine", "maschinen", "台", "台机器", "devices", "stations"), "machines"
    ),
    **dict.fromkeys(("alarm", "alarms", "alarme", "alarmen", "报警", "警报"), "alarms"),
    **dict.fromkeys(("step", "steps", "schritt", "schritte", "schritten", "步", "个步骤", "步骤"), "steps"),
    **dict.fromkeys(("document", "documents", "passage", "passages", "dokumente", "份文件", "procedures"), "documents"),
}
"""What a count may be derived for from the evidence itself."""


def plain(text: str) -> str:
    """One way to write what is written in many: full-width digits, `℃`, minus signs, spaces within numbers."""
    if text.isascii():
        return text
    if _TO_MEND(text):
        text = text.translate(_MENDED)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return text.translate(_MENDED) if _TO_MEND(text) else text


_MENDED: Final = {
    ord("º"): "°",
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff")),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2212"), "-"),
}
_TO_MEND: Final = re.compile(f"[{''.join(map(chr, _MENDED))}]").search


def _spellings() -> dict[str, tuple[Unit, ...]]:
    """What may follow a number -> the units that it can mean."""
    found: dict[str, list[Unit]] = {}

    def add(spelling: str, unit: Unit) -> None:
        known = found.setdefault(plain(spelling), [])
        if unit not in known:
            known.append(unit)

    for unit in UNITS:
        for spelling in unit.spellings:
            if spelling not in _NOT_UNITS:
                add(spelling, unit)
                add(spelling.replace("/", " / "), unit)
    for code, words in _WORDS.items():
        for word in words.split():
            add(word.replace("_", " "), _BY_CODE[code])
    for degrees in _DEGREES:
        add(degrees, _BY_CODE["CEL"])
        add(degrees, _BY_CODE["DD"])
    for week in ("week", "weeks", "Woche", "Wochen", "周", "个星期"):
        add(week, _WEEK)
    _add_any_letter_case(found)
    return {spelling: tuple(units) for spelling, units in found.items()}


def _add_any_letter_case(found: dict[str, list[Unit]]) -> None:
    """Words of three letters and more are read in any letter case; mW and MW are not."""
    for spelling, units in list(found.items()):
        if len(spelling) >= 3 and spelling.isalpha():
            for written in (spelling.lower(), spelling.upper(), spelling.capitalize()):
                found.setdefault(written, units)


SPELLINGS: Final = _spellings()
_LENGTHS: Final[dict[str, tuple[int, ...]]] = {
    first: tuple(sorted({len(each) for each in SPELLINGS if each[0] == first}, reverse=True))
    for first in {spelling[0] for spelling in SPELLINGS}
}


def unit_at(text: str, at: int) -> tuple[tuple[Unit, ...], int]:
    """The units that may be meant by the longest spelling that stands at `at`, and where it ends."""
    for length in _LENGTHS.get(text[at : at + 1], ()):
        end = at + length
        if end > len(text):
            continue
        if (units := SPELLINGS.get(text[at:end])) and _ends_there(text, end):
            return units, end
    return (), at


def _ends_there(text: str, end: int) -> bool:
    """Whether a word ends here: `min` of `9 min`, and not the `m` of it; Chinese needs no border."""
    last, following = text[end - 1], text[end : end + 1]
    if not following or not last.isascii() or not last.isalnum():
        return True
    return not (following.isdigit() or (following.isalpha() and following < "\u2e80") or following in "_/")
