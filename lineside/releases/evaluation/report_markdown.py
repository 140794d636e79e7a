"""The report as Markdown: the same words and tables, without the plots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lineside.releases.evaluation.examples import Example
from lineside.releases.evaluation.report_parts import About, Table, headline, how_measured, tables, troubles
from lineside.releases.evaluation.weigh import Weighed

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def report_markdown(weighed: Weighed, about: About | None = None) -> str:
    """Everything that anybody wrote is escaped, or stands in a code block that it cannot end."""
    about = about or About()
    found = weighed.evaluated
    told = [
        about.made_at and f"Made on {about.made_at}.",
        about.dataset and f"Dataset {about.dataset}.",
        *about.remarks,
    ]
    parts = [
        f"# Evaluation: {_plain(about.candidate)} against {_plain(about.base)}",
        f"**{'Passed' if found.passed else 'Not passed'}.** {_plain(headline(weighed))}",
        _bullets(found.reasons),
        _plain(" ".join(filter(None, told))),
        *map(_table, tables(weighed)),
        _list("What does not count, and why", [*weighed.left_out, *troubles(weighed)]),
        _examples("Unsafe answers of the candidate", weighed.unsafe),
        _examples("Where the candidate is worst", weighed.worst),
        _examples("Where the candidate is best", weighed.best),
        _list("How this was measured", how_measured(weighed)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(table: Table) -> str:
    lines = [table.columns, tuple("---" for _ in table.columns), *table.rows]
    ruled = "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)
    return f"## {_plain(table.title)}\n\n{_plain(table.note)}\n\n{ruled}"


def _cell(text: str) -> str:
    return text if text == "---" else _plain(text)


def _list(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n{_bullets(lines)}" if lines else ""


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_plain(line)}" for line in lines)


def _examples(title: str, shown: Iterable[Example]) -> str:
    found = "\n\n".join(map(_example, shown))
    return f"## {title}\n\n{found}" if found else ""


def _example(example: Example) -> str:
    of = ", ".join([*example.machines, example.category])
    lead = f", {example.lead:+.1f} marks" if example.lead else ""
    texts = (("Reference", example.reference), ("Base", example.base), ("Candidate", example.candidate))
    blocks = [f"{name}:\n\n{_block(text)}" for name, text in texts]
    head = f"### {_plain(example.question)}\n\n{_plain(of)}{lead} ({_plain(example.question_id)})"
    return "\n\n".join(filter(None, [head, *blocks, _bullets(example.remarks)]))


def _block(text: str) -> str:
    """A code block whose fence is longer than any in the text."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def _plain(text: str) -> str:
    """Words on one line that mean nothing to Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
