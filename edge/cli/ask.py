"""`lineside ask`: one question, one answer, and what it rests on."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

if TYPE_CHECKING:
    from edge.assistant import Looked
    from lineside.answering.evidence import Citation, Fact
    from lineside.answering.models import Models
    from lineside.answering.writer import Aliases
    from lineside.assistant.agent import Assistant
    from lineside.assistant.events import Question, Reply

DATA = Path("lineside-data")


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know, in English, German or Chinese.")],
    site: Annotated[
        Path | None, typer.Option(help="The site file. \\[default: the site of the data folder, else the sample plant]")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A plant's data folder, read only. \\[default: ./lineside-data if it is there]")
    ] = None,
    models: Annotated[
        Path | None, typer.Option(help="Models as rows of YAML. \\[default: none; rules choose, answers quote]")
    ] = None,
    line: Annotated[str, typer.Option(help="Look at this line only.")] = "",
    language: Annotated[Literal["en", "de", "zh"], typer.Option(help="The language of the answer.")] = "en",
    at: Annotated[str, typer.Option(help="Ask as of this time, RFC 3339. \\[default: now]")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask about a plant: the answer, its citations and evidence, the tools that were called, and who answered.

    Nothing is changed by asking. The data folder may be that of a running plant.
    """
    from edge.assistant import plant_assistant, plant_at
    from lineside.assistant.agent import checked
    from lineside.assistant.events import Question

    now_us = _time(at)
    asked = Question(question, now_us, line=line, language=language)
    _refused_plainly(checked, asked)
    if data is not None and not data.is_dir():
        raise _misconfigured(f"there is no data folder {data}")
    folder = data or (DATA if DATA.is_dir() else None)
    with plant_at(folder, site, lambda: now_us) as looked, _aliases(folder) as aliases:
        rows = _models(models)
        assistant = plant_assistant(looked.plant, rows, _keys(rows, aliases))
        reply = asyncio.run(_answer(assistant, asked))
        typer.echo(as_json_object(reply, looked) if as_json else as_text(reply, looked))


async def _answer(assistant: Assistant, question: Question) -> Reply:
    """The last event of the turn; tool steps are shown while they run, where a person watches."""
    from lineside.assistant.events import Failed, Reply, ToolStarted
    from lineside.errors import Unavailable

    async for event in assistant.ask(question, threading.Event()):
        if isinstance(event, ToolStarted) and sys.stderr.isatty():
            typer.echo(f"{event.title} ...", err=True)
        if isinstance(event, Failed):
            raise Unavailable(event.detail) if event.retry else _misconfigured(event.detail)
        if isinstance(event, Reply):
            return event
    raise Unavailable("the turn ended without an answer")


def as_json_object(reply: Reply, looked: Looked) -> str:
    """One JSON object: the answer and everything it rests on."""
    import msgspec

    answer = {
        "answer": reply.text,
        "citations": [_citation(citation) for citation in reply.citations],
        "evidence": [*map(_fact, reply.facts), *map(_quotation, reply.citations)],
        "tools": [
            {"tool": each.tool, "title": each.title, "ok": each.ok, "summary": each.summary, "seconds": each.seconds}
            for each in reply.tools
        ],
        "model": reply.model,
        "router": reply.router,
        "known": reply.known,
        "replaced": reply.replaced,
        "choices": list(reply.choices),
        "looked_at": list(looked.sources),
    }
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()


def _citation(citation: Citation) -> dict[str, Any]:
    passage = citation.passage
    return {
        "number": citation.number,
        "document": passage.document,
        "revision": passage.revision,
        "title": passage.title,
        "page": passage.page,
        "section": passage.section,
        "step": passage.step,
        "quote": citation.quote,
        "reviewed": passage.reviewed,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    observed_at = _rendered(fact.observed_us)
    return {"text": fact.text, "tool": fact.tool, "value": fact.value, "unit": fact.unit, "observed_at": observed_at}


def _quotation(citation: Citation) -> dict[str, Any]:
    return {"text": citation.quote, "tool": "search_manuals", "value": None, "unit": "", "observed_at": None}


def as_text(reply: Reply, looked: Looked) -> str:
    """The answer first, then what it rests on."""
    replaced = [f"({reply.replaced})"] if reply.replaced else []
    citations = [f"[{citation.number}] {_place(citation)}" for citation in reply.citations]
    tools = [f"- {each.title}: {each.summary if each.ok else f'refused: {each.summary}'}" for each in reply.tools]
    by = f"Answered by {reply.model}, tools chosen by {reply.router}; looked at {'; '.join(looked.sources)}."
    return "\n".join([reply.text, "", *replaced, *citations, *tools, by])


def _place(citation: Citation) -> str:
    passage = citation.passage
    parts = (
        passage.document,
        passage.revision and f"rev {passage.revision}",
        passage.page and f"page {passage.page}",
        passage.section,
        passage.step and f"step {passage.step}",
    )
    return ", ".join(part for part in parts if part)


def _rendered(at_us: int) -> str | None:
    from lineside.telemetry.timestamps import render

    return render(at_us) if at_us else None


def _time(at: str) -> int:
    """Microseconds since 1970 of an RFC 3339 time, or now."""
    from datetime import datetime

    if not at:
        return time.time_ns() // 1_000
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _misconfigured(f"--at takes a time such as 2026-01-05T06:47:00Z, not {at!r}")
    return int(moment.timestamp() * 1_000_000)


def _models(file: Path | None) -> Models:
    from lineside.answering.models import OFFLINE, read_models

    return read_models(file) if file else OFFLINE


@contextmanager
def _aliases(folder: Path | None) -> Iterator[Aliases]:
    """The models that are released in this plant; none without a data folder."""
    from edge.releases import plant_releases
    from lineside.answering.writer import FixedAliases

    if folder is None:
        yield FixedAliases()
        return
    with plant_releases(folder, make=False) as releases:
        yield releases.aliases


def _keys(models: Models, aliases: Aliases) -> Any:
    """The keys of the rows, from the environment; this is the entry point."""
    from edge.assistant import Keys

    named = {row.api_key_env for row in models.models if row.api_key_env}
    return Keys(aliases, {name: os.environ.get(name, "") for name in named})


def _refused_plainly(check: Any, question: Question) -> None:
    """A question that cannot be asked is a mistake of whoever wrote the command."""
    from lineside.errors import Refused

    try:
        check(question)
    except Refused as refused:
        raise _misconfigured(str(refused)) from refused


def _misconfigured(sentence: str) -> Exception:
    from lineside.errors import Misconfigured

    return cast(Exception, Misconfigured(sentence))
