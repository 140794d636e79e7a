"""The embedded MQTT broker: amqtt, made to mean what a plant needs a PUBACK to mean.

Five things differ from amqtt as it comes, each through a method that is private there, which is why its version is
pinned and `tests/edge/test_broker.py` holds us to all five:

- an incoming message is acknowledged only after the inbox has it on disk (`_handle_message_flow`);
- a name and a password are asked for before anything else, and a client id belongs to the login that uses it, so
  that nobody takes over another's session (`_initialize_client_session`);
- rights are per login and topic (`_topic_filtering`);
- while the inbox has no room, nothing more is read from the sockets (`attach`);
- images alone may be long, and all that is long has a bounded share of the memory (`edge/large_packets.py`).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig, ListenerConfig
from amqtt.errors import AMQTTError, BrokerError
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.constants import QOS_1
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.mqtt.puback import PubackPacket
from amqtt.session import INCOMING, ApplicationMessage, Session

from edge.command_wires import KeepsMessages
from edge.credentials import PasswordFile
from edge.large_packets import GatedReader, LargePackets
from edge.topics import Rights
from lineside.errors import Unavailable

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
"""A client that has not said who it is by then is disconnected."""
MOST_CONNECTIONS = 1_000
SESSION_SECONDS = 86_400
"""How long a client that went away is remembered; it is only commands that would wait for it."""


@dataclass(frozen=True)
class Listen:
    """Where the broker listens. With `certificate` and `key` (PEM files) it speaks TLS."""

    host: str = "127.0.0.1"
    port: int = 1883
    certificate: Path | None = None
    key: Path | None = None


class DurableHandler(BrokerProtocolHandler):  # type: ignore[misc]
    """One client's connection, whose messages are durable before they are acknowledged."""

    owner: EmbeddedBroker

    def attach(self, session: Session, reader: ReaderAdapter, writer: WriterAdapter) -> None:
        owner = self.owner
        may_be_image = partial(owner.may_send_images, session)
        gated = GatedReader(reader, lambda: owner.inbox.room, owner.large_packets, may_be_image)
        super().attach(session, gated, writer)

    async def _handle_message_flow(self, app_message: ApplicationMessage) -> None:
        if app_message.direction != INCOMING or self.session is None:
            await super()._handle_message_flow(app_message)
            return
        if not self.owner.may_publish(self.session, app_message.topic):
            self.owner.refuse(self.session, app_message.topic)
        else:
            await self.owner.keep(app_message.topic, bytes(app_message.data))
        await self._acknowledge(app_message)

    async def _acknowledge(self, message: ApplicationMessage) -> None:
        # Telemetry goes to the inbox, images to their intake, and nothing to anybody else, so amqtt's delivery to
        # subscribers is not entered.
        if message.qos == QOS_1:
            message.puback_packet = PubackPacket.build(message.packet_id)
            await self._send_packet(message.puback_packet)
        elif message.qos:
            await super()._handle_message_flow(message)


