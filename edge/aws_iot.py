"""The plant's session with AWS IoT: outbound only, by MQTT over TLS, with a certificate of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from edge.aws_bridge import AwsBridge, PlantSide, things_of
from edge.aws_errands import AwsErrands
from edge.aws_topics import command_filters, shadow_filters
from edge.mqtt_session import MqttSession, Server, Tls
from edge.timer import now_us
from lineside.errors import Misconfigured

if TYPE_CHECKING:
    from edge.folder import DataFolder
    from edge.settings import PlantSettings
    from edge.workers import Workers
    from lineside.site.model import Site


class AwsIot:
    """The bridge and its session. The file is opened here, and closed with it."""

    def __init__(self, settings: PlantSettings, folder: DataFolder, site: Site, plant: PlantSide) -> None:
        """Raises `Misconfigured` where nothing can be commanded, or the certificate cannot be used."""
        topics = [each for thing, kinds in things_of(site).items() for each in _filters(thing, kinds)]
        if not topics:
            raise Misconfigured(
                "aws-iot: no machine of the site file has a command point, so the cloud has nothing to ask"
            )
        self._errands = AwsErrands(folder.aws_errands)
        self.bridge = AwsBridge(site, self._errands, plant, now_us)
        try:
            self._session = MqttSession(
                server_of(settings, site.site), topics, (), self.bridge, now_us, self.bridge.on_ready
            )
        except Misconfigured:
            self.close()
            raise
        self.bridge.connect(self._session)

    @property
    def trouble(self) -> str:
        """Why the cloud cannot command this plant, in one sentence."""
        return self._session.trouble or self.bridge.trouble

    def start(self, workers: Workers) -> None:
        """Go on with what a process that ended left, and work until told to stop."""
        workers.start("AWS IoT", lambda: self._run(workers.stop))

    def close(self) -> None:
        self._errands.close()

    def _run(self, stop: threading.Event) -> None:
        self._session.start()
        try:
            self.bridge.run(stop)
        finally:
            self._session.stop()


def server_of(settings: PlantSettings, site: str) -> Server:
    host, _, port = settings.aws_iot.partition(":")
    return Server(
        host,
        int(port or 8883),
        client_id=settings.aws_iot_client or f"lineside-{site}",
        name=f"AWS IoT at {host}",
        mend_login="see the certificate of --aws-iot-certificate and its policy",
        mend_rights="see the policy of the certificate",
        tls=Tls(settings.aws_iot_ca, settings.aws_iot_certificate, settings.aws_iot_key),
    )


def _filters(thing: str, kinds: frozenset[str]) -> list[str]:
    commands = command_filters(thing) if "command" in kinds else []
    return commands + (shadow_filters(thing) if "shadow" in kinds else [])
