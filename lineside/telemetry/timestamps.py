"""RFC 3339 timestamps as integer microseconds since 1970-01-01T00:00:00Z, and back.

Any offset is read and a time without one is refused: a machine whose clock is in local time would be wrong by hours,
silently, and by another hour after the next daylight saving. `Z`/`z`, `T`/`t`/space and fractions of any
length are read; digits beyond microseconds are cut off, not rounded. A leap second (`:60`) is the second after it.

Reading one costs three look-ups, of its minute, its second and what follows, in tables that are small and bounded.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from lineside.telemetry.rejection import Rejection

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 3_600 * SECOND_US
DAY_US: Final = 24 * HOUR_US
EARLIEST_US: Final = 946_684_800 * SECOND_US
"""2000-01-01T00:00:00Z. Anything before it is a clock that lost its battery."""

_MAX_LENGTH: Final = 64
_MAX_HOURS: Final = 16_384
_MAX_MINUTES: Final = 16_384
_MAX_TAILS: Final = 4_096

_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?([Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))?",
    re.ASCII,
)

_seconds: Final = {f":{second:02d}": second * SECOND_US for second in range(60)}
_hours: dict[str, int] = {}
_minutes: dict[str, int] = {}
_tails: dict[str, tuple[int, str]] = {}
"""What follows the seconds, in UTC only -> its microseconds, and how we spell it ("" if it is so spelled)."""
_rendered_hours: dict[int, str] = {}


def parse(text: str) -> int:
    """The instant in microseconds; raises `Rejection` with what is wrong."""
    minute_us = _minutes.get(text[:16])
    second_us = _seconds.get(text[16:19])
    tail = _tails.get(text[19:])
    if minute_us is None or second_us is None or tail is None:
        return _read_in_steps(text)[0]
    return minute_us + second_us + tail[0]


def read(text: str) -> tuple[int, str]:
    """The instant in microseconds, and the same instant as `render` spells it."""
    minute_us = _minutes.get(text[:16])
    second_us = _seconds.get(text[16:19])
    tail = _tails.get(text[19:])
    if minute_us is None or second_us is None or tail is None:
        return _read_in_steps(text)
    fraction_us, spelled = tail
    if spelled:
        return minute_us + second_us + fraction_us, text[:19] + spelled
    return minute_us + second_us + fraction_us, text


def _read_in_steps(text: str) -> tuple[int, str]:
    """Six digits, as Python writes them, are too many to remember, and so are the minutes of a year."""
    minute_us = _minutes.get(text[:16])
    if minute_us is None:
        minute_us = _read_minute(text)
    second_us = _seconds.get(text[16:19])
    tail = _tails.get(text[19:]) or _read_fraction(text[19:])
    if minute_us is None or second_us is None or tail is None:
        return _read_slowly(text)
    fraction_us, spelled = tail
    return minute_us + second_us + fraction_us, text[:19] + (spelled or text[19:])


def _read_minute(text: str) -> int | None:
    hour_us, digits = _hours.get(text[:13]), text[14:16]
    if hour_us is None or text[13:14] != ":" or not _is_digits(digits) or digits > "59":
        return None
    if len(_minutes) >= _MAX_MINUTES:
        _minutes.clear()
    minute_us = _minutes[text[:16]] = hour_us + int(digits) * MINUTE_US
    return minute_us


def _read_fraction(tail: str) -> tuple[int, str] | None:
    """`.123456Z` or the same with +00:00: too many to remember."""
    digits = tail[1:7]
    if tail[:1] != "." or tail[7:] not in ("Z", "+00:00") or not _is_digits(digits) or digits[3:] == "000":
        return None
    return int(digits), tail[:7] + "Z"


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _read_slowly(text: str) -> tuple[int, str]:
    found = _RFC_3339.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if found is None:
        raise _unreadable(text)
    year, month, day, hour, minute, second, fraction, zone, sign, offset_hours, offset_minutes = found.groups()
    if zone is None:
        raise Rejection("timestamp_naive", f"the timestamp {text} has no time zone; append Z or an offset like +01:00")
    try:
        hour_us = int(datetime(int(year), int(month), int(day), int(hour), tzinfo=UTC).timestamp()) * SECOND_US
    except ValueError as error:
        raise _unreadable(text) from error
    fraction_us = int((fraction or "")[:6].ljust(6, "0"))
    offset_us = (int(offset_hours) * 60 + int(offset_minutes)) * 60 * SECOND_US if sign else 0
    second_us = int(second) * SECOND_US
    if offset_us == 0:
        _remember(text, hour_us, fraction_us)
    instant_us = hour_us + int(minute) * MINUTE_US + second_us + fraction_us
    instant_us += offset_us if sign == "-" else -offset_us
    try:
        return instant_us, render(instant_us)
    except (OverflowError, ValueError) as error:  # its offset carries it out of the years 1 to 9999
        raise _unreadable(text) from error


def _unreadable(text: str) -> Rejection:
    if not text or text.isspace():
        return Rejection("timestamp_missing", "the timestamp is empty")
    return Rejection("timestamp_unreadable", f"the timestamp {text[:_MAX_LENGTH]!r} is not RFC 3339")


def _remember(text: str, hour_us: int, fraction_us: int) -> None:
    if text[10] == "T":
        if len(_hours) >= _MAX_HOURS:
            _hours.clear()
        _hours[text[:13]] = hour_us
    if fraction_us % 1_000:
        return
    tail, spelled = text[19:], _render_fraction(fraction_us)
    if len(_tails) >= _MAX_TAILS:
        _tails.clear()
    _tails[tail] = (fraction_us, "" if tail == spelled else spelled)


def render(instant_us: int) -> str:
    """RFC 3339 in UTC: `2025-03-03T06:00:00Z`, with three or six digits of a second where there are any."""
    hour, rest_us = divmod(instant_us, HOUR_US)
    text = _rendered_hours.get(hour) or _render_hour(hour)
    second, fraction_us = divmod(rest_us, SECOND_US)
    return f"{text}:{second // 60:02d}:{second % 60:02d}{_render_fraction(fraction_us)}"


def _render_hour(hour: int) -> str:
    if len(_rendered_hours) >= _MAX_HOURS:
        _rendered_hours.clear()
    text = datetime.fromtimestamp(hour * 3_600, UTC).strftime("%Y-%m-%dT%H").rjust(13, "0")
    _rendered_hours[hour] = text
    return text


def _render_fraction(fraction_us: int) -> str:
    if fraction_us == 0:
        return "Z"
    milliseconds, rest = divmod(fraction_us, 1_000)
    return f".{fraction_us:06d}Z" if rest else f".{milliseconds:03d}Z"


def check_plausible(observed_us: int, received_us: int) -> None:
    """Reject an instant before 2000 or more than a day ahead of when it was received."""
    if observed_us < EARLIEST_US:
        raise Rejection("timestamp_too_early", f"the timestamp {render(observed_us)} is before 2000-01-01")
    if observed_us > received_us + DAY_US:
        raise Rejection(
            "timestamp_too_late",
            f"the timestamp {render(observed_us)} is more than a day ahead of its arrival at {render(received_us)}",
        )
