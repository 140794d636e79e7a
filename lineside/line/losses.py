"""Where a line's time went: the loss tree of availability, performance and quality (OEE after ISO 22400-2).

All of it is reckoned in the seconds of one machine, the one that sets the pace:

    window = unknown + planned + busy
    busy   = availability losses + running
    running = slower than the best rate + making rejects + making good pieces

so that no second is lost twice. What was not measured is None and never 0: time in which nobody heard the machine and
time in which it was not meant to run are left out of `busy`, and `basis` says how much that was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lineside.lake.history import Rise
from lineside.lake.runs import SECOND_US, UNKNOWN, Run
from lineside.line import flow
from lineside.line.states import DOWN, OFFLINE, RUNNING, STOPPED_BY_OTHERS, MachineStates, StateHistory
from lineside.site.model import Line, Machine

PLANNED: Final = frozenset(("idle", "planned", "plannedstop"))
"""Words of a machine that is not meant to run, without their spaces, dashes and underscores."""
SHORT_STOP_SECONDS: Final = 60.0
"""A machine that is down for less is told apart, unless the site file says what counts as a stop."""

MINUTE_US: Final = 60 * SECOND_US
_WIDTHS_MINUTES: Final = (1, 5, 15, 60)
_LEAST_BINS, _LEAST_PIECES, _LEAST_READINGS = 10, 20, 10
_BEST_SHARE: Final = 0.95

Branch = Literal["availability", "performance", "quality"]


@dataclass(frozen=True)
class Counted:
    """What the counters of `machine` say: None where they say nothing. `best` is in pieces per second."""

    machine: str = ""
    pieces: float | None = None
    rejects: float | None = None
    best: float | None = None


@dataclass(frozen=True)
class Leaf:
    """`seconds` of the pacing machine that were lost; `machine` is where they were lost, `note` says how."""

    branch: Branch
    name: str
    machine: str
    seconds: float
    note: str


@dataclass(frozen=True)
class LossTree:
    """Shares are 0..1, None where nothing was measured; the leaves come largest first."""

    availability: float | None
    performance: float | None
    quality: float | None
    oee: float | None
    basis: str
    leaves: tuple[Leaf, ...]
    busy_seconds: float
    good_seconds: float | None
    """Busy and lost to nothing; None unless all three shares are known."""


def pacing(line: Line, runs: Mapping[str, Sequence[Run]]) -> Machine | None:
    """The machine whose seconds are the line's: the bottleneck, which waits least for others.

    A machine that ran all the time says nothing of waiting and is asked last, and so is one that was hardly heard.
    None where no machine's state is known.
    """
    known = {machine.id: _known_us(runs.get(machine.id, ())) for machine in line.machines if not machine.buffer}
    most_us = max(known.values(), default=0)
    heard = [machine for machine in line.machines if most_us and 2 * known.get(machine.id, 0) >= most_us]
    telling = [machine for machine in heard if any(run.state not in (RUNNING, UNKNOWN) for run in runs[machine.id])]
    return min(telling or heard, key=lambda machine: _waiting_share(runs[machine.id]), default=None)


def counting(line: Line) -> Machine | None:
    """The machine that counts the line's pieces: of those with declared counters the one nearest to the end."""
    machines = [machine for machine in line.machines if machine.rejects]
    names = {machine.id for machine in machines}
    last = (one for one in machines if not (names - {one.id}) & flow.beyond(one.id, line.downstream))
    return next(last, machines[-1] if machines else None)


def best_rate(minutes: Sequence[Rise]) -> float | None:
    """Pieces per second in the best twentieth of the minutes in which pieces were counted.

    Of wider spans where the counter speaks, or pieces come, too rarely for a minute to say anything; None where even
    hours do not. `minutes` are the rises of a counter minute by minute.
    """
    for width in _WIDTHS_MINUTES:
        pieces, readings = _binned(minutes, width * MINUTE_US)
        if len(pieces) < _LEAST_BINS:
            return None
        if _middle(pieces) >= _LEAST_PIECES and _middle(readings) >= _LEAST_READINGS:
            return sorted(pieces)[int(_BEST_SHARE * (len(pieces) - 1))] / (width * 60)
    return None