class EmbeddedBroker(Broker):  # type: ignore[misc]
    """The broker in this process. `start` and `shutdown` are amqtt's."""

    def __init__(
        self, listen: Listen, passwords: PasswordFile, rights: Rights, inbox: KeepsMessages, now_us: Callable[[], int]
    ) -> None:
        super().__init__(_config(listen))
        self.inbox = inbox
        self.large_packets = LargePackets()
        self.refused = 0
        self.trouble = ""  # a broker in this process is there, or the process is not
        self._passwords = passwords
        self._rights = rights
        self._now_us = now_us
        self._durable = _DurableQueue(asyncio.get_running_loop())
        self._refused_topics: set[tuple[str, str]] = set()

    @property
    def port(self) -> int:
        """The port it listens on, also where 0 was asked for."""
        return int(self._servers["default"].instance.sockets[0].getsockname()[1])

    async def keep(self, topic: str, payload: bytes) -> None:
        """Return once the message is on disk. Its place in the order is taken before anything is awaited."""
        durable: asyncio.Future[None] = self._loop.create_future()
        self.inbox.put(topic, payload, self._now_us(), partial(self._durable.add, durable))
        await durable

    def reaches(self, topic: str) -> bool:
        """Whether a machine that may hear this topic is connected and listens to it. From any thread."""
        return bool(self._listeners(topic))

    async def deliver(self, topic: str, payload: bytes) -> bool:
        """Publish to who listens now, at QoS 1; nothing is kept for who does not. True once one acknowledged it."""
        sent = [self._deliver_to(handler, topic, payload) for handler in self._listeners(topic)]
        return any(await asyncio.gather(*sent))

    async def _deliver_to(self, handler: DurableHandler, topic: str, payload: bytes) -> bool:
        try:
            await handler.mqtt_publish(topic, payload, QOS_1, retain=False)
        except (TimeoutError, OSError, AMQTTError):
            return False  # it went away, or does not acknowledge; whoever sends decides whether to try again
        return True

    def _listeners(self, topic: str) -> list[DurableHandler]:
        subscribed = [
            session
            for topic_filter, subscriptions in list(self._subscriptions.items())
            if self._matches(topic, topic_filter)
            for session, _ in list(subscriptions)
        ]
        connected = {
            session.client_id: self._get_handler(session)
            for session in subscribed
            if session.transitions.state == "connected" and self._rights.may_hear(session.username or "", topic)
        }
        return [handler for handler in connected.values() if handler is not None]

    def may_publish(self, session: Session, topic: str) -> bool:
        return self._rights.may_publish(session.username or "", topic)

    def may_send_images(self, session: Session, topic: str) -> bool:
        return self._rights.may_send_images(session.username or "", topic)

    def refuse(self, session: Session, topic: str) -> None:
        """Count a message to a topic that this login may not use. It is acknowledged, else it would come for ever."""
        self.refused += 1
        refused = (session.username or "", topic)
        if refused not in self._refused_topics and len(self._refused_topics) < 1_000:
            self._refused_topics.add(refused)
            logger.warning("refused: %s may not publish to %s; said once, counted always", *refused)

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        try:
            await super().stream_connected(reader, writer, listener_name)
        finally:
            writer.close()  # amqtt leaves it open when it gives up before there is a session

    async def _initialize_client_session(
        self, reader: ReaderAdapter, writer: WriterAdapter, remote_address: str, remote_port: int
    ) -> tuple[DurableHandler, Session]:
        try:
            handler, session = await asyncio.wait_for(
                DurableHandler.init_from_connect(reader, writer, self.plugins_manager), CONNECT_SECONDS
            )
        except Exception as error:  # whatever a stranger's bytes make of amqtt's parser
            raise AMQTTError(f"{remote_address}:{remote_port} sent no valid CONNECT: {error}") from error
        handler.owner = self
        await self._admit(session, writer, remote_address)
        return handler, await self._resume(session)

    async def _admit(self, session: Session, writer: WriterAdapter, remote_address: str) -> None:
        name, password = session.username or "", session.password or ""
        known = bool(name) and await asyncio.to_thread(self._passwords.verify, name, password)
        if not known or name not in self._rights.logins:
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            raise AMQTTError(f"{remote_address} gave no valid name and password (name {name!r})")
        session.password = None
        session.client_id = f"{name}/{session.client_id}"

    async def _resume(self, session: Session) -> Session:
        if session.clean_session:
            await self._delete_session(session.client_id)
        elif session.client_id in self._sessions:
            resumed: Session = self._sessions[session.client_id][0]
            resumed.keep_alive, resumed.username, resumed.parent = session.keep_alive, session.username, 1
            resumed.will_flag = False
            return resumed
        # A last will would be a message that no one sent through the inbox; silence is detected, not announced.
        session.will_flag = False
        return session

    async def _authenticate(self, *_: object) -> bool:
        return True  # `_admit` has asked already, before the session could touch any other.

    async def _topic_filtering(self, session: Session, topic: str, action: Action) -> bool:
        if action == Action.PUBLISH:
            return self.may_publish(session, topic)
        return self._rights.may_hear(session.username or "", topic)


class _DurableQueue:
    """Carries "this one is on disk" from the inbox's thread to the event loop, many per wake-up."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._futures: list[asyncio.Future[None]] = []

    def add(self, durable: asyncio.Future[None]) -> None:
        with self._lock:
            self._futures.append(durable)
            if len(self._futures) > 1 or self._loop.is_closed():
                return
        self._loop.call_soon_threadsafe(self._resolve)

    def _resolve(self) -> None:
        with self._lock:
            futures, self._futures = self._futures, []
        for durable in futures:
            if not durable.done():
                durable.set_result(None)


async def start_broker(
    listen: Listen,
    passwords: PasswordFile,
    rights: Rights,
    inbox: KeepsMessages,
    now_us: Callable[[], int],
    *,
    any_port_if_taken: bool = False,
) -> EmbeddedBroker:
    """A broker that listens, or `Unavailable` with the reason in one sentence."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    broker = EmbeddedBroker(listen, passwords, rights, inbox, now_us)
    try:
        await broker.start()
    except BrokerError as error:
        if any_port_if_taken and listen.port:
            return await start_broker(replace(listen, port=0), passwords, rights, inbox, now_us)
        reason = error.__cause__ or error
        raise Unavailable(f"MQTT cannot listen on {listen.host}:{listen.port}: {reason}; see --mqtt-port") from error
    return broker


def _config(listen: Listen) -> BrokerConfig:
    settings: dict[str, Any] = {"bind": f"{listen.host}:{listen.port}", "max_connections": MOST_CONNECTIONS}
    if listen.certificate is not None:
        settings |= {"ssl": True, "certfile": listen.certificate, "keyfile": listen.key}
    listeners = {"default": ListenerConfig(**settings)}
    return BrokerConfig(listeners=listeners, plugins={}, session_expiry_interval=SESSION_SECONDS)
