"""The dataset card: what the dataset is, where it comes from, and how to make it again. Made from the report alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

NOTHING = "none"


def card(report: Mapping[str, Any]) -> str:
    """Markdown. The same report gives the same text."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    parts = report["parts"]
    yield from (
        "# Dataset of questions and answers from a plant's documents",
        "",
        f"{report['accepted']} questions and answers in chat format. Each answer rests on passages that stand in its "
        f"prompt; {sum(part['refusals'] for part in parts.values())} questions are answered by no document, and their "
        "answer is a refusal.",
        "",
        f"- Content (SHA-256 of the rows): `{report['content_sha256']}`",
        f"- Status: {report['status']}",
        f"- Written by: {_counts(report['made_by'])}",
        f"- Requested {report['requested']}, generated {report['generated']}, accepted {report['accepted']}, rejected "
        f"{report['rejected']}",
        f"- Rejected by reason: {_counts(report['rejected_by_reason'])}",
        f"- From operators, reviewed: {report['feedback']['accepted']} of {report['feedback']['offered']}",
        "",
        "## Parts",
        "",
        "No section, passage or near-duplicate stands in more than one part.",
        "",
        *_table(
            ("part", "file", "pairs", "answers", "refusals"),
            (
                (name, f"`{name}.jsonl`", part["pairs"], part["answers"], part["refusals"])
                for name, part in parts.items()
            ),
        ),
        "",
        "## Documents",
        "",
        *_table(
            ("document", "revision", "approved", "generated", "accepted", "rejected", "problem"),
            (
                (each["document"], each["revision"], "yes" if each["reviewed"] else "no", each["generated"],
                 each["accepted"], each["rejected"], each["problem"])
                for each in report["documents"]
            ),
        ),
        "",
    )  # fmt: skip
    yield from _left_out(report["left_out"])
    yield from _warnings(report["warnings"])
    yield from (
        "## Licence and use",
        "",
        "The rows quote the documents above word for word: who may read the documents may read the rows, and nobody "
        "else. No licence is given with them.",
        "",
        "## Making it again",
        "",
        "`lineside dataset build DOCS --out DIR` with the same documents, the settings below and the same generator "
        "gives the same bytes.",
        "",
        *_table(("setting", "value"), report["settings"].items()),
    )


def _left_out(sources: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    rows = [(each["document"], each["revision"], each["why"]) for each in sources]
    if rows:
        yield from ("Not used:", "", *_table(("document", "revision", "why"), rows), "")


def _warnings(warnings: Iterable[str]) -> Iterator[str]:
    found = [f"- {each}" for each in warnings]
    if found:
        yield from ("## Warnings", "", *found, "")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or NOTHING


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(columns)
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: object) -> str:
    return " ".join(str("" if value is None else value).replace("|", "\\|").split())
