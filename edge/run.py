"""Running a plant from the command line: what is printed, who watches, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rich.console import Console

from edge.demo import demo_login, demo_site_file, refuse_impossible, simulate
from edge.folder import locked
from edge.plant import Plant, PlantParts
from edge.screen import Explained, Messages, picture_when_explained, show
from edge.settings import PlantSettings
from edge.workers import Workers
from lineside.advice.model import Notification
from lineside.advice.sops import Sops, read_site_sops
from lineside.answering.models import OFFLINE, Models, read_models
from lineside.manuals.library import Library, library_of_site
from lineside.releases.settings import ReleaseSettings, read_release_settings
from lineside.site import Site, read_site

logger = logging.getLogger(__name__)

SITE_WITHOUT_FILE = Site(site="plant")


@dataclass(frozen=True)
class Watching:
    """How this run is watched. `started` is when the command began, in monotonic seconds."""

    demo: bool
    started: float
    svg: Path | None = None
    data: Path | None = None
    console: Console = field(default_factory=Console)
    environ: Mapping[str, str] = field(default_factory=dict)

    def keys_of(self, models: Models) -> dict[str, str]:
        """The keys that the models' rows name, out of the environment of this run."""
        named = {row.api_key_env for row in models.models} | ({models.speech.api_key_env} if models.speech else set())
        return {name: self.environ[name] for name in named if name in self.environ}

    @contextmanager
    def data_folder(self, given: Path | None) -> Iterator[Watching]:
        """The folder that was named; else a temporary one, which goes when the run ends."""
        if given is not None:
            yield replace(self, data=given)
            return
        with tempfile.TemporaryDirectory(prefix="lineside-demo-") as folder:
            yield replace(self, data=Path(folder))

    @property
    def live(self) -> bool:
        """Whether a person sees a picture rather than a log."""
        return self.demo and self.console.is_terminal and self.svg is None


def run_plant(settings: PlantSettings, watching: Watching) -> None:
    """Run until SIGINT or SIGTERM."""
    messages = Messages()
    _log_to(messages, watching)
    site_file = settings.site_file or (demo_site_file() if watching.demo else None)
    site = read_site(site_file) if site_file else SITE_WITHOUT_FILE
    if watching.demo:
        refuse_impossible(settings, site)
    sops = read_site_sops(site, site_file.parent) if site_file else Sops()
    library = partial(library_of_site, site, site_file.parent) if site_file else Library
    models = read_models(settings.models_file) if settings.models_file else OFFLINE
    training = read_release_settings(settings.training_file) if settings.training_file else ReleaseSettings()
    explained = Explained()
    with locked(settings.data) as folder:
        parts = PlantParts(
            settings, folder, site,
            sops=sops, library=library, models=models, training=training, api_keys=watching.keys_of(models),
            extra_logins=(demo_login(site),) if watching.demo else (),
            on_notification=partial(_tell, explained, watching),
        )  # fmt: skip
        asyncio.run(_run(Plant(parts), watching, messages, explained))


async def _run(plant: Plant, watching: Watching, messages: Messages, explained: Explained) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, stop.set)
    watchers = Workers(on_failure=partial(loop.call_soon_threadsafe, stop.set))
    end = partial(loop.call_soon_threadsafe, stop.set)
    stopping = asyncio.create_task(_stop_watchers(stop, watchers))
    try:
        await plant.run(stop, partial(_begin, plant, watching, messages, explained, watchers, end))
    finally:
        stop.set()
        await stopping
    if watchers.failure is not None:
        raise watchers.failure
    if watching.live:
        watching.console.print("Stopped; everything that was acknowledged is stored.")


async def _stop_watchers(stop: asyncio.Event, watchers: Workers) -> None:
    """The simulator and the view go first, so that the broker has nobody left when it closes."""
    await stop.wait()
    watchers.stop.set()
    await asyncio.to_thread(watchers.join)


def _begin(
    plant: Plant,
    watching: Watching,
    messages: Messages,
    explained: Explained,
    watchers: Workers,
    end: partial[asyncio.Handle],
) -> None:
    _greet(plant, watching)
    if watching.demo and plant.broker is not None:
        login = demo_login(plant.site)
        password = plant.passwords.password(login.name)
        images = (plant.http.address, plant.http.token)
        work = partial(simulate, plant.site, plant.broker.port, login, password, watchers.stop, logger.info, images)
        watchers.start("simulator", work)
    if watching.live:
        watchers.start("view", partial(show, plant, messages, watching.console, watchers.stop))
    if watching.svg is not None:
        work = partial(picture_when_explained, plant, messages, watching.svg, explained, watchers.stop, end)
        watchers.start("picture", work)


def _greet(plant: Plant, watching: Watching) -> None:
    say = partial(watching.console.print, highlight=False, soft_wrap=True)
    seconds = time.monotonic() - watching.started
    say(f"Lineside watches [bold]{plant.site.site}[/] after {seconds:.1f} s. Stop with Ctrl-C.")
    say(f"  open    {plant.http.url}")
    say(f"  MQTT    {plant.broker_address()}")
    if not plant.settings.broker:
        say(f"  logins  {plant.passwords.plain}  (one per device, readable by you only)")
    say(f"  data    {plant.settings.data}{'  (temporary; --data keeps it)' if _is_temporary(watching) else ''}")


def _is_temporary(watching: Watching) -> bool:
    return watching.data is not None and watching.data.name.startswith("lineside-demo-")


def _tell(explained: Explained, watching: Watching, notification: Notification) -> None:
    """What people are told, on the terminal; in the live view the advisory is in the picture already."""
    if not explained.hear(notification):
        return
    if not watching.live:
        watching.console.print(f"\n{notification.message}\n", highlight=False, markup=False, soft_wrap=True)
    if watching.demo and explained.messages == 1:
        logger.info("people were told %.1f s after the command", time.monotonic() - watching.started)


def _log_to(messages: Messages, watching: Watching) -> None:
    logging.captureWarnings(True)
    handler: logging.Handler = messages
    if not watching.live:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [messages] if handler is messages else [handler, messages]
    root.setLevel(logging.INFO)
    for name in ("apprise", "uvicorn", "websockets", "strands", "httpx", "chromadb", "pdfminer"):
        logging.getLogger(name).setLevel(logging.WARNING)
