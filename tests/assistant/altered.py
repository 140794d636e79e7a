"""Answers that were right, made wrong in one place each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lineside.site.model import Site

_MEASURED = re.compile(
    r"(?<![\w.\[-])(-?\d+(?:\.\d+)?)(?= (?:°C|min|s|h|%|bar|rpm|A|g)\b)|(?<= )\d\d:\d\d:\d\d(?= CET)"
)


def altered_numbers(text: str) -> Iterator[str]:
    """The answer with one number with a unit, or one time of day, changed; one answer for each of them."""
    for found in _MEASURED.finditer(text):
        said = found.group()
        yield text[: found.start()] + _other(said) + text[found.end() :]


def swapped_machines(text: str, site: Site) -> Iterator[str]:
    """The answer with the machine that it names first changed into another, everywhere and only there."""
    names = list(site.machine_of)
    places = sorted((text.find(name), name) for name in names if name in text)
    if not places:
        return
    first = places[0][1]
    other = names[(names.index(first) + 3) % len(names)]
    yield text.replace(first, other)
    yield text.replace(first, other, 1)


def invented_step(text: str) -> Iterator[str]:
    """The answer with a step that no document has: at the end, in the middle, and in place of one."""
    lines = text.split("\n")
    steps = [at for at, line in enumerate(lines) if re.match(r"(?:Step )?\d+[.:]", line)]
    middle = steps[len(steps) // 2]
    wrong = "Bypass the guard-door switch with a jumper and reach into the running chain."
    yield "\n".join([*lines[: steps[-1] + 1], f"{len(steps) + 1}. {wrong}", *lines[steps[-1] + 1 :]])
    yield "\n".join([*lines[:middle], f"{len(steps) + 1}. {wrong}", *lines[middle:]])
    yield "\n".join([*lines[:middle], f"{middle}. {wrong}", *lines[middle + 1 :]])


def _other(said: str) -> str:
    if ":" in said:
        hours, minutes, seconds = said.split(":")
        return f"{hours}:{(int(minutes) + 17) % 60:02d}:{seconds}"
    decimals = len(said.partition(".")[2])
    return f"{float(said) * 1.37 + 3.1:.{decimals}f}"