def loss_tree(
    line: Line,
    machine: Machine | None,
    runs: Mapping[str, Sequence[Run]],
    counted: Counted,
    start_us: int,
    end_us: int,
    *,
    faults: Iterable[flow.Fault] = (),
    interval_us: int = 0,
) -> LossTree:
    """The tree of start <= t < end for the pacing `machine`.

    faults: what is known to have held the line up without saying so (slow and silent machines). interval_us: how
    often the machines usually tell their state.
    """
    if machine is None:
        basis = "No machine of the line told its state in this window, so nothing can be reckoned."
        return LossTree(None, None, None, None, basis, (), 0.0, None)
    spent = _spent_us(runs[machine.id])
    planned_us = sum(us for state, us in spent.items() if is_planned(state))
    busy_us = sum(spent.values()) - planned_us - spent.get(UNKNOWN, 0)
    running = spent.get(RUNNING, 0) / SECOND_US
    waits = _waits(line, machine, runs, list(faults), interval_us, start_us, end_us)
    performance = _performance(counted, running)
    quality = _quality(counted)
    leaves = [*_stops(machine, runs[machine.id]), *waits, *_slow_and_bad(machine, counted, running)]
    availability = spent.get(RUNNING, 0) / busy_us if busy_us else None
    good = None
    if availability is not None and performance is not None and quality is not None:
        good = running * performance * quality
    return LossTree(
        availability,
        performance,
        quality,
        _product(availability, performance, quality),
        _basis(machine, counted, spent.get(UNKNOWN, 0) / SECOND_US, planned_us / SECOND_US),
        tuple(sorted((leaf for leaf in leaves if leaf.seconds > 0), key=lambda leaf: -leaf.seconds)),
        busy_us / SECOND_US,
        good,
    )


def is_planned(state: str) -> bool:
    return state.translate(_PLAIN) in PLANNED


_PLAIN: Final = str.maketrans("", "", " -_")


# --- availability -----------------------------------------------------------------------------------------------------


def _stops(machine: Machine, runs: Sequence[Run]) -> list[Leaf]:
    """The machine's own standing still: down, in short stops, and in any other word that is not planned."""
    short_below = SHORT_STOP_SECONDS if machine.down_after_seconds is None else machine.down_after_seconds
    spent: dict[str, float] = defaultdict(float)
    times: dict[str, int] = defaultdict(int)
    for run in runs:
        if run.state in STOPPED_BY_OTHERS or run.state in (RUNNING, UNKNOWN) or is_planned(run.state):
            continue
        name = "short stops" if run.state == DOWN and run.seconds < short_below else run.state
        spent[name] += run.seconds
        times[name] += 1
    return [
        Leaf("availability", name, machine.id, seconds, f"{machine.id} itself, {_times(times[name])}")
        for name, seconds in spent.items()
    ]


def _waits(
    line: Line,
    machine: Machine,
    runs: Mapping[str, Sequence[Run]],
    faults: list[flow.Fault],
    interval_us: int,
    start_us: int,
    end_us: int,
) -> list[Leaf]:
    """Blocked and starved time, at the machine that it was waiting for; what nothing explains stays its own."""
    history = StateHistory(
        {name: MachineStates(_offline(told), interval_us=interval_us) for name, told in runs.items() if _known_us(told)}
    )
    spent: dict[tuple[str, str], float] = defaultdict(float)
    causes: dict[tuple[str, str], set[flow.Fault]] = defaultdict(set)
    for loss in flow.losses(line, history, faults, start_us, end_us):
        if loss.device == machine.id:
            key = (loss.state, loss.fault.device)
            spent[key] += (loss.end_us - loss.start_us) / SECOND_US
            causes[key].add(loss.fault)
    leaves = [
        Leaf("availability", state, device, seconds, f"{machine.id} was {state} {_by(device, causes[state, device])}")
        for (state, device), seconds in spent.items()
    ]
    own = seconds_by_state(runs[machine.id])
    for state in sorted(STOPPED_BY_OTHERS):
        left = own.get(state, 0.0) - sum(seconds for (one, _), seconds in spent.items() if one == state)
        if left > 1e-6:
            leaves.append(Leaf("availability", state, machine.id, left, f"{machine.id} was {state}; no cause was seen"))
    return leaves


def _by(device: str, faults: Collection[flow.Fault]) -> str:
    return f"because of {device}, {_times(len(faults))}"


