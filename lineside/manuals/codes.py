"""Codes in questions and passages: E-217, "e 217" and E217 are one; 12607, 04102, ALARM:1 and $3 are codes too.

A number in a question is mostly no code: 15 minutes, -18 °C, 8.8 rpm, the year 2024. So a code counts only if the
library knows it: some passage writes it in a form that only codes have, and only a few passages do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

RARE_PASSAGES = 8
RARE_SHARE = 0.01
"""What stands in more passages than these is a machine's model or a common term: plain words find that."""

_CUES = (
    "error|err|alarm|fault|code|warning|warn|message|msg|event|status|setting|parameter|param|trip|diagnostic|"
    "fehler|fehlercode|störung|meldung|warnung|parameter|错误|故障|报警|警报|代码"
)
_UNITS = (
    r"%|°|º|(?:mm|cm|km|m|inch|inches|ft|feet|g|kg|lb|lbs|oz|sec|secs|seconds?|min|mins|minutes?|h|hr|hrs|hours?|"
    r"days?|weeks?|months?|years?|rpm|r/min|psi|psig|bar|mbar|kpa|mpa|pa|v|kv|volts?|ma|amps?|amperes?|w|kw|watts?|hp|"
    r"hz|khz|nm|celsius|fahrenheit|degrees?|ml|liters?|litres?|gallons?|pieces?|pcs|cookies|boxes|times|cycles|strokes|"
    r"revolutions|pounds?|stunden|tage|wochen|monate|jahre|grad|umdrehungen|stück)(?![A-Za-z0-9])|小时|分钟|秒"
)
"""A number before one of these is a quantity. Letters that are words too ("in", "a") are left out."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣－", "-"))

_NAMED = re.compile(r"(?<![A-Za-z0-9.$#])([A-Za-z][A-Za-z0-9]*(?:[-_:][A-Za-z0-9]+)*)(?![A-Za-z0-9]|\.\d)")
_MARKED = re.compile(r"(?<![A-Za-z0-9])([$#])\s?(\d{1,6})(?![\d.]|\d)")
_NOT_INSIDE = r"(?![A-Za-z0-9_]|[.,]\d)"
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_.,$#/:+-])(0\d{{2,6}}|[1-9]\d{{3,6}})(?![A-Za-z0-9_/:-]|[.,]\d)(?!\s?(?:{_UNITS}))", re.IGNORECASE
)
_AFTER_CUE = re.compile(
    rf"(?<![A-Za-z])({_CUES})(?:\s+(?:code|no|number|nr|nummer))?[\s.:#=№-]*(\d{{1,7}}){_NOT_INSIDE}(?!\s?(?:{_UNITS}))",
    re.IGNORECASE,
)
_SPACED = re.compile(
    rf"(?<![A-Za-z0-9.-])([A-Za-z]{{1,3}})(?:\s|\s?[-_./#:]\s?)(\d{{1,5}}){_NOT_INSIDE}(?!\s?(?:{_UNITS}))",
    re.IGNORECASE,
)
_LONGEST, _MOST_LETTERS = 24, 5
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_SMALL = (
    "a am an and as at by der die das do for go he i if im in is it me my no nr of off on one or per page pg so step "
    "the to top up us use was we you zu"
)
_SMALL_WORDS = frozenset(_SMALL.split())


class Found(NamedTuple):
    """A code as one word, and where it begins in the text."""

    code: str
    at: int


def plain(text: str) -> str:
    """Full-width characters and the many dashes as a keyboard writes them."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def written_codes(text: str) -> Iterator[Found]:
    """What a passage writes as a code."""
    said = plain(text)
    yield from _plain_codes(said)
    for matched in _SPACED.finditer(said):
        letters, digits = matched.groups()
        if letters.isupper() and len(digits) >= 3 and letters.lower() not in _SMALL_WORDS:
            yield Found((letters + digits).lower(), matched.start())


def _plain_codes(said: str) -> Iterator[Found]:
    for matched in _NAMED.finditer(said):
        if _is_code(matched.group(1)):
            yield Found(_canonical(matched.group(1)), matched.start())
    for matched in _MARKED.finditer(said):
        yield Found(matched.group(1) + matched.group(2), matched.start())
    for matched in _NUMBER.finditer(said):
        if not _YEAR.match(matched.group(1)):
            yield Found(matched.group(1), matched.start())
    for matched in _AFTER_CUE.finditer(said):
        yield Found(matched.group(1).lower() + matched.group(2), matched.start())
        if len(matched.group(2)) >= 3:
            yield Found(matched.group(2), matched.start(2))


def _is_code(word: str) -> bool:
    """Whether a few letters come first and a number after them, as in E-217, FT-200-118 or TT1; not as in pre-2020
    or in a footnote's mark behind a word, consumption1."""
    if not any(character.isdigit() for character in word) or len(word) > _LONGEST:
        return False
    parts = re.split(r"[-_:]", word)
    letters = re.match(r"[A-Za-z]*", parts[0]).group().lower()  # type: ignore[union-attr]
    if letters in _CUES.split("|"):
        return True
    if len(letters) > _MOST_LETTERS:
        return False
    return not (len(parts) == 2 and len(letters) > 2 and bool(_YEAR.match(parts[1])))


def _canonical(word: str) -> str:
    return re.sub(r"[-_:]", "", word).lower()


class KnownCodes:
    """The codes of a library, and which passages carry them. Answers which of them a question names."""

    def __init__(self, texts: Sequence[str]) -> None:
        where: dict[str, dict[int, int]] = {}
        for number, text in enumerate(texts):
            for code, at in written_codes(text):
                where.setdefault(code, {}).setdefault(number, at)
        most = max(RARE_PASSAGES, int(RARE_SHARE * len(texts)))
        self.passages = {code: found for code, found in where.items() if len(found) <= most}
        """Code -> passage number -> where in its text it begins first."""
        self._by_digits: dict[str, set[str]] = {}
        for code in self.passages:
            digits = code.lstrip("abcdefghijklmnopqrstuvwxyz$#")
            if digits.isdigit() and digits != code:
                self._by_digits.setdefault(digits, set()).add(code)

    def named_in(self, question: str) -> tuple[str, ...]:
        """The known codes that a question names, in the order of their first mention."""
        said = plain(question)
        certain = [found.code for found in sorted(_plain_codes(said), key=lambda found: found.at)]
        named = [code for code in (*certain, *_spaced_codes(said)) if code in self.passages]
        return tuple(dict.fromkeys(named)) or self._by_number_alone(said)

    def _by_number_alone(self, said: str) -> tuple[str, ...]:
        """ "fault 217" means E-217 where no other code has that number."""
        for matched in _AFTER_CUE.finditer(said):
            codes = self._by_digits.get(matched.group(2), set())
            if len(codes) == 1 and len(matched.group(2)) >= 2:
                return tuple(codes)
        return ()


_CUE_WORD = re.compile(rf"(?<![A-Za-z])(?:{_CUES})s?(?![A-Za-z])", re.IGNORECASE)


def _spaced_codes(said: str) -> Iterable[str]:
    """ "e 217" -> e217. A small word before a number joins it only where the question speaks of an alarm or a code."""
    cued = bool(_CUE_WORD.search(said))
    for matched in _SPACED.finditer(said):
        letters, digits = matched.group(1).lower(), matched.group(2)
        if letters not in _SMALL_WORDS or cued:
            yield letters + digits
