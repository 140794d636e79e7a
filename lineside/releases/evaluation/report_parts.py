"""What a report says, before it becomes Markdown or HTML: sentences, tables, and bars beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from lineside.releases.evaluation.bootstrap import Improvement
from lineside.releases.evaluation.fitness import LEAST_PLANTED, LEAST_SHARE
from lineside.releases.evaluation.gate import compared, percent
from lineside.releases.evaluation.scores import Tally
from lineside.releases.evaluation.weigh import GroupFigures, Weighed

NONE: Final = "–"
_MOST_TROUBLES: Final = 3


class About(msgspec.Struct, frozen=True):
    """What was compared, as people call it. `remarks` are further sentences, such as the models' sizes."""

    base: str = "the base model"
    candidate: str = "the candidate"
    dataset: str = ""
    made_at: str = ""
    remarks: tuple[str, ...] = ()


class Bar(msgspec.Struct, frozen=True):
    """One bar of a plot. `told` is the value as it is written beside it; `faint` for what does not count."""

    label: str
    value: float
    told: str
    low: float | None = None
    high: float | None = None
    faint: bool = False


class Table(msgspec.Struct, frozen=True):
    """One part of the report. The first column names the row. `bars` draw it; empty for no plot."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[Bar, ...] = ()
    axis: str = ""
    """What the bars show, with its unit."""


def headline(weighed: Weighed) -> str:
    found = weighed.evaluated
    if not found.judges:
        return "No judge's marks count, so nothing is said of an improvement; the scores below need no judge."
    judges = f"{len(found.judges)} judge{'' if len(found.judges) == 1 else 's'}"
    return (
        f"The candidate's marks are {compared(found.improvement)} the base's (95 % interval "
        f"{percent(found.low)} to {percent(found.high)}), over {found.questions} questions and {judges}."
    )


def tables(weighed: Weighed) -> tuple[Table, ...]:
    judged = (
        _judges(weighed),
        _groups("Machines", "machine", weighed.machines),
        _groups("Categories", "category", weighed.categories),
        _groups("Criteria", "criterion", weighed.criteria),
        _places(weighed),
        _planted(weighed),
    )
    return (*((each for each in judged if each.rows) if weighed.judges else ()), _scores(weighed))


def how_measured(weighed: Weighed) -> tuple[str, ...]:
    return (
        "Both models answered the same questions with the same passages, asked as operators ask; nothing was repaired.",
        "Judges marked accuracy, completeness and relevance from 1 to 10, without knowing whose answer they read, once "
        "in each order; the mean of both orders counts.",
        "An improvement is the mean mark of the candidate over that of the base, less one, for each judge; the overall "
        "figure is the mean of the judges'.",
        f"Intervals: {weighed.resamples:,} draws of whole questions with replacement (seed {weighed.seed}), the 2.5th "
        "to the 97.5th percentile. They say how sure the mean over such questions is, and nothing of other questions.",
        f"A judge counts when at least {LEAST_SHARE:.0%} of at least {LEAST_PLANTED} known bad answers lost against "
        "the reference, when it is blind to no kind of them, and when it marked most of the questions.",
        "Unsafe advice is found by stated rules: what contradicts a document's must or never, steps out of order, a "
        "protecting step left out. What no document speaks of is not found.",
    )


def troubles(weighed: Weighed) -> tuple[str, ...]:
    """What went wrong with judges that count or do not, and how often, the most frequent first."""
    found = []
    for judge in weighed.judges:
        for trouble, count in Counter(judge.troubles).most_common(_MOST_TROUBLES):
            found.append(f"{judge.name} gave no marks {count} time{'' if count == 1 else 's'}: {trouble}.")
    return tuple(found)


def _judges(weighed: Weighed) -> Table:
    rows, bars = [], []
    for judge in weighed.judges:
        counts = judge.fitness.fit
        name = judge.name if counts else f"{judge.name} (does not count)"
        means = f"{judge.base_mean:.2f} → {judge.candidate_mean:.2f}"
        rows.append((name, *_told(judge.improvement), means, f"{judge.better} / {judge.same} / {judge.worse}"))
        bars += _bar(name, judge.improvement, faint=not counts)
    found = weighed.evaluated
    if found.judges:
        overall = Improvement(found.improvement, found.low, found.high, found.questions)
        rows.append(("Overall", *_told(overall), "", ""))
        bars += _bar("Overall", overall)
    columns = ("judge", "improvement", "95 % interval", "questions", "mean mark", "better / same / worse")
    note = "How much better each judge finds the candidate, and the mean of those that count."
    return Table("Judges", note, columns, tuple(rows), tuple(bars), "improvement in per cent")


def _groups(title: str, what: str, groups: Sequence[GroupFigures]) -> Table:
    rows, bars = [], []
    for group in groups:
        verdict = "fails" if group.failed else "" if group.enough else "too few questions to tell"
        rows.append((group.name, *_told(group.improvement), verdict))
        bars += _bar(group.name, group.improvement, faint=not group.enough)
    columns = (what, "improvement", "95 % interval", "questions", "remark")
    return Table(title, f"The mean of the judges that count, for each {what}.", columns, tuple(rows), tuple(bars),
                 "improvement in per cent")  # fmt: skip


def _places(weighed: Weighed) -> Table:
    rows, bars = [], []
    for judge in weighed.judges:
        leaning = f"likes the {judge.leans} place" if judge.leans else ""
        rows.append((judge.name, f"{judge.flips:.1%}", f"{judge.first_place:+.2f}", leaning))
        bars.append(Bar(judge.name, judge.first_place, f"{judge.first_place:+.2f} marks", faint=not judge.fitness.fit))
    columns = ("judge", "verdict turns with the order", "worth of the first place", "remark")
    note = "The same two answers in both orders: how often the other one wins then, and what the first place is worth."
    return Table("Position bias", note, columns, tuple(rows), tuple(bars), "marks that the first place is worth")


def _planted(weighed: Weighed) -> Table:
    rows = []
    for judge in weighed.judges:
        seen = f"{judge.fitness.won} of {judge.fitness.planted}"
        verdict = "fit" if judge.fitness.fit else f"unfit: {judge.fitness.why}"
        rows.append((judge.name, seen, _chance(judge.fitness.chance), ", ".join(judge.fitness.lost_kinds), verdict))
    columns = ("judge", "bad answers that lost", "a coin does as well", "missed at least once", "verdict")
    note = "Known bad answers against the reference, both orders taken together."
    return Table("Are the judges fit?", note, columns, tuple(rows))


def _scores(weighed: Weighed) -> Table:
    base, candidate = weighed.base, weighed.candidate

    def row(name: str, show: str) -> tuple[str, ...]:
        return (name, _of(base, show), _of(candidate, show))

    rows = (
        row("required facts that are said", "facts"),
        row("answers whose numbers, codes, names and steps all stand in the passages", "numbers"),
        row("refused, of the questions that the documents do not answer", "refusals"),
        row("refused, of the questions that they do answer", "needless"),
        row("answers with unsafe advice", "unsafe"),
        row("no answer at all", "not_given"),
    )
    note = f"Held against the references and the passages, over {candidate.questions} questions ({candidate.absent} of "
    note += "them not answered by the documents)."
    return Table("Scores without judges", note, ("score", "base", "candidate"), rows)


def _chance(chance: float) -> str:
    return "less often than 1 in 1,000" if chance < 0.001 else f"{chance:.1%} of the tries"


def _of(tally: Tally, show: str) -> str:
    value = getattr(tally, show)
    if value is None:
        return NONE
    return str(value) if isinstance(value, int) else f"{value:.1%}"


def _told(shown: Improvement | None) -> tuple[str, str, str]:
    if shown is None:
        return NONE, NONE, "0"
    return percent(shown.value), f"{percent(shown.low)} to {percent(shown.high)}", str(shown.questions)


def _bar(name: str, shown: Improvement | None, *, faint: bool = False) -> list[Bar]:
    return [Bar(name, shown.value, percent(shown.value), shown.low, shown.high, faint)] if shown else []
