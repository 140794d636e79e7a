"""What `lineside replay` reads and writes: recordings in, messages and alarms out, and a summary on stderr."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich import progress as progress_bar
from rich.console import Console

from edge.files import FileObjects
from edge.replay import Progress, Recording, Replayed, play, record
from lineside.advice.model import Notification
from lineside.advice.sops import Sops, read_site_sops
from lineside.advice.text import clean
from lineside.alarms.model import Alarm
from lineside.errors import Malformed, Misconfigured
from lineside.lake.paths import RAW, READINGS
from lineside.site import Site, read_site
from lineside.telemetry.decode import Rejected
from lineside.telemetry.timestamps import render


@dataclass(frozen=True)
class Files:
    """Where everything is read and written. `data`: the lake is kept there; else in a scratch folder."""

    recordings: tuple[Path, ...]
    notifications: Path
    alarms: Path | None = None
    rejects: Path | None = None
    data: Path | None = None


def replay_files(
    files: Files, site: Path | None, *, tick_seconds: float, first_tick_seconds: float | None = None
) -> None:
    """Replay recordings and write what came of them. Raises `Malformed` or `Misconfigured` with one sentence."""
    _check(files)
    plant, sops = _plant(site)
    began = time.monotonic()
    with _folder(files.data) as folder, _bar() as progress:
        objects = FileObjects(folder, durable=files.data is not None)
        if objects.list(RAW) or objects.list(READINGS):
            raise Misconfigured(
                f"{folder} holds readings already, which would be taken for these; name an empty folder"
            )
        recording = record(files.recordings, plant, time.time_ns() // 1_000, objects, progress)
        _write_rejects(files.rejects, recording.rejects)
        if not recording.lines:
            raise Malformed(_nothing_in(files.recordings, recording.rejects))
        replayed = play(recording, sops, tick_seconds, first_tick_seconds, progress=progress)
    _write_notifications(files.notifications, replayed.notifications)
    if files.alarms is not None:
        _write_alarms(files.alarms, replayed.alarms)
    _summarise(recording, replayed, time.monotonic() - began)


def _check(files: Files) -> None:
    """Every mistake in the arguments, before any work is done."""
    written = (files.notifications, files.alarms, files.rejects)
    mistakes = [f"there is no file {file}" for file in files.recordings if not file.is_file()]
    mistakes += [f"there is no folder {file.parent}" for file in written if file and not file.parent.is_dir()]
    mistakes += [f"{file} is a folder, not a file to write" for file in written if file and file.is_dir()]
    named = Counter(file.resolve() for file in (*set(files.recordings), *written) if file)
    mistakes += [f"{file} is named twice, and writing it would lose what it holds" for file in _twice(named)]
    if mistakes:
        raise Misconfigured("; ".join(mistakes))


def _twice(named: Counter[Path]) -> list[Path]:
    return [file for file, times in named.items() if times > 1 and file.exists() and not file.is_char_device()]


def _plant(site: Path | None) -> tuple[Site, Sops]:
    """The site and the procedures of its lines; without a site file, a plant that knows no line."""
    if site is None:
        return Site(site="replay"), Sops()
    plant = read_site(site)
    return plant, read_site_sops(plant, site.parent)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="lineside-replay-") as scratch:
        yield Path(scratch)


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """A progress bar where a person watches."""
    if not sys.stderr.isatty():
        yield None
        return
    with progress_bar.Progress(
        progress_bar.TextColumn("{task.description}"),
        progress_bar.BarColumn(),
        progress_bar.TaskProgressColumn(),
        progress_bar.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, progress_bar.TaskID] = {}

        def move(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield move


def _write_notifications(file: Path, notifications: Sequence[Notification]) -> None:
    header = ("timestamp", "device", "severity", "kind", "cause", "affected", "lost_seconds", "message")
    _write_csv(
        file,
        header,
        (
            (
                _second(told.notified_us),
                told.device,
                told.severity,
                told.kind,
                told.cause,
                ";".join(name.replace(";", ",") for name in told.affected),
                f"{told.lost_seconds:.0f}",
                " | ".join(told.message.splitlines()),  # one row, one line: also for tools that count lines
            )
            for told in notifications
        ),
    )


def _write_alarms(file: Path, alarms: Sequence[Alarm]) -> None:
    header = ("alarm_id", "device", "kind", "cause", "raised_at", "cleared_at")
    _write_csv(
        file,
        header,
        (
            (
                alarm.alarm_id,
                alarm.device,
                alarm.kind,
                alarm.cause,
                _second(alarm.raised_us),
                _second(alarm.cleared_us) if alarm.cleared_us else "",
            )
            for alarm in alarms
        ),
    )


def _write_csv(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_rejects(file: Path | None, rejects: Sequence[Rejected]) -> None:
    """One JSON object a line; the row as it lay, under its header."""
    if file is None:
        return
    lines = ({"reason": each.reason, "code": each.code, "raw": each.raw.decode("utf-8", "replace")} for each in rejects)
    file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def _second(at_us: int) -> str:
    return render(at_us // 1_000_000 * 1_000_000)


def _nothing_in(recordings: Sequence[Path], rejects: Sequence[Rejected]) -> str:
    named = ", ".join(map(str, recordings))
    if rejects:
        return f"no row of {named} can be read; the first: {rejects[0].reason}"
    return f"there are no readings in {named}"


def _summarise(recording: Recording, replayed: Replayed, seconds: float) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    console.print(
        f"{recording.rows} rows: {recording.stored} stored, {recording.duplicates} repeated "
        f"({recording.conflicts} with another value), {recording.missing} without a value, "
        f"{recording.rejected} refused"
    )
    for code, count in Counter(each.code for each in recording.rejects).most_common():
        example = next(each for each in recording.rejects if each.code == code)
        console.print(f"  {count} {code}, such as: {clean(example.reason, 160)}")
    console.print(
        f"{replayed.ticks} ticks: {len(replayed.notifications)} messages, {len(replayed.alarms)} alarms; "
        f"{recording.rows / max(seconds, 1e-3):,.0f} rows/s"
    )
