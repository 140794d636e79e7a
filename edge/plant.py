"""The plant process: everything is made and connected here, once, and nowhere else.

Threads: the event loop (broker), the inbox's committer, the drain (the lake's only writer), one advisor per line,
compaction, the HTTP API. Start: the broker listens as soon as the inbox is open. Stop: the broker first, then the
rest drains what is acknowledged; what cannot be drained stays in the inbox for the next start.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from edge.commanding import PlantCommands
from edge.credentials import Login, PasswordFile, logins_of
from edge.drain import Drain
from edge.folder import DataFolder
from edge.http_server import HttpServer
from edge.inspecting import PlantInspections
from edge.notifications import PlantNotifier
from edge.releases import WATCH_SECONDS
from edge.settings import PlantSettings
from edge.stores import Stores
from edge.timer import every, now_us
from edge.topics import Rights
from edge.workers import Workers
from lineside.advice.model import Notification
from lineside.advice.sops import Sops
from lineside.answering.models import OFFLINE, Models
from lineside.errors import Conflict, Misconfigured, Unavailable
from lineside.line.replay import Replayed, replay
from lineside.manuals.library import Library
from lineside.releases.settings import ReleaseSettings
from lineside.site import UNASSIGNED_LINE, Site
from lineside.telemetry.timestamps import render

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from edge.assistant import Keys
    from edge.aws_iot import AwsIot
    from lineside.advice.ports import Wording
    from lineside.api.models import HealthView
    from lineside.api.services import Services
    from lineside.manuals.search import ManualSearch

logger = logging.getLogger(__name__)

BUILT_CONSOLE = Path(__file__).parents[1] / "frontend" / "dist"
COMPACT_SECONDS = 600.0
LEARN_AGAIN_SECONDS = 60.0
FIRST_TICK_SECONDS = 10.0
"""A plant that was down looks at what it missed soon after the start, not a whole tick later."""


class RunningBroker(Protocol):
    """What the plant asks of either broker once it runs."""

    refused: int
    trouble: str
    """Why no device is heard, in one sentence; empty while all is well."""

    @property
    def port(self) -> int: ...


@dataclass(frozen=True)
class PlantParts:
    """What a plant is made from. `on_notification` hears what people hear."""

    settings: PlantSettings
    folder: DataFolder
    site: Site
    sops: Sops = field(default_factory=Sops)
    library: Callable[[], Library] = Library
    """Reads the manuals: called once, when somebody may ask, because that takes longer than a device should wait."""
    models: Models = OFFLINE
    training: ReleaseSettings = field(default_factory=ReleaseSettings)
    api_keys: Mapping[str, str] = field(default_factory=dict)
    """The values of the environment variables that the models' rows name."""
    extra_logins: tuple[Login, ...] = ()
    on_notification: Callable[[Notification], None] | None = None

    @property
    def logins(self) -> tuple[Login, ...]:
        return (*logins_of(self.site), *self.extra_logins)


