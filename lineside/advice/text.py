"""Words that are safe to show: bounded, without control characters, and fit for a phone.

Device names, values and documents are data that other people wrote: nothing in them may break a line, a terminal
or a message format.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lineside.errors import Misconfigured
from lineside.units import UNITS

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""GSM 03.38 default alphabet (3GPP TS 23.038, 6.2.1): one septet each. The extension table is not used, because
its characters count twice."""

_GSM_INSTEAD = {
    "°": "",
    "–": "-",
    "—": "-",
    "−": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "→": ">",
    "²": "2",
    "³": "3",
    "µ": "u",
    "·": ".",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "|": "/",
    "~": "-",
    "^": "",
    "`": "'",
    "\\": "/",
    "€": "EUR",
}

ELLIPSIS = "..."

UNIT_SYMBOLS = {
    "CEL": "°C",
    "FAH": "°F",
    "KEL": "K",
    "P1": "%",
    "RPM": "rpm",
    "BAR": "bar",
    "KPA": "kPa",
    "AMP": "A",
    "VLT": "V",
    "HTZ": "Hz",
    "L2": "L/min",
    "LTR": "L",
    "C16": "mm/s",
    "MSK": "m/s²",
    "K40": "g",
    "H87": "pieces",
    "C94": "/min",
    "SEC": "s",
    "MIN": "min",
    "KWT": "kW",
    "WTT": "W",
    "KWH": "kWh",
    "NU": "Nm",
    "MTS": "m/s",
    "2X": "m/min",
    "2N": "dB",
    "C62": "",
}
"""UN/CEFACT Recommendation 20 code -> what a person reads, where that is not its first spelling in `UNITS`."""
_SPELLED = {unit.code: unit.spellings[0] for unit in reversed(UNITS)} | UNIT_SYMBOLS


def clean(text: str, longest: int = 200) -> str:
    """One line without control or invisible format characters, at most `longest` characters."""
    visible = "".join(" " if _is_control(character) else character for character in text)
    return bounded(" ".join(visible.split()), longest)


def bounded(text: str, longest: int) -> str:
    """At most `longest` characters; what was cut is marked."""
    return text if len(text) <= longest else text[: longest - len(ELLIPSIS)].rstrip() + ELLIPSIS


def gsm(text: str, longest: int = 140) -> str:
    """The text in the GSM 03.38 default alphabet, at most `longest` characters, so that one SMS holds it."""
    spelled = "".join(_gsm_character(character) for character in clean(text, 10 * longest))
    return bounded(" ".join(spelled.split()), longest)


def ascii_line(text: str, longest: int = 100) -> str:
    """Printable ASCII on one line: what SNS takes for the subject of a mail."""
    plain = unicodedata.normalize("NFKD", gsm(text, 10 * longest)).encode("ascii", "ignore").decode()
    return bounded(plain.strip(), longest)


def local_time(at_us: int, timezone: str, *, date: bool = False) -> str:
    """`07:22:30 CET`, or with its date: the plant's own clock, with its zone said."""
    local = datetime.fromtimestamp(at_us / 1e6, tz=UTC).astimezone(_zone(timezone))
    return local.strftime("%Y-%m-%d %H:%M:%S %Z" if date else "%H:%M:%S %Z")


def duration(seconds: float) -> str:
    """`45 s`, `9.7 min`, `2.5 h`: two figures are enough to act on."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def number(value: float | bool | str, unit: str) -> str:
    """A value with its unit as a person reads it: `-17.3 °C`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return clean(value, 60)
    symbol = _SPELLED.get(unit, clean(unit, 12))
    figures = f"{value:.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.4g}"
    return f"{figures} {symbol}".strip()


def names(devices: tuple[str, ...], most: int = 3) -> str:
    """`A, B and 2 more`."""
    shown = [clean(device, 40) for device in devices[:most]]
    if len(devices) > most:
        return f"{', '.join(shown)} and {len(devices) - most} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1] if shown else ""]))


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(f"the time zone {timezone!r} is not known here") from error


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def _gsm_character(character: str) -> str:
    if character in _GSM_BASIC:
        return character
    if character in _GSM_INSTEAD:
        return _GSM_INSTEAD[character]
    base = unicodedata.normalize("NFKD", character)
    return "".join(part for part in base if part in _GSM_BASIC)
