"""`lineside normalize`: native telemetry lines -> NGSI-LD entities, a line for a line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NamedTuple

import orjson
import typer

from lineside.telemetry.normalize import Normalizer, Refused
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from lineside.site.model import Site

_BLOCK_BYTES = 262_144
_PROGRESS_SECONDS = 0.5
_SHOWN_BYTES = 1_024


class Counted(NamedTuple):
    lines: int
    bad: int


def normalize(
    site: Annotated[
        Path | None, typer.Option(help="The site file whose units and limits to hold telemetry to.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where bad lines go. Default: standard error.")] = None,
) -> None:
    """Turn native telemetry JSON lines on standard input into normalized NGSI-LD entities on standard output.

    One line out per good line, in the same order; a line that is an array comes out as an array, if all of it is
    good. A bad line becomes {"line", "reason", "raw"} in the rejects. Blank lines are passed over.
    """
    normalizer = Normalizer(_read_site(site))
    with _open_rejects(rejects) as refused:
        normalize_stream(sys.stdin.buffer, sys.stdout.buffer, refused, normalizer)


def _read_site(path: Path | None) -> Site | None:
    if path is None:
        return None
    from lineside.site import read_site  # loading it takes longer than normalizing 50,000 lines

    return read_site(path)


def _open_rejects(path: Path | None) -> BinaryIO:
    return path.open("wb") if path else open(sys.stderr.fileno(), "wb", closefd=False)


def normalize_stream(source: BinaryIO, target: BinaryIO, rejects: BinaryIO, normalizer: Normalizer) -> Counted:
    """Normalize line by line. Memory does not grow with the lines."""
    lines_done = lines_bad = 0
    progress = _Progress()
    for lines in _blocks(source):
        entities, refused = normalizer.normalize_many(lines, time.time_ns() // 1_000)
        target.writelines(entities)
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
