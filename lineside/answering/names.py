"""A text as it is written at one site: which machines each sentence speaks of, and what is said of which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from lineside.answering.claims import Claim, claims
from lineside.answering.spoken import MONTHS, plain
from lineside.answering.steps import split_marker
from lineside.site.model import Site

_BORDER: Final = re.compile(rf"(?<=[.!?])\s+(?!(?:{'|'.join(MONTHS)})\b)(?=[^\W\d_a-z]|[\"'“(\[])|[。！？；;]")
_MASK: Final = "\N{WHITE SQUARE}"
_AND_A_NAME: Final = re.compile(
    rf"\s(?:and|und|sowie)\s+(?:(?:the|der|die|das|den|dem)\s+)?(?={_MASK})|和\s*(?={_MASK})"
)
_NUMBERED: Final = re.compile(rf"{_MASK}[^{_MASK}]*\d")
_CLAUSE: Final = re.compile(r",\s|[;()，、]|\s[-–—]\s|:\s")


class Part(NamedTuple):
    """A claim, and the machines it is said of; none where its sentence names none."""

    claim: Claim
    machines: frozenset[str]


class Sentence(NamedTuple):
    text: str
    machines: frozenset[str]
    parts: tuple[Part, ...]


class _Name(NamedTuple):
    start: int
    end: int
    device: str


class Names:
    """The machines of a site, and its other names: they hold digits (`Conveyor 2`, `line-1`) that claim nothing."""

    def __init__(self, site: Site) -> None:
        self.zone = ZoneInfo(site.timezone)
        self.zone_names = frozenset({"", *_zone_names(self.zone)})
        """What the plant's own time is called, in winter and in summer; "" for a time that names no zone."""
        others = {name for line in site.lines for name in (line.id, line.name)} | {site.site}
        known = {_folded(name): "" for name in others if name} | {_folded(device): device for device in site.machine_of}
        self._known = sorted(known.items(), key=lambda name: -len(name[0]))

    def machines_in(self, text: str) -> frozenset[str]:
        """The machines of the site that a text names."""
        text = " ".join(text.split())
        return frozenset(name.device for name in self._found(text, self._known) if name.device)

    def sentences(self, text: str) -> Iterator[Sentence]:
        """Sentence by sentence, without the numbers of lists. The text is already `plain`."""
        folded = " ".join(text.lower().split())
        known = [name for name in self._known if name[0] in folded]
        for line in filter(None, text.split("\n")):
            for part in _BORDER.split(split_marker(line)[1]):
                if part and not part.isspace():
                    yield self._sentence(" ".join(part.split()), known)

    def _sentence(self, text: str, known: Iterable[tuple[str, str]]) -> Sentence:
        names = self._found(text, known)
        masked = text
        for start, end, _ in names:
            masked = masked[:start] + _MASK * (end - start) + masked[end:]
        machines = frozenset(name.device for name in names if name.device)
        found = claims(masked)
        if len(machines) < 2 or not found:
            return Sentence(text, machines, tuple(Part(claim, machines) for claim in found))
        clauses = _clauses(masked, names)
        return Sentence(text, machines, tuple(Part(claim, _at(claim.at, clauses) or machines) for claim in found))

    def _found(self, text: str, known: Iterable[tuple[str, str]]) -> list[_Name]:
        """Where names stand as whole words, the longer one where two overlap, in their order."""
        lower = text.lower()
        if len(lower) != len(text):
            return []
        taken: list[_Name] = []
        for folded, device in known:
            start = lower.find(folded)
            while start >= 0:
                end = start + len(folded)
                free = all(end <= name.start or name.end <= start for name in taken)
                if free and _is_word(lower, start, end):
                    taken.append(_Name(start, end, device))
                start = lower.find(folded, end)
        return sorted(taken)


def _clauses(masked: str, names: list[_Name]) -> list[tuple[int, frozenset[str]]]:
    """Where each clause ends, and its machines. Bare names in a row belong to the clause that they lead to."""
    clauses: list[tuple[int, frozenset[str]]] = []
    start, waiting = 0, frozenset[str]()
    borders = {match.start() for match in _CLAUSE.finditer(masked)} | set(_turns(masked))
    for end in [*sorted(borders), len(masked)]:
        own = frozenset(name.device for name in names if start <= name.start < end and name.device) | waiting
        only_names = bool(own) and not re.search(r"\w", masked[start:end])
        waiting = own if only_names else frozenset()
        clauses.append((end, own))
        start = end
    return clauses


def _turns(masked: str) -> Iterator[int]:
    """Where an "and" goes on to another machine, once a number was said of the one before."""
    since = 0
    for match in _AND_A_NAME.finditer(masked):
        if _NUMBERED.search(masked, since, match.start()):
            yield match.start()
            since = match.start()


def _at(at: int, clauses: list[tuple[int, frozenset[str]]]) -> frozenset[str]:
    return next((machines for end, machines in clauses if at < end), frozenset())


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_joins(before) or before == "-") and not _joins(after)


def _joins(letter: str) -> bool:
    """Whether a letter goes on with a word; Chinese has no spaces, so its letters never do."""
    return letter == "_" or (letter.isalnum() and letter < "\u2e80")


def _folded(name: str) -> str:
    return " ".join(plain(name).lower().split())


def _zone_names(zone: ZoneInfo) -> set[str]:
    months = (datetime(2026, 1, 1, tzinfo=zone) + timedelta(days=30 * month) for month in range(12))
    return {month.tzname() or "" for month in months}
