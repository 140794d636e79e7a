"""How well and how fast detection works, on the real recordings and straight through `watch`.

A message is counted when a finding appears, as the alarms room would send it. The score is the operator's: an
incident is hit by a message while it lasts or within five minutes after; every other message is false.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import data
from benchmarks.data import SECOND_US, Recording
from lineside.detection.finding import Finding
from lineside.detection.settings import DEFAULT, Settings
from lineside.detection.watch import LineMemory, watch
from lineside.site.model import UNASSIGNED_LINE, Line

TICK_SECONDS = 300
PHASES = (0, 60, 120, 180, 240)
_SESSION_BEFORE_SECONDS = 600
_REARM_US = 0


@dataclass
class Raised:
    """One alarm of the benchmark: a finding from its appearance to its disappearance."""

    device: str
    key: str
    raised_us: int
    finding: Finding
    cleared_us: int = 0
    active: bool = True


def replay(
    recording: Recording,
    line: Line | None = None,
    *,
    phase_seconds: float = 0,
    tick_seconds: float = TICK_SECONDS,
    settings: Settings = DEFAULT,
    spent: list[float] | None = None,
) -> list[Raised]:
    """Every finding's appearance, from ticks over the whole recording. `spent` collects seconds per tick."""
    line = line or Line(id=UNASSIGNED_LINE)
    tick_us = int(tick_seconds * SECOND_US)
    memory = LineMemory()
    now_us = recording.first_us + tick_us + int(phase_seconds * SECOND_US)
    raised: list[Raised] = []
    known: dict[str, Raised] = {}
    while now_us <= recording.last_us + 2 * tick_us:
        window = recording.window(memory.reads_from_us(now_us), now_us)
        start = time.perf_counter()
        found = watch(memory, window, line, now_us, settings)
        if spent is not None:
            spent.append(time.perf_counter() - start)
        _step(known, raised, found, now_us)
        now_us = _next_tick(recording, now_us, tick_us)
    for alarm in raised:
        alarm.cleared_us = now_us if alarm.active else alarm.cleared_us
    return raised


def _step(known: dict[str, Raised], raised: list[Raised], found: list[Finding], now_us: int) -> None:
    """As the alarms room does: what comes back within the re-arm time is the same alarm, and is not told again."""
    present = {finding.key: finding for finding in found}
    for key, alarm in known.items():
        if alarm.active and key not in present:
            alarm.active, alarm.cleared_us = False, now_us
    for key, finding in present.items():
        before = known.get(key)
        if before is None or not (before.active or now_us - before.cleared_us <= _REARM_US):
            known[key] = Raised(finding.device, key, now_us, finding)
            raised.append(known[key])
        known[key].active = True


def _next_tick(recording: Recording, now_us: int, tick_us: int) -> int:
    """The next tick; across a hole of more than a day, the first one with data again."""
    next_us = recording.next_us(now_us) or now_us
    skipped = (next_us - now_us) // tick_us if next_us - now_us > 86_400 * SECOND_US else 0
    return now_us + max(1, skipped) * tick_us


@dataclass(frozen=True)
class Score:
    """What an operator would say: incidents hit, of how many, false messages per eight hours, and how alarms end."""

    hit: float
    incidents: int
    false_per_shift: float
    outlasts_minutes: float

    def __str__(self) -> str:
        end = f", alarms end at most {self.outlasts_minutes:.0f} min after" if self.outlasts_minutes > 0 else ""
        return f"{self.hit:.1f} of {self.incidents} at {self.false_per_shift:.2f} false per shift{end}"


Times = dict[str, list[float]]
Incidents = list[dict[str, Any]]


