"""The assistant of a plant: its stores, its library, and the models that its `models.yaml` names."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edge.demo import demo_site_file
from edge.folder import DataFolder
from edge.model_servers import plant_writers
from lineside.answering.chain import Chain
from lineside.answering.models import OFFLINE, ModelRow, Models
from lineside.answering.writer import Aliases, FixedAliases, model_id_of
from lineside.assistant.agent import Assistant, Router
from lineside.assistant.plant import Plant
from lineside.errors import Misconfigured
from lineside.manuals.library import Library, library_of_site
from lineside.manuals.search import ManualSearch
from lineside.manuals.shelf import Shelf
from lineside.site import Site, read_site

if TYPE_CHECKING:
    from strands.models.model import Model

CONNECT_SECONDS = 3.0
_ROUTED_BY = frozenset(("ollama", "openai"))


@dataclass(frozen=True)
class Keys:
    """What model rows need beside themselves: released models by alias, and keys by the variable that holds them."""

    aliases: Aliases
    api_keys: Mapping[str, str]

    @classmethod
    def none(cls) -> Keys:
        return cls(FixedAliases(), {})


def plant_assistant(plant: Plant, models: Models = OFFLINE, keys: Keys | None = None) -> Assistant:
    """The assistant of a plant; with the offline row alone, rules and quotations."""
    keys = keys or Keys.none()
    writers = plant_writers(models, keys.aliases, keys.api_keys)
    chain = Chain(writers, plant.site, time.monotonic, keys.aliases) if writers else None
    return Assistant(plant, plant_routers(models, keys), chain)


def plant_routers(models: Models, keys: Keys | None = None) -> tuple[Router, ...]:
    """The rows that are trusted with tools, in their order, up to the offline row: from there on rules route."""
    known = keys or Keys.none()
    rows = list(models.routers)
    offline = next((at for at, row in enumerate(rows) if row.provider == "offline"), len(rows))
    return tuple(
        Router(row.name, partial(strands_model, row, known))
        for row in rows[:offline]
        if row.tools and row.provider in _ROUTED_BY
    )


def strands_model(row: ModelRow, keys: Keys) -> Model:
    """A Strands model for one row. Raises `Unavailable` while nothing is released under its alias."""
    model_id = model_id_of(row, keys.aliases)
    return _ollama(row, model_id) if row.provider == "ollama" else _openai(row, model_id, keys.api_keys)


def _ollama(row: ModelRow, model_id: str) -> Model:
    import httpx
    from strands.models.ollama import OllamaModel

    class Uncounted(OllamaModel):
        """Servers that speak as Ollama does, but count neither tokens nor time, are understood too."""

        def format_chunk(self, event: dict[str, Any]) -> Any:
            counts = event["data"] if event["chunk_type"] == "metadata" else None
            for name in ("prompt_eval_count", "eval_count", "total_duration"):
                if counts is not None and getattr(counts, name) is None:
                    setattr(counts, name, 0)
            return super().format_chunk(event)

    timeout = httpx.Timeout(row.timeout_seconds, connect=CONNECT_SECONDS)
    return Uncounted(
        row.url,
        # Strands makes a client for each call and closes none: so that no connection is left behind, none is kept.
        ollama_client_args={"timeout": timeout, "trust_env": False, "headers": {"Connection": "close"}},
        model_id=model_id,
        temperature=row.temperature,
        max_tokens=row.max_tokens,
        options={"num_ctx": row.context_tokens},
        context_window_limit=row.context_tokens,
    )


def _openai(row: ModelRow, model_id: str, api_keys: Mapping[str, str]) -> Model:
    from strands.models.openai import OpenAIModel

    base = row.url.rstrip("/")
    return OpenAIModel(
        client_args={
            "base_url": base if base.endswith("/v1") else f"{base}/v1",
            "api_key": api_keys.get(row.api_key_env) or "none",
            "timeout": row.timeout_seconds,
            "max_retries": 1,
        },
        model_id=model_id,
        params={"temperature": row.temperature, "max_tokens": row.max_tokens},
        context_window_limit=row.context_tokens,
    )


@dataclass(frozen=True)
class Looked:
    """A plant as `lineside ask` finds it, and in words what was looked at."""

    plant: Plant
    sources: tuple[str, ...]


@contextmanager
def plant_at(data: Path | None, site_file: Path | None, now_us: Callable[[], int]) -> Iterator[Looked]:
    """A plant to be asked about: its data folder, read only and also while it runs, or its documents alone."""
    folder = DataFolder(data) if data else None
    site_file = site_file or _site_file(folder)
    site = read_site(site_file) if site_file else Site(site=_site_in(folder))
    library = library_of_site(site, site_file.parent) if site_file else Library()
    with ExitStack() as opened:
        plant = _opened(folder, site, library, now_us, opened)
        yield Looked(plant, tuple(_sources(folder, site_file, site, library)))


def _opened(
    folder: DataFolder | None, site: Site, library: Library, now_us: Callable[[], int], opened: ExitStack
) -> Plant:
    """The stores that are there; those that are not are empty, for nothing may be created by asking."""
    from edge.files import FileObjects
    from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
    from edge.sqlite_people import People, SqliteAlarmLog
    from edge.sqlite_twin import SqliteTwin
    from lineside.lake.history import History

    records = Records(_there(folder.records if folder else None))
    opened.callback(records.close)
    twin = SqliteTwin(_there(folder.twin if folder else None))
    opened.callback(twin.close)
    people = People(_there(folder.people if folder else None))
    opened.callback(people.close)
    history = None
    if folder and folder.lake.is_dir():
        history = History(FileObjects(folder.lake))
        opened.callback(history.close)
    return Plant(
        site=site,
        twin=twin,
        alarms=SqliteAlarmStore(records),
        advisories=SqliteAdvisoryStore(records),
        memory=SqliteMemoryStore(records),
        telemetry=history,
        searcher=ManualSearch(library) if library.documents else None,
        shelf=Shelf(library, partial(_today, site, now_us)) if library.documents else None,
        remarks=SqliteAlarmLog(people),
    )


def _there(file: Path | None) -> Path | None:
    """The file if it is there; a store without one is empty and goes with the process."""
    return file if file is not None and file.is_file() else None


def _site_file(folder: DataFolder | None) -> Path | None:
    """The sample site where no data says otherwise; None for a folder of another site."""
    sample = demo_site_file()
    found = _site_in(folder)
    return sample if not found or found == read_site(sample).site else None


def _site_in(folder: DataFolder | None) -> str:
    """The site that a data folder's twins belong to; "" where there are none."""
    file = _there(folder.twin if folder else None)
    if file is None:
        return ""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT site FROM twin LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise Misconfigured(f"{file} cannot be read: {error}") from error
    return str(found[0]) if found else ""


def _sources(folder: DataFolder | None, site_file: Path | None, site: Site, library: Library) -> Iterator[str]:
    yield f"site {site.site} ({site_file})" if site_file else f"site {site.site}, without a site file"
    if folder and _there(folder.twin):
        yield f"data folder {folder.root}"
    else:
        yield "no data folder: nothing is known of what happens on the line"
    unread = sum(bool(document.problem) for document in library.documents)
    yield f"{len(library.documents)} documents" + (f", {unread} of them not fully readable" if unread else "")


def _today(site: Site, now_us: Callable[[], int]) -> date:
    return datetime.fromtimestamp(now_us() / 1e6, tz=UTC).astimezone(ZoneInfo(site.timezone)).date()
