"""A batch of messages -> the lake, then the twin; what cannot be read -> quarantine. The same in both runtimes.

A message is done with only when its readings are durable in the lake and what was rejected of it is durable in
quarantine; otherwise its id is in `failed_ids` and it must come again. Everything here is harmless twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import msgspec

from lineside.errors import LinesideError, Malformed, Unavailable
from lineside.line.quarantine import Quarantine, Quarantined
from lineside.line.topics import parse_topic
from lineside.line.twin import TwinStore
from lineside.site.model import Site
from lineside.telemetry.arrival import Arrivals, flag
from lineside.telemetry.decode import Decoded, Origin, decode
from lineside.telemetry.reading import Reading


class Message(msgspec.Struct, frozen=True):
    """What a device sent. `topic` is "" where it came by no topic; `received_us` is when we first had it."""

    message_id: str
    topic: str
    payload: bytes
    received_us: int


class _Appended(Protocol):
    @property
    def stored(self) -> int: ...
    @property
    def duplicates(self) -> int: ...
    @property
    def conflicts(self) -> int: ...


class ReadingStore(Protocol):
    """What ingest needs of the lake."""

    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> _Appended: ...


@dataclass(frozen=True)
class BatchOutcome:
    """What became of a batch. Counts are readings, and cover what is done with; what failed is not counted.

    received = stored + duplicates + quarantined; `conflicts` of the duplicates had another value than the reading
    kept; `missing` were null or empty, which is no reading. One that writes alone and repeats a batch under its
    `batch_id` counts only the outcome without `failed_ids`.
    """

    received: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    missing: int = 0
    conflicts: int = 0
    failed_ids: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    """Why messages failed, one sentence for each neighbour that did not answer."""
    unknown_devices: tuple[str, ...] = ()
    """Devices that no site file names; their readings are stored."""
    flags: dict[str, int] = field(default_factory=dict)
    """How many readings arrived `late`, `out_of_order`, `future` or after a `clock_step`."""
    codes: dict[str, int] = field(default_factory=dict)
    """Why messages were quarantined: how many by each code."""

    @property
    def late(self) -> int:
        return self.flags.get("late", 0)


@dataclass(frozen=True)
class _Read:
    """One message, decoded."""

    message: Message
    readings: list[Reading]
    rejected: list[Quarantined]
    missing: int


@dataclass
class _LineBatch:
    """What one line got of a batch, and from which messages."""

    readings: list[Reading] = field(default_factory=list)
    message_ids: set[str] = field(default_factory=set)


@dataclass
class _Tally:
    """The outcome while it adds up."""

    received: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    conflicts: int = 0
    failed: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def fail(self, message_ids: Iterable[str], error: Unavailable) -> None:
        self.failed.update(message_ids)
        self.troubles.append(str(error))


def store_batch(
    messages: Sequence[Message],
    site: Site,
    lake: ReadingStore,
    twin: TwinStore,
    quarantine: Quarantine,
    *,
    batch_id: str = "",
    arrivals: Arrivals | None = None,
) -> BatchOutcome:
    """Store what can be read, quarantine the rest, and say which messages must come again.

    `batch_id` names these messages; left out, it is derived from their ids. `arrivals` is what was seen before, by
    which readings are flagged; it is brought up to date once nothing of the batch must come again. Without it a batch
    is flagged by itself.
    """
    batch_id = batch_id or batch_id_of(messages)
    tally = _Tally()
    seen = Arrivals(dict(arrivals.newest_us), dict(arrivals.last_us)) if arrivals else Arrivals()
    reads = [_read(message, site, seen) for message in messages]
    _keep_rejected(reads, quarantine, tally)
    done = [read for read in reads if read.message.message_id not in tally.failed]
    for line, batch in _by_line(done, site).items():
        _store_line(site.site, line, batch, lake, twin, batch_id, tally)
    if arrivals and not tally.failed:
        arrivals.newest_us, arrivals.last_us = seen.newest_us, seen.last_us
    return _outcome(messages, done, site, tally)


def batch_id_of(messages: Iterable[Message]) -> str:
    """The same id for the same messages in the same order."""
    names = "\n".join(message.message_id for message in messages)
    return sha256(names.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(message: Message, site: Site, seen: Arrivals) -> _Read:
    try:
        origin = _origin(message, site)
    except Malformed as error:
        held = decode(message.payload, Origin(site=site, received_us=message.received_us))
        return _Read(message, [], [_misdirected(message, site, error, _count(held))], 0)
    decoded = decode(message.payload, origin)
    rejected = [
        Quarantined(
            site.site,
            message.topic,
            one.raw,
            one.reason,
            one.code,
            max(1, one.readings),
            message.message_id,
            message.received_us,
        )
        for one in decoded.rejected
    ]
    return _Read(message, flag(decoded.readings, seen), rejected, decoded.missing)


def _origin(message: Message, site: Site) -> Origin:
    if not message.topic:
        return Origin(site=site, received_us=message.received_us)
    topic = parse_topic(message.topic)
    if topic.site != site.site:
        raise Malformed(f"the topic names site {topic.site}; this is {site.site}")
    return Origin(site=site, thing=topic.thing, received_us=message.received_us)


def _misdirected(message: Message, site: Site, error: LinesideError, readings: int) -> Quarantined:
    return Quarantined(
        site.site,
        message.topic,
        message.payload,
        str(error),
        "topic",
        max(1, readings),
        message.message_id,
        message.received_us,
    )


def _count(decoded: Decoded) -> int:
    return len(decoded.readings) + sum(one.readings for one in decoded.rejected)


def _keep_rejected(reads: list[_Read], quarantine: Quarantine, tally: _Tally) -> None:
    entries = [entry for read in reads for entry in read.rejected]
    if not entries:
        return
    try:
        quarantine.keep(entries)
    except Unavailable as error:
        tally.fail((read.message.message_id for read in reads if read.rejected), error)
        return
    readings = sum(entry.readings for entry in entries)
    tally.received += readings
    tally.quarantined += readings
    tally.codes.update(entry.code for entry in entries)


def _by_line(reads: list[_Read], site: Site) -> dict[str, _LineBatch]:
    lines: dict[str, _LineBatch] = {}
    line_of: dict[str, _LineBatch] = {}
    for read in reads:
        for reading in read.readings:
            batch = line_of.get(reading.device)
            if batch is None:
                batch = line_of[reading.device] = lines.setdefault(site.line_id(reading.device), _LineBatch())
            batch.readings.append(reading)
            batch.message_ids.add(read.message.message_id)
    return lines


def _store_line(
    site: str, line: str, batch: _LineBatch, lake: ReadingStore, twin: TwinStore, batch_id: str, tally: _Tally
) -> None:
    try:
        appended = lake.append(site, line, batch.readings, batch_id)
        # Only after the lake has them: a twin must not show what could still be lost.
        twin.update(site, line, batch.readings)
    except Unavailable as error:
        tally.fail(batch.message_ids, error)
        return
    tally.received += len(batch.readings)
    tally.stored += appended.stored
    tally.duplicates += appended.duplicates
    tally.conflicts += appended.conflicts


def _outcome(messages: Sequence[Message], done: list[_Read], site: Site, tally: _Tally) -> BatchOutcome:
    finished = [read for read in done if read.message.message_id not in tally.failed]
    flags = Counter(flag for read in finished for one in read.readings if one.flags for flag in one.flags.split())
    devices = {reading.device for read in finished for reading in read.readings}
    return BatchOutcome(
        received=tally.received,
        stored=tally.stored,
        duplicates=tally.duplicates,
        quarantined=tally.quarantined,
        missing=sum(read.missing for read in finished),
        conflicts=tally.conflicts,
        failed_ids=tuple(message.message_id for message in messages if message.message_id in tally.failed),
        troubles=tuple(tally.troubles),
        unknown_devices=tuple(sorted(devices - site.machine_of.keys())),
        flags=dict(flags),
        codes=dict(tally.codes),
    )
