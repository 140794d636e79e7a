"""Native telemetry lines -> NGSI-LD entities, a line for a line: what `lineside normalize` does."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import orjson

from lineside.errors import Misconfigured
from lineside.telemetry.normalize import Normalizer, Refused
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from lineside.site.model import Site

_BLOCK_BYTES = 32_768
_PROGRESS_SECONDS = 0.5
_SHOWN_BYTES = 1_024


class Counted(NamedTuple):
    lines: int
    bad: int


def normalize_lines(site: Path | None, rejects: Path | None) -> None:
    """Normalize standard input to standard output, held to a site file; bad lines go to `rejects`."""
    normalizer = Normalizer(_read_site(site))
    with _open_rejects(rejects) as refused:
        normalize_stream(sys.stdin.buffer, sys.stdout.buffer, refused, normalizer)


def _read_site(path: Path | None) -> Site | None:
    if path is None:
        return None
    from lineside.site import read_site  # loading it takes longer than normalizing 50,000 lines

    return read_site(path)


def _open_rejects(path: Path | None) -> BinaryIO:
    if path is None:
        return open(sys.stderr.fileno(), "wb", closefd=False)
    try:
        return path.open("wb")
    except OSError as error:
        raise Misconfigured(f"the rejects cannot be written to {path}: {error.strerror}") from error


def normalize_stream(source: BinaryIO, target: BinaryIO, rejects: BinaryIO, normalizer: Normalizer) -> Counted:
    """Normalize line by line. Memory does not grow with the lines."""
    lines_done = lines_bad = 0
    progress = _Progress()
    for lines in _blocks(source):
        entities, refused = normalizer.normalize_many(lines, time.time_ns() // 1_000)
        if entities:
            target.write(b"\n".join(entities) + b"\n")
        bad = [one for one in refused if one.payload and not one.payload.isspace()]
        rejects.writelines(_reject(lines_done + 1 + one.place, one) for one in bad)
        lines_done, lines_bad = lines_done + len(lines), lines_bad + len(bad)
        progress.show(lines_done, lines_bad)
    target.flush()
    rejects.flush()
    progress.end()
    return Counted(lines_done, lines_bad)


def _blocks(source: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of a stream, many at a time. Of a line longer than any message only the beginning is kept."""
    rest = b""
    while block := source.read(_BLOCK_BYTES):
        *lines, rest = (rest + block).split(b"\n")
        yield lines
        if len(rest) > MAX_MESSAGE_BYTES:
            rest = rest[: MAX_MESSAGE_BYTES + 1]
    if rest:
        yield [rest]


def _reject(number: int, refused: Refused) -> bytes:
    raw = refused.payload if len(refused.payload) <= MAX_MESSAGE_BYTES else refused.payload[:_SHOWN_BYTES]
    said = {"line": number, "reason": refused.rejection.reason, "raw": raw.decode("utf-8", "backslashreplace")}
    return orjson.dumps(said) + b"\n"


class _Progress:
    """A line on standard error that is written over, when a person is looking."""

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty()
        self._shown_at = time.monotonic()

    def show(self, lines: int, bad: int) -> None:
        now = time.monotonic()
        if self._wanted and now - self._shown_at >= _PROGRESS_SECONDS:
            self._shown_at = now
            sys.stderr.write(f"\r{lines:,} lines, {bad:,} bad")
            sys.stderr.flush()

    def end(self) -> None:
        if self._wanted:
            sys.stderr.write("\r\x1b[K")
