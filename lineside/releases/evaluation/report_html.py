"""The report as one page: no script, nothing fetched, for a phone, a screen and paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from lineside.releases.evaluation.examples import Example
from lineside.releases.evaluation.plots import bars
from lineside.releases.evaluation.report_parts import About, Table, headline, how_measured, tables, troubles
from lineside.releases.evaluation.weigh import Weighed

STYLE: Final = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a;
  background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #8a8a8a; padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
.verdict { padding: .75rem 1rem; border: 2px solid; border-left-width: .75rem; }
.passed { border-color: #1b5e20; background: #eef7ee; }
.failed { border-color: #9a1b1b; background: #fdf0f0; }
.verdict strong { font-size: 1.25rem; }
.note { color: #4a4a4a; margin: .25rem 0 .75rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #c4c4c4; vertical-align: top;
  overflow-wrap: normal; }
.plot { display: block; width: 100%; max-width: 30rem; height: auto; margin: .5rem 0 1rem; }
.plot text { font: 13px system-ui, sans-serif; fill: #1a1a1a; }
.plot .value { font-weight: 600; }
.plot .axis { font-size: 12px; fill: #4a4a4a; }
.plot .better { fill: #2f6db3; } .plot .worse { fill: #b3402f; } .plot .faint { fill: #b9b9b9; }
.plot .interval { stroke: #111; stroke-width: 1.5; } .plot .zero { stroke: #4a4a4a; stroke-width: 1; }
.example { border: 1px solid #8a8a8a; padding: .5rem .75rem; margin: .75rem 0; break-inside: avoid; }
.example dt { font-weight: 600; margin-top: .5rem; }
.example dd { margin: 0; white-space: pre-wrap; }
.example dl, .example ul { margin: 0 0 .5rem; }
@media screen and (max-width: 40rem) {
  table, tbody, tr, th, td { display: block; } thead { display: none; } td:empty { display: none; }
  th[scope=row] { border: 0; padding-bottom: 0; } tr { border-bottom: 1px solid #8a8a8a; padding: .25rem 0; }
  td { display: grid; grid-template-columns: 9rem 1fr; border: 0; padding: .1rem 0; }
  td::before { content: attr(data-label); color: #4a4a4a; }
}
@media (min-width: 60rem) { .answers { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.5rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } section { break-inside: auto; }
  h2, h3 { break-after: avoid; } table, .plot { break-inside: avoid; } .scroll { overflow: visible; }
  .plot { max-width: 11cm; } }
"""


def report_html(weighed: Weighed, about: About | None = None) -> str:
    """A whole HTML document. Everything that anybody wrote is escaped."""
    about = about or About()
    title = f"Evaluation: {about.candidate} against {about.base}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        _verdict(weighed),
        _about(about),
        *(_table(table, number) for number, table in enumerate(tables(weighed))),
        _list("What does not count, and why", [*weighed.left_out, *troubles(weighed)]),
        _examples("Unsafe answers of the candidate", weighed.unsafe),
        _examples("Where the candidate is worst", weighed.worst),
        _examples("Where the candidate is best", weighed.best),
        _list("How this was measured", how_measured(weighed)),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(filter(None, parts))
        + "\n</main>\n</body>\n</html>\n"
    )


def _verdict(weighed: Weighed) -> str:
    passed = weighed.evaluated.passed
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in weighed.evaluated.reasons)
    return (
        f'<div class="verdict {"passed" if passed else "failed"}"><strong>{"Passed" if passed else "Not passed"}'
        f"</strong><p>{escape(headline(weighed))}</p>{f'<ul>{reasons}</ul>' if reasons else ''}</div>"
    )


def _about(about: About) -> str:
    told = [
        about.made_at and f"Made on {about.made_at}.",
        about.dataset and f"Dataset {about.dataset}.",
        *about.remarks,
    ]
    text = " ".join(filter(None, told))
    return f'<p class="note">{escape(text)}</p>' if text else ""


def _table(table: Table, number: int) -> str:
    head = "".join(f'<th scope="col" role="columnheader">{escape(column)}</th>' for column in table.columns)
    body = "".join(
        f'<tr role="row"><th scope="row" role="rowheader">{escape(row[0])}</th>{_cells(table, row)}</tr>'
        for row in table.rows
    )
    plot = bars(table.title, table.axis, table.bars, number) if table.bars else ""
    label = escape(f"{table.title}, as a table")
    return (
        f'<section><h2>{escape(table.title)}</h2>\n<p class="note">{escape(table.note)}</p>\n{plot}'
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
        f'<table role="table"><thead><tr role="row">{head}</tr></thead><tbody>{body}</tbody></table></div></section>'
    )


def _cells(table: Table, row: Sequence[str]) -> str:
    """Each cell knows its column: on a phone a row is shown as a list. Roles stay, whatever the style makes of it."""
    pairs = zip(table.columns[1:], row[1:], strict=True)
    return "".join(f'<td role="cell" data-label="{escape(name)}">{escape(cell)}</td>' for name, cell in pairs)


def _list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<section><h2>{escape(title)}</h2>\n<ul>{items}</ul></section>" if lines else ""


def _examples(title: str, shown: Iterable[Example]) -> str:
    found = "\n".join(map(_example, shown))
    return f"<section><h2>{escape(title)}</h2>\n{found}</section>" if found else ""


def _example(example: Example) -> str:
    of = ", ".join([*example.machines, example.category])
    lead = f" · {example.lead:+.1f} marks" if example.lead else ""
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in example.remarks)
    return (
        f'<article class="example"><h3>{escape(example.question)}</h3>'
        f'<p class="note">{escape(of)}{escape(lead)} · {escape(example.question_id)}</p>'
        f"<dl><dt>Reference</dt><dd>{escape(example.reference)}</dd></dl>"
        f'<div class="answers"><dl><dt>Base</dt><dd>{escape(example.base)}</dd></dl>'
        f"<dl><dt>Candidate</dt><dd>{escape(example.candidate)}</dd></dl></div>"
        f"{f'<ul>{remarks}</ul>' if remarks else ''}</article>"
    )
