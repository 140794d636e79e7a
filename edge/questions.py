"""What answers people in a plant: the manuals' search, the assistant as a conversation, the models' states, voice."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

import httpx

from edge.assistant import Keys, plant_assistant
from edge.folder import DataFolder
from edge.speech import SpeechServer
from edge.stores import Stores
from edge.timer import now_us
from lineside.answering.models import ModelRow, Models, SpeechRow
from lineside.answering.writer import model_id_of
from lineside.api.chat import AssistantChat
from lineside.api.chat_models import ModelView
from lineside.api.voice import vocabulary_of
from lineside.assistant.plant import Plant
from lineside.errors import Unavailable
from lineside.manuals.library import Library
from lineside.manuals.search import ManualSearch
from lineside.manuals.settings import EmbedderRow
from lineside.manuals.shelf import Shelf
from lineside.site import Site

State = Literal["ready", "cold", "unavailable", "unknown"]
WHISPER = "whisper-1"
PROBE_SECONDS = 1.5
PROBED_FOR_SECONDS = 15.0
_LISTING = {"ollama": "/api/tags", "openai": "/models"}


def manual_search(library: Library, row: EmbedderRow | None, folder: DataFolder) -> ManualSearch:
    """The search of a plant's manuals. With an embedder, `learn` makes the vectors; until then words alone find."""
    if row is None or row.provider == "none":
        return ManualSearch(library)
    from edge.chroma import ChromaVectors
    from edge.embedders import embedder_of

    return ManualSearch(library, embedder_of(row), ChromaVectors(folder.vectors), learn=False)


def today_at(site: Site) -> date:
    """The plant's day."""
    return datetime.fromtimestamp(now_us() / 1e6, tz=UTC).astimezone(ZoneInfo(site.timezone)).date()


def plant_chat(
    site: Site, stores: Stores, library: Library, search: ManualSearch, models: Models, keys: Keys
) -> AssistantChat:
    """The conversation that the HTTP application offers."""
    looked_at = Plant(
        site=site,
        twin=stores.twin,
        alarms=stores.alarms,
        advisories=stores.advisories,
        memory=stores.memory,
        telemetry=stores.history,
        searcher=search,
        shelf=Shelf(library, partial(today_at, site)),
        remarks=stores.alarm_log,
    )
    return AssistantChat(
        plant_assistant(looked_at, models, keys),
        stores.conversations,
        now_us=now_us,
        new_id=lambda: secrets.token_urlsafe(16),
        models=ModelStates(models, keys).views,
        outcomes=stores.releases.outcomes,
    )


def voice_of(site: Site, row: SpeechRow | None, api_keys: Mapping[str, str]) -> SpeechServer | None:
    """Speech to text, where the models file names a server for it; the browser itself speaks."""
    if row is None:
        return None
    key = api_keys.get(row.api_key_env, "")
    return SpeechServer(row.url, vocabulary_of(site), model=row.model or WHISPER, key=key)


class ModelStates:
    """Whether the models' servers answer. They are asked at most every quarter of a minute, all at once."""

    def __init__(self, models: Models, keys: Keys, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rows, self._keys, self._monotonic = models.models, keys, monotonic
        self._views: list[ModelView] = []
        self._probed_at = -PROBED_FOR_SECONDS

    def views(self) -> list[ModelView]:
        if self._monotonic() - self._probed_at >= PROBED_FOR_SECONDS:
            with ThreadPoolExecutor(max_workers=max(1, len(self._rows))) as pool:
                self._views = list(pool.map(self._view, self._rows))
            self._probed_at = self._monotonic()
        return self._views

    def _view(self, row: ModelRow) -> ModelView:
        model, state, why = self._standing(row)
        return ModelView(name=row.name, provider=row.provider, model=model, roles=row.roles, state=state, why=why)

    def _standing(self, row: ModelRow) -> tuple[str, State, str]:
        """The model that a row means now, and whether it answers."""
        if row.provider == "offline":
            return "", "ready", "rules choose the tools, and answers are quoted from the evidence"
        if row.provider not in _LISTING:
            return row.model or row.alias, "unavailable", f"a plant does not call {row.provider}"
        try:
            model = model_id_of(row, self._keys.aliases)
        except Unavailable as error:
            return f"released as {row.alias}", "unavailable", str(error)
        return model, *self._probed(row, model)

    def _probed(self, row: ModelRow, model: str) -> tuple[State, str]:
        base = row.url.rstrip("/")
        if row.provider == "openai" and not base.endswith("/v1"):
            base += "/v1"
        key = self._keys.api_keys.get(row.api_key_env, "")
        try:
            answer = httpx.get(
                base + _LISTING[row.provider],
                timeout=PROBE_SECONDS,
                headers={"Authorization": f"Bearer {key}"} if key else {},
                trust_env=False,
            )
        except httpx.HTTPError as error:
            return "unavailable", f"{row.url} does not answer: {error or type(error).__name__}"
        if answer.is_error:
            return "unavailable", f"{row.url} answers {answer.status_code} {answer.reason_phrase}"
        if model.removesuffix(":latest") not in answer.text:
            return "unavailable", f"{row.url} does not have {model}"
        return "ready", ""
