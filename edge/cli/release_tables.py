"""Releases as a person reads them in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lineside.api.release_models import EvaluatedView, ReleasesView, ReleaseView

_WIDE: Final = 240
"""Columns where no terminal says how many it has."""


def show_all(view: ReleasesView) -> None:
    """Which release answers, and every release, the newest first."""
    _say(f"live {view.live or 'nobody'}, canary {_canary(view)}, previous {view.previous or 'nobody'}")
    if view.releases:
        _table(
            ("release", "status", "alias", "made", "improvement", "approved by", "why"),
            [
                (
                    each.release_id,
                    each.status.replace("_", " "),
                    each.alias,
                    each.made_at[:16],
                    improvement(each.evaluation),
                    each.approver,
                    each.reason,
                )
                for each in view.releases
            ],
        )


def show_one(release: ReleaseView, view: ReleasesView) -> None:
    """Everything about one release, and how it came to answer."""
    _table(("", ""), _rows(release), header=False)
    changes = [each for each in view.history if release.release_id in (each.live, each.canary, each.previous)]
    if changes:
        _table(
            ("when", "by", "what", "live", "canary", "previous", "why"),
            [
                (each.at[:19], each.by, each.what.replace("_", " "), each.live, each.canary, each.previous, each.reason)
                for each in changes
            ],
        )


def improvement(evaluation: EvaluatedView | None) -> str:
    """`+14 % (9 to 19), passed`."""
    if evaluation is None:
        return "not evaluated"
    low, high = 100 * evaluation.low, 100 * evaluation.high
    passed = "passed" if evaluation.passed else "not passed"
    return f"{100 * evaluation.improvement:+.0f} % ({low:.0f} to {high:.0f}), {passed}"


def plain(text: str) -> str:
    """What somebody else wrote, without the characters by which it could steer this terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _rows(release: ReleaseView) -> Iterator[tuple[str, str]]:
    evaluation, canary = release.evaluation, release.canary
    yield "release", release.release_id
    yield "status", release.status.replace("_", " ") + (f", {release.alias}" if release.alias else "")
    yield "why", release.reason
    yield "made", release.made_at
    yield "base model", release.base_model
    yield "dataset", release.dataset_hash
    yield "code", release.code_version
    yield "settings", ", ".join(f"{name} {value}" for name, value in sorted(release.hyperparameters.items()))
    yield "artifact", release.artifact
    yield "model", release.model_id
    yield "evaluation", improvement(evaluation)
    if evaluation is not None:
        judges = ", ".join(evaluation.judges) or "no judge"
        yield "", f"{evaluation.questions} questions, judged by {judges}"
        yield from (("", reason) for reason in evaluation.reasons)
    yield "approved by", f"{release.approver}, {release.approved_at}" if release.approver else ""
    if canary is not None:
        yield "as canary", f"{canary.decision.replace('_', ' ')}: {canary.why}"
        yield from (("", f"{name} {value:g}") for name, value in canary.figures.items())


def _canary(view: ReleasesView) -> str:
    return f"{view.canary} ({100 * view.canary_share:g} %)" if view.canary else "nobody"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, header: bool = True) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=header)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        if header or row[1]:
            table.add_row(*(escape(plain(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def _say(text: str) -> None:
    import typer

    typer.echo(plain(text))
