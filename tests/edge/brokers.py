"""An embedded broker on a port of its own, in a thread, for as long as a `with` lasts."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import TracebackType

from edge.broker import EmbeddedBroker, Listen, start_broker
from edge.command_wires import KeepsMessages
from edge.credentials import Login, PasswordFile
from edge.timer import now_us
from edge.topics import Rights
from tests.edge.devices import Device


class LocalBroker:
    """What comes goes to `messages`; `device` is a real client of it with the password of its login."""

    def __init__(self, folder: Path, site: str, logins: tuple[Login, ...], messages: KeepsMessages) -> None:
        self.passwords = PasswordFile(folder)
        self.passwords.add_missing(logins)
        self._rights = Rights(site, {login.name: login for login in logins})
        self._messages = messages
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> LocalBroker:
        self._thread.start()
        starting = start_broker(Listen(port=0), self.passwords, self._rights, self._messages, now_us)
        self.broker: EmbeddedBroker = asyncio.run_coroutine_threadsafe(starting, self.loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.broker.shutdown(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    @property
    def port(self) -> int:
        return self.broker.port

    def device(self, name: str, *, client_id: str = "") -> Device:
        return Device(self.port, name, self.passwords.password(name), client_id=client_id)
