"""A broker that the plant already has: we subscribe, and acknowledge only what is on our disk."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import SplitResult, unquote, urlsplit

from edge.command_wires import KeepsMessages
from edge.mqtt_session import MqttSession, Server, Tls
from edge.topics import image_filter, response_filter
from lineside.errors import Misconfigured


class ExternalBroker(MqttSession):
    """The session with an external broker. It is a `CommandWire`, too: Mosquitto does not say who listens, so what is
    published while we are connected counts as heard."""

    def __init__(self, address: str, site: str, inbox: KeepsMessages, now_us: Callable[[], int]) -> None:
        """`address` is `mqtt://user:password@host:port` or `mqtts://`; `Misconfigured` when it is not."""
        url, self.port = _read(address)
        server = Server(
            url.hostname or "",
            self.port,
            client_id=f"lineside-{site}",
            name=f"the broker at {url.hostname or ''}:{self.port}",
            mend_login="see user and password of --broker",
            mend_rights="see its access list",
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
            tls=Tls() if url.scheme == "mqtts" else None,
        )
        super().__init__(server, [f"dt/lineside/{site}/#"], [response_filter(site), image_filter(site)], inbox, now_us)
        self.refused = 0

    def reaches(self, topic: str) -> bool:  # noqa: ARG002  the broker alone knows
        return self.connected


def _read(address: str) -> tuple[SplitResult, int]:
    """The address's parts and its port. The error shows nothing of it: a password may be in any part."""
    try:
        url = urlsplit(address)
        (url.hostname or "").encode("idna")
        return url, url.port or (8883 if url.scheme == "mqtts" else 1883)
    except ValueError:
        raise Misconfigured(
            "broker: it is given as mqtt://user:password@host:port; in user and password write @ / : # ? % as "
            "%40 %2F %3A %23 %3F %25"
        ) from None
