"""The demonstration: the simulated cookie line, connected to the plant's broker as real devices are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from edge.credentials import Login
from edge.settings import PlantSettings
from lineside.errors import Misconfigured
from lineside.site import Site

if TYPE_CHECKING:
    from simulator.demo import Look

logger = logging.getLogger(__name__)

SITE_FILE = Path(__file__).parents[1] / "samples" / "site.yaml"
SEED = 1
PATIENCE_SECONDS = 30.0
MOST_WAITING = 500
IMAGE_SECONDS = 10.0


def demo_site_file() -> Path:
    """The sample site, or `Misconfigured` where the samples are not beside the program."""
    if not SITE_FILE.is_file():
        raise Misconfigured(f"the demonstration needs the sample plant, and {SITE_FILE} is not there")
    return SITE_FILE


def refuse_impossible(settings: PlantSettings, site: Site) -> None:
    """The simulator publishes to the embedded broker, in plain MQTT, as the site's first line."""
    wrong = (
        (bool(settings.broker), "an external broker (--broker, LINESIDE_BROKER): the demonstration brings its own"),
        (settings.mqtt_certificate is not None, "TLS (--mqtt-cert): the simulated devices do not speak it"),
        (not site.lines, "a site file without a line: the simulated machines need one"),
    )
    if mistakes := tuple(what for is_so, what in wrong if is_so):
        raise Misconfigured("lineside up --demo cannot be combined with:", mistakes)


def demo_login(site: Site) -> Login:
    """The simulator speaks for its whole line."""
    line = site.lines[0].id
    return Login(f"{line}-simulator", line, gateway=True)


def simulate(
    site: Site,
    port: int,
    login: Login,
    password: str,
    stop: threading.Event,
    on_fault: Callable[[str], None],
    images: tuple[str, str],
) -> None:
    """Run the cookie line until `stop`, over MQTT with its own name and password; its machines obey and answer.

    `images`: the address of the plant's API and its token, for the camera, where the site has one at the inspector.
    """
    from simulator.commanded import Commanded, command_filter
    from simulator.demo import run_demo
    from simulator.publish import Broker, Outbox, Publisher

    def publish(topic: str, payload: bytes) -> None:
        publisher.send(topic, payload)
        publisher.drain(PATIENCE_SECONDS, down_to=MOST_WAITING)

    commanded = Commanded(publish, site.site, login.line)
    hears = command_filter(site.site, login.line)
    broker = Broker("127.0.0.1", port, login.name, password)
    publisher = Publisher(broker, Outbox(), hears=hears, on_heard=commanded.take)
    publisher.connect()
    try:
        with pictures(site, *images) as look:
            run_demo(
                publish, site.site, login.line, SEED, stop, commanded=commanded, look=look,
                on_fault=lambda fault, _: on_fault(f"simulated fault begins: {fault.kind} at {fault.device}"),
            )  # fmt: skip
    finally:
        publisher.close()


@contextmanager
def pictures(site: Site, url: str, token: str) -> Iterator[Look]:
    """What looks at the line and sends a picture every ten seconds; nothing does where the inspector has no camera."""
    from simulator.machines import INSPECTOR

    machine = site.lines[0].by_id.get(INSPECTOR)
    if machine is None or machine.camera is None:
        yield lambda _line, _at: None
        return
    import numpy as np

    from simulator.camera import Camera
    from simulator.photographs import Photographer, PlantImages

    plant = PlantImages(url, token)
    camera = Camera(np.random.default_rng([SEED, 3]), IMAGE_SECONDS)
    photographer = Photographer(camera, plant.send, tell=partial(logger.warning, "the camera: %s"))
    try:
        yield photographer.look
    finally:
        photographer.close()
        plant.close()
