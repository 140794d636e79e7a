"""What an evaluation found, for people (Markdown, HTML) and for programs (JSON)."""

from __future__ import annotations

import msgspec

from lineside.releases.evaluation.report_html import report_html
from lineside.releases.evaluation.report_markdown import report_markdown
from lineside.releases.evaluation.report_parts import About
from lineside.releases.evaluation.weigh import Weighed

__all__ = ["About", "files_of", "report_html", "report_markdown"]


def files_of(weighed: Weighed, about: About | None = None) -> dict[str, bytes]:
    """The report's files by their names."""
    return {
        "report.md": report_markdown(weighed, about).encode(),
        "report.html": report_html(weighed, about).encode(),
        "evaluation.json": msgspec.json.format(msgspec.json.encode(weighed), indent=1) + b"\n",
    }