def score(
    evaluate: ModuleType,
    recording: Recording,
    incidents: Incidents,
    raised_by_phase: Iterable[list[Raised]],
    device: str,
) -> Score:
    """The mean over tick phases for the devices whose name begins with `device`."""
    times = _times(recording)
    hits, false, outlasts = [], [], 0.0
    for raised in raised_by_phase:
        notes = [(alarm.raised_us / SECOND_US, alarm.device) for alarm in raised]
        total = evaluate.total(evaluate.score(times, incidents, notes), lambda name: name.startswith(device))
        hits.append(total["detected"])
        false.append(total["false_per_shift"])
        outlasts = max([outlasts, *_outlasting(raised, incidents)])
    mine = [incident for incident in incidents if incident["device"].startswith(device)]
    return Score(sum(hits) / len(hits), len(mine), sum(false) / len(false), outlasts)


def _times(recording: Recording) -> Times:
    times: dict[str, set[int]] = {}
    for (device, _, _), series in recording.series.items():
        times.setdefault(device, set()).update(series.at_us.tolist())
    return {device: [at / SECOND_US for at in sorted(every)] for device, every in times.items()}


def _outlasting(raised: list[Raised], incidents: Incidents) -> list[float]:
    """Minutes from an incident's end to the end of the alarm that hit it."""
    return [
        (alarm.cleared_us / SECOND_US - incident["e"]) / 60
        for alarm in raised
        for incident in incidents
        if alarm.device == incident["device"] and incident["s"] <= alarm.raised_us / SECOND_US <= incident["e"] + 300
    ]


def session_starts(incidents: Incidents, minutes: float) -> list[tuple[int, int]]:
    """The first minutes of each of the recording's sessions: an incident is provoked ten minutes into its session."""
    starts = [incident["s"] - _SESSION_BEFORE_SECONDS for incident in incidents]
    return [(int(start * SECOND_US), int((start + 60 * minutes) * SECOND_US)) for start in starts]


def load_evaluate(shared: Path) -> ModuleType | None:
    """The operator-centred score that lies beside the recordings."""
    path = shared.parent / "bench" / "evaluate.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("evaluate", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bench() -> list[tuple[str, str]]:
    """Scores and cost, or why there are none."""
    shared = data.folder()
    evaluate = load_evaluate(shared) if shared else None
    if shared is None or evaluate is None:
        return [("detection", "skipped: the real recordings are not here; set LINESIDE_DATA to read them")]
    return [*_skab(shared, evaluate), *_nab(shared, evaluate)]


def _every_phase(recording: Recording, spent: list[float]) -> list[list[Raised]]:
    return [replay(recording, phase_seconds=phase, spent=spent) for phase in PHASES]


def _skab(shared: Path, evaluate: ModuleType) -> list[tuple[str, str]]:
    whole = data.read_recording(shared / "skab" / "telemetry.csv")
    _, incidents = evaluate.load(str(shared / "skab"))
    rows: list[tuple[str, str]] = []
    spent: list[float] = []
    for minutes in (0, 4, 8):
        recording = whole.without(session_starts(incidents, minutes)) if minutes else whole
        name = f"SKAB, first {minutes} min of each session cut" if minutes else "SKAB"
        rows.append((name, str(score(evaluate, recording, incidents, _every_phase(recording, spent), "pump"))))
    return [*rows, ("cost of a device-tick, 8 attributes at 1 Hz", _milliseconds(spent))]


def _nab(shared: Path, evaluate: ModuleType) -> list[tuple[str, str]]:
    recording = data.read_recording(shared / "nab" / "telemetry.csv")
    _, incidents = evaluate.load(str(shared / "nab"))
    rows: list[tuple[str, str]] = []
    spent: list[float] = []
    for device in sorted(recording.devices()):
        of_device: list[float] = []
        raised = _every_phase(recording.of(device), of_device)
        rows.append((f"NAB, {device}", str(score(evaluate, recording.of(device), incidents, raised, device))))
        spent += of_device
    return [*rows, ("cost of a device-tick, one reading", _milliseconds(spent))]


def _milliseconds(spent: list[float]) -> str:
    ordered = sorted(spent)
    return (
        f"{1000 * ordered[len(ordered) // 2]:.3f} ms at the median, {1000 * sum(spent) / len(spent):.3f} ms on average"
    )
