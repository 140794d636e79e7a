"""The lake: append readings, read a window, compact closed hours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lineside.errors import Unavailable
from lineside.lake.append import Appended, Appender, ExactAppender, SharedAppender
from lineside.lake.chunk import Chunk, Footer, open_file, read_chunk
from lineside.lake.compact import Compacted, compact_hours
from lineside.lake.damage import Damaged, Unreadable, decoding
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import Hour, hours, raw_files
from lineside.lake.pieces import Piece, cut, join
from lineside.lake.recent import Recent
from lineside.lake.together import together
from lineside.lake.window import SeriesKey, Window
from lineside.telemetry.reading import Reading

CACHE_BYTES = 64 << 20
LATENESS_SECONDS = 900.0
_ATTEMPTS = 5
_FOOTERS = 4096


class _Moved(Exception):
    """A compacted hour was swapped while it was read."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One object to read: `tag` tells one compacted hour from its successor, "" for files that never change."""

    key: str
    tag: str
    batch: str


class Lake:
    """Telemetry in an object store, in the layout of `paths.py`.

    exact: this process is the only writer of its lines; duplicates are then counted against all that is stored.
    cache_bytes: how much of decoded files is kept to be read again.
    """

    def __init__(self, objects: ObjectStore, *, exact: bool = False, cache_bytes: int = CACHE_BYTES) -> None:
        self.objects = objects
        self.damaged = Damaged(objects)
        self._appender: Appender = (
            ExactAppender(objects, cache_bytes, self.damaged) if exact else SharedAppender(objects)
        )
        self._chunks: Recent[tuple[str, str, tuple[int, ...]], Chunk] = Recent(
            cache_bytes, lambda chunk: chunk.size_bytes
        )
        self._footers: Recent[tuple[str, str], Footer] = Recent(_FOOTERS, lambda footer: 1 + len(footer.first) // 8)

    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> Appended:
        """Store a batch, one object per observed hour; durable when it returns. The same batch again changes nothing.

        `batch_id` names the batch's content: a repeat after a failure carries the same id and the same readings.
        Raises `Unavailable` where the store does not answer; some hours may be stored by then.
        """
        return self._appender.append(site, line, readings, batch_id)

    def window(
        self,
        site: str,
        line: str,
        start_us: int,
        end_us: int,
        devices: Collection[str] | None = None,
        *,
        include_bad: bool = False,
    ) -> Window:
        """The signals with start_us <= observed < end_us, each reading once, of all devices or of those named."""
        for _ in range(_ATTEMPTS):
            try:
                pieces = self._pieces(hours(site, line, start_us, end_us), start_us, end_us, devices)
            except (KeyError, _Moved):
                # Compaction replaced a file between our listing and our reading: list again.
                continue
            series = {key: join(pieces[key], include_bad) for key in sorted(pieces)}
            return Window(start_us, end_us, {key: signal for key, signal in series.items() if len(signal.at_us)})
        raise Unavailable(f"the lake of {site}/{line} changed under the reader {_ATTEMPTS} times")

    def compact(self, site: str, line: str, now_us: int, lateness_seconds: float = LATENESS_SECONDS) -> Compacted:
        """Merge what was appended to hours that ended `lateness_seconds` before `now_us`; see `compact.py`."""
        return compact_hours(self.objects, now_us, lateness_seconds, site=site, line=line, damaged=self.damaged)

    def _pieces(
        self, wanted: list[Hour], start_us: int, end_us: int, devices: Collection[str] | None
    ) -> dict[SeriesKey, list[Piece]]:
        pieces: dict[SeriesKey, list[Piece]] = {}
        sources = [source for hour in wanted for source in self._sources(hour, start_us, end_us)]
        for chunk in together(self.objects, lambda source: self._chunk(source, devices), sources):
            for piece in cut(chunk, start_us, end_us, devices) if chunk else ():
                pieces.setdefault(piece.key, []).append(piece)
        return pieces

    def _sources(self, hour: Hour, start_us: int, end_us: int) -> list[_Source]:
        # The raw files are listed first: one that compaction takes away after that is missed when it is opened, one
        # that was gone before is in the compacted object, which is looked at later.
        raw = raw_files(self.objects.list(hour.raw))
        sources = [
            _Source(file.key, "", file.batch) for file in raw if file.last_us >= start_us and file.first_us < end_us
        ]
        tag = self.objects.tag(hour.compacted)
        return [_Source(hour.compacted, tag, ""), *sources] if tag is not None else sources

    def _chunk(self, source: _Source, devices: Collection[str] | None) -> Chunk | None:
        """What a file holds of these devices; None for a damaged one."""
        footer = self._footers.get((source.key, source.tag))
        if footer is not None:
            chunk = self._chunks.get((source.key, source.tag, footer.groups(devices)))
            if chunk is not None:
                return chunk
        try:
            return self._read(source, footer, devices)
        except Unreadable as unreadable:
            self.damaged.note(unreadable)
            return None

    def _read(self, source: _Source, footer: Footer | None, devices: Collection[str] | None) -> Chunk:
        place = self.objects.path(source.key) or self.objects.get(source.key)
        try:
            with decoding(source.key), open_file(place, footer) as file:
                if source.tag and self.objects.tag(source.key) != source.tag:
                    raise _Moved(source.key)
                footer = footer or Footer.read(file)
                groups = footer.groups(devices)
                chunk = read_chunk(file, footer, groups, source.batch)
        except FileNotFoundError as error:
            raise KeyError(source.key) from error
        self._footers.keep((source.key, source.tag), footer)
        self._chunks.keep((source.key, source.tag, groups), chunk)
        return chunk
