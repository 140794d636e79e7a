"""The demonstration: the simulated cookie line, connected to the plant's broker as real devices are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from edge.credentials import Login
from edge.settings import PlantSettings
from lineside.errors import Misconfigured
from lineside.site import Site

logger = logging.getLogger(__name__)

SITE_FILE = Path(__file__).parents[1] / "samples" / "site.yaml"
SEED = 1
PATIENCE_SECONDS = 30.0
MOST_WAITING = 500


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
    site: Site, port: int, login: Login, password: str, stop: threading.Event, on_fault: Callable[[str], None]
) -> None:
    """Run the cookie line until `stop`, over MQTT with its own name and password; its machines obey and answer."""
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
        run_demo(
            publish, site.site, login.line, SEED, stop, commanded=commanded,
            on_fault=lambda fault, _: on_fault(f"simulated fault begins: {fault.kind} at {fault.device}"),
        )  # fmt: skip
    finally:
        publisher.close()