class Plant:
    """One plant. Making it opens everything, so that what is wrong is said before anything runs; `run` works."""

    def __init__(self, parts: PlantParts) -> None:
        self._parts, self.site, self.settings = parts, parts.site, parts.settings
        self.notifier = PlantNotifier(parts.site, parts.settings.notify, parts.on_notification)
        self.passwords = PasswordFile(parts.folder.logins)
        self.made_logins = 0 if parts.settings.broker else self.passwords.add_missing(parts.logins)
        with ExitStack() as opened:
            self.stores = Stores(parts.folder, parts.site.site)
            opened.callback(self.stores.close)
            self.commands = PlantCommands(parts.folder, parts.site, self.stores.twin, self.stores.alarms)
            opened.callback(self.commands.close)
            self.aws_iot = self._make_aws_iot()
            opened.callback(self.aws_iot.close if self.aws_iot else lambda: None)
            self.inspections = PlantInspections(
                parts.folder, parts.site, self.stores.quarantine, parts.models, parts.api_keys,
                count=self.stores.inbox.count,
            )  # fmt: skip
            opened.callback(self.inspections.close)
            self.http = HttpServer(parts.settings)
            opened.callback(self.http.close)
            self._opened = opened.pop_all()
        self.broker: RunningBroker | None = None
        self.drain = Drain(
            self.stores.inbox, self.site, self.stores, self.stores.twin, self.stores.quarantine,
            drain_seconds=self.settings.drain_seconds,
        )  # fmt: skip
        self._stopping = threading.Event()
        self._services: Services | None = None
        self._making_services = threading.Lock()
        self._started_us = now_us()
        self._last_tick: dict[str, str] = {}
        self._tick_troubles: dict[str, str] = {}

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Work until `stop`, then drain and close. Raises what made a part fail."""
        workers = Workers(on_failure=partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))
        try:
            stop_broker = await self._start_broker()
            self._start(workers)
            on_ready()
            await stop.wait()
            self._stopping.set()
            await stop_broker()
            self.http.stop()
            workers.stop.set()
            await asyncio.to_thread(workers.join)
            logger.info("stopped; %d messages wait in the inbox for the next start", self.stores.inbox.backlog)
        finally:
            await asyncio.to_thread(self._opened.close)
        if workers.failure is not None:
            raise workers.failure

    def application(self) -> ASGIApp:
        """What the HTTP server serves: the API and the console, behind the plant's door."""
        from edge.door import plant_application
        from edge.provider import provider_of

        stores, http = self.stores, self.http
        provider = provider_of(self.settings)
        return plant_application(self.services(), stores.accounts, http.token, http.hosts, provider)

    def services(self) -> Services:
        """What the HTTP API and the terminal view see of the plant; made when first asked, and once."""
        with self._making_services:
            if self._services is None:
                self._services = self._make_services()
            return self._services

    def _make_services(self) -> Services:
        from edge.provider import oidc_view
        from edge.questions import plant_chat, today_at, voice_of
        from edge.what_if import PlantWhatIf
        from lineside.api.documents import LibraryDocuments
        from lineside.api.ports import Console
        from lineside.api.services import Services
        from simulator.what_if import CookieLineModel

        parts, stores = self._parts, self.stores
        return Services(
            site=self.site,
            twin=stores.twin,
            alarms=stores.alarms,
            advisories=stores.advisories,
            memory=stores.memory,
            quarantine=stores.quarantine,
            alarm_log=stores.alarm_log,
            conversations=stores.conversations,
            feedback=stores.feedback,
            telemetry=stores.history,
            now_us=now_us,
            health=self.health,
            replay_quarantine=self.replay_quarantine,
            chat=plant_chat(self.site, stores, self.library, self.manuals, parts.models, self._keys()),
            documents=LibraryDocuments(self.library, partial(today_at, self.site)),
            voice=voice_of(self.site, parts.models.speech, parts.api_keys),
            accounts=stores.accounts,
            releases=stores.releases.desk,
            outcomes=stores.releases.outcomes,
            verdicts=stores.verdicts,
            control=self.commands.desk,
            inspections=self.inspections.desk,
            what_if=PlantWhatIf(self.site, stores.history, CookieLineModel()),
            console=Console(self.settings.console or _built_console(), oidc_view(self.settings)),
            version=version("lineside"),
            streams_lines=True,
            stopping=self._stopping,
        )

    def _keys(self) -> Keys:
        from edge.assistant import Keys

        return Keys(self.stores.releases.aliases, self._parts.api_keys)

    @cached_property
    def library(self) -> Library:
        """The manuals and procedures of the site."""
        return self._parts.library()

    @cached_property
    def manuals(self) -> ManualSearch:
        """The search of the manuals."""
        from edge.questions import manual_search

        return manual_search(self.library, self._parts.models.embedder, self._parts.folder)

    def health(self) -> HealthView:
        """Whether everything works, and the counters."""
        from lineside.api.models import HealthView

        inbox = self.stores.inbox
        counters: dict[str, int] = {}
        troubles = [inbox.trouble, self.drain.trouble, self.stores.releases.trouble, *self._tick_troubles.values()]
        troubles += [self.commands.trouble, self.inspections.trouble, self.inspections.intake.trouble]
        troubles += [each.trouble for each in (self.broker, self.aws_iot) if each]
        troubles += [self.manuals.trouble] if self._services is not None else []
        try:
            troubles += self.stores.damaged_files()
            counters = inbox.counters()
        except Unavailable as error:
            troubles.append(str(error))
        told = tuple(trouble for trouble in troubles if trouble)
        return HealthView(
            status="degraded" if told else "ok",
            troubles=told,
            site=self.site.site,
            version=version("lineside"),
            started_at=render(self._started_us),
            broker=self.broker_address(),
            inbox_backlog=inbox.backlog,
            unacknowledged=inbox.undurable,
            refused=self.broker.refused if self.broker else 0,
            counters=counters,
            unknown_devices=tuple(sorted(self.drain.unknown_devices)),
            last_tick=dict(self._last_tick),
        )

    def broker_address(self) -> str:
        """Where devices publish to, without anybody's password."""
        if self.settings.broker:
            return self.settings.broker.rpartition("@")[2]
        port = self.broker.port if self.broker else self.settings.mqtt_port
        return f"{self.settings.mqtt_host}:{port}"

    def replay_quarantine(self) -> Replayed:
        """Try what is quarantined again; the counters move with it."""
        stores = self.stores
        with self.drain.between:
            replayed = replay(stores.quarantine, self.site, stores.lake, stores.twin, now_us())
            stored, duplicates = replayed.outcome.stored, replayed.outcome.duplicates
            received = stored + duplicates - replayed.readings
            moved = {"stored": stored, "duplicate": duplicates, "quarantined": -replayed.readings}
            stores.inbox.count({**moved, "received": received})
        return replayed

    async def _start_broker(self) -> Callable[[], Awaitable[None]]:
        """Begin to hear devices. Returns what ends it."""
        heard = self.inspections.sorted_with(self.commands.sorted_with(self.stores.inbox))
        if self.settings.broker:
            from edge.external_broker import ExternalBroker

            external = ExternalBroker(self.settings.broker, self.site.site, heard, now_us)
            await asyncio.to_thread(external.start)
            self.commands.use_external(external)
            self.broker = external
            return partial(asyncio.to_thread, external.stop)
        from edge.broker import Listen, start_broker

        settings = self.settings
        listen = Listen(settings.mqtt_host, settings.mqtt_port, settings.mqtt_certificate, settings.mqtt_key)
        rights = Rights(self.site.site, {login.name: login for login in self._parts.logins})
        embedded = await start_broker(
            listen, self.passwords, rights, heard, now_us, any_port_if_taken=settings.any_port_if_taken
        )
        self.commands.use_embedded(embedded, asyncio.get_running_loop())
        self.broker = embedded
        shutdown: Callable[[], Awaitable[None]] = embedded.shutdown
        return shutdown

    def _make_aws_iot(self) -> AwsIot | None:
        """The way by which the cloud may command this plant; None where nobody asked for one."""
        if not self.settings.aws_iot:
            return None
        from edge.aws_iot import AwsIot

        return AwsIot(self.settings, self._parts.folder, self.site, self.commands.transport)

    def _start(self, workers: Workers) -> None:
        workers.start("drain", partial(self.drain.run, workers.stop))
        self.commands.start(workers)
        if self.aws_iot:
            self.aws_iot.start(workers)
        self.inspections.start(workers)
        workers.start("api", lambda: self.http.run(self.application()))
        workers.start("compaction", partial(every, COMPACT_SECONDS, self._compact, workers.stop, name="compaction"))
        watch = partial(self.stores.releases.watch, self._parts.training.canary)
        workers.start("canary", partial(every, WATCH_SECONDS, watch, workers.stop, name="the canary's watch"))
        if self._parts.models.embedder is not None:
            workers.start("manuals", partial(self._learn_manuals, workers))
        for line_id in (*(line.id for line in self.site.lines), UNASSIGNED_LINE):
            workers.start(f"advisor of {line_id}", partial(self._advise, line_id, workers))

    def _wording(self) -> Wording | None:
        """Who words the advisories; None where no model's server is configured."""
        from edge.model_servers import plant_writers

        keys = self._keys()
        writers = plant_writers(self._parts.models, keys.aliases, keys.api_keys)
        if not writers:
            return None
        from lineside.advice.wording import BUDGET_SECONDS, ChainWording
        from lineside.answering.chain import Chain

        budget_seconds = min(BUDGET_SECONDS, self.settings.tick_seconds / 2)
        return ChainWording(Chain(writers, self.site, time.monotonic, keys.aliases), budget_seconds=budget_seconds)

    def _learn_manuals(self, workers: Workers) -> None:
        """Make the vectors of the manuals; until the embedder answers, words alone find."""
        self.services()  # which opens the search, once
        while not workers.stop.is_set() and not self._learned():
            workers.stop.wait(LEARN_AGAIN_SECONDS)

    def _learned(self) -> bool:
        try:
            return self.manuals.learn()
        except Misconfigured as error:
            # A model that is missing on its server can be put there while the plant runs.
            self.manuals.trouble = str(error)
            return False

    def _advise(self, line_id: str, workers: Workers) -> None:
        from lineside.advice.advisor import Advisor

        stores = self.stores
        advisor = Advisor(
            self.site, stores.lake, stores.alarms, stores.advisories, stores.memory, self.notifier, self._parts.sops,
            wording=self._wording(), inspections=self.inspections.pieces,
        )  # fmt: skip
        seconds = self.settings.tick_seconds
        first_seconds = min(seconds, FIRST_TICK_SECONDS)
        act = partial(self._tick, advisor.tick, line_id)
        every(seconds, act, workers.stop, name=f"the advisor of {line_id}", first_seconds=first_seconds)

    def _tick(self, tick: Callable[[str, int], object], line_id: str) -> None:
        at_us = now_us()
        try:
            tick(line_id, at_us)
            self.commands.automate(line_id, self.notifier)
        except (Unavailable, Conflict) as error:
            self._tick_troubles[line_id] = f"the advisor of {line_id} did not finish: {error}"
            raise
        except Exception as error:
            # Ingest must outlive a mistake in detection. It is said in /health and in the log at every tick, and the
            # old memory stays, so that a repaired version looks at the same window again.
            logger.exception("the advisor failed: line=%s", line_id)
            self._tick_troubles[line_id] = f"the advisor of {line_id} failed: {type(error).__name__}: {error}"
            return
        self._tick_troubles.pop(line_id, None)
        self._last_tick[line_id] = render(at_us)

    def _compact(self) -> None:
        """Closed hours only, and never while a batch may have to be repeated: its files must still be its own."""
        for line_id in (*(line.id for line in self.site.lines), UNASSIGNED_LINE):
            with self.drain.between:
                if self.drain.settled:
                    self.stores.lake.compact(self.site.site, line_id, now_us())


def _built_console() -> Path | None:
    return BUILT_CONSOLE if (BUILT_CONSOLE / "index.html").is_file() else None