def _offline(runs: Sequence[Run]) -> list[Run]:
    """The same in the words of the flow."""
    return [Run(OFFLINE, run.start_us, run.end_us) if run.state == UNKNOWN else run for run in runs]


# --- performance and quality ------------------------------------------------------------------------------------------


def _performance(counted: Counted, running: float) -> float | None:
    if counted.pieces is None or not counted.best or running <= 0:
        return None
    return min(1.0, counted.pieces / (counted.best * running))


def _quality(counted: Counted) -> float | None:
    if not counted.pieces or counted.rejects is None:
        return None
    return min(1.0, max(0.0, 1 - counted.rejects / counted.pieces))


def _slow_and_bad(machine: Machine, counted: Counted, running: float) -> list[Leaf]:
    performance, quality = _performance(counted, running), _quality(counted)
    leaves = []
    if performance is not None and counted.best and counted.pieces is not None:
        note = f"{counted.pieces:,.0f} pieces where its best rate makes {counted.best * running:,.0f}"
        leaves.append(Leaf("performance", "slow running", machine.id, running * (1 - performance), note))
    if quality is not None and counted.pieces and counted.rejects is not None:
        seconds = running * (1.0 if performance is None else performance) * (1 - quality)
        note = f"{counted.rejects:,.0f} rejects in {counted.pieces:,.0f} pieces"
        leaves.append(Leaf("quality", "rejects", counted.machine, seconds, note))
    return leaves


def _product(*shares: float | None) -> float | None:
    """Of all shares; one that is 0 decides, whatever the others are."""
    if 0.0 in shares:
        return 0.0
    product = 1.0
    for share in shares:
        if share is None:
            return None
        product *= share
    return product


# --- the sentence -----------------------------------------------------------------------------------------------------


def _basis(machine: Machine, counted: Counted, unheard: float, planned: float) -> str:
    left_out = ((unheard, "in which nothing was heard of it"), (planned, "in which it was idle"))
    told = " and ".join(f"{spent / 60:,.1f} min {what}" for spent, what in left_out if spent > 0)
    sentences = [f"Reckoned in the time of {machine.id}, which waits least for others.", _rate(counted)]
    return " ".join([*sentences, f"Left out: {told}."] if told else sentences)


def _rate(counted: Counted) -> str:
    if not counted.machine:
        return "No machine declares counters of pieces, so performance and quality are not known."
    if counted.pieces is None:
        return f"The counters of {counted.machine} said nothing in this window."
    if not counted.best:
        return f"{counted.machine} counted {counted.pieces:,.0f} pieces; its best rate is not known yet."
    return (
        f"{counted.machine} counted {counted.pieces:,.0f} pieces; its usual best is {counted.best * 60:,.4g} a minute, "
        "reached in the best twentieth of the minutes of the last seven days in which it counted."
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


# --- sums -------------------------------------------------------------------------------------------------------------


def seconds_by_state(runs: Iterable[Run]) -> dict[str, float]:
    """State -> seconds spent in it."""
    return {state: us / SECOND_US for state, us in _spent_us(runs).items()}


def _spent_us(runs: Iterable[Run]) -> dict[str, int]:
    spent: dict[str, int] = defaultdict(int)
    for run in runs:
        spent[run.state] += run.end_us - run.start_us
    return spent


def _known_us(runs: Iterable[Run]) -> int:
    return sum(run.end_us - run.start_us for run in runs if run.state != UNKNOWN)


def _waiting_share(runs: Sequence[Run]) -> float:
    waiting = sum(run.end_us - run.start_us for run in runs if run.state in STOPPED_BY_OTHERS)
    return waiting / _known_us(runs)


def _binned(minutes: Iterable[Rise], width_us: int) -> tuple[list[float], list[float]]:
    """Pieces and readings of each span in which pieces were counted."""
    pieces: dict[int, float] = defaultdict(float)
    readings: dict[int, int] = defaultdict(int)
    for rise in minutes:
        pieces[rise.start_us // width_us] += rise.by
        readings[rise.start_us // width_us] += rise.readings
    spans = [span for span, counted in pieces.items() if counted > 0]
    return [pieces[span] for span in spans], [float(readings[span]) for span in spans]


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
