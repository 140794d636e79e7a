"""Commands in the plant: the desk where people act, the journal and the gate, and the broker they go out by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

from edge.command_gate import CommandJournal
from edge.command_wires import EmbeddedWire, KeepsMessages, with_answers
from edge.mqtt_commands import MqttCommands
from edge.sqlite_commands import CommandRecords, SqliteAuditLog, SqliteCommands
from edge.timer import every, now_us
from lineside.advice.automatic import notification_of
from lineside.advice.ports import Notifier
from lineside.alarms.model import Alarm
from lineside.alarms.store import AlarmStore
from lineside.control.automatic import Notice
from lineside.control.desk import ControlDesk
from lineside.control.filing import UnknownCommand
from lineside.control.gate import Gate
from lineside.control.record import ENDED
from lineside.control.wire import CommandAnswer
from lineside.line.twin import CurrentValue, TwinStore
from lineside.site.model import Site

if TYPE_CHECKING:
    from edge.broker import EmbeddedBroker
    from edge.external_broker import ExternalBroker
    from edge.folder import DataFolder
    from edge.workers import Workers

logger = logging.getLogger(__name__)

TURN_SECONDS: Final = 1.0
"""From one look at what is due, expired or to be read back to the next."""


class PlantCommands:
    """Everything about commands that a plant needs. Both files are opened here, and closed with it."""

    def __init__(self, folder: DataFolder, site: Site, twin: TwinStore, alarms: AlarmStore) -> None:
        self._site, self._twin, self._alarms = site, twin, alarms
        with ExitStack() as opened:
            records = CommandRecords(folder.commands)
            opened.callback(records.close)
            journal = CommandJournal(folder.command_journal)
            opened.callback(journal.close)
            self._opened = opened.pop_all()
        store = SqliteCommands(records)
        gate = Gate(
            site,
            self.values,
            journal,
            alarms=self.open_alarms,
            automation_stopped=partial(store.automation_stopped, site.site),
            ended=self._has_ended,
        )
        self.transport = MqttCommands(journal, gate, now_us)
        self.desk = ControlDesk(
            site, store, SqliteAuditLog(records), self.transport, self.values, alarms=self.open_alarms
        )

    @property
    def trouble(self) -> str:
        """Why commands do not move, in one sentence; empty while they do."""
        return self.transport.trouble

    def values(self, line: str) -> Mapping[str, Mapping[str, CurrentValue]]:
        """A line as the twin holds it."""
        return {twin.device: twin.values for twin in self._twin.line(self._site.site, line)}

    def open_alarms(self, line: str) -> Iterable[Alarm]:
        return self._alarms.open_alarms(self._site.site, line)

    def sorted_with(self, inbox: KeepsMessages) -> KeepsMessages:
        """What a broker hands messages to: answers come here, everything else goes to the inbox."""
        return with_answers(inbox, self.transport, self._site.site)

    def use_embedded(self, broker: EmbeddedBroker, loop: asyncio.AbstractEventLoop) -> None:
        self.transport.connect(EmbeddedWire(broker, loop))

    def use_external(self, broker: ExternalBroker) -> None:
        self.transport.connect(broker)

    def start(self, workers: Workers) -> None:
        """Go on with what a process that ended left, and work until told to stop."""
        workers.start("commands", partial(self.transport.run, workers.stop, self._answered))
        turn = partial(every, TURN_SECONDS, self._turn, workers.stop, name="the desk of commands", first_seconds=0.0)
        workers.start("the desk of commands", turn)

    def automate(self, line_id: str, notifier: Notifier) -> None:
        """Do what is automatic on a line, on the alarms as they stand now, and tell people of it."""
        if line_id not in {line.id for line in self._site.lines}:
            return

        def tell(notice: Notice) -> None:
            notifier.notify(notification_of(notice, self._site))

        for notice in self.desk.automate(line_id, now_us(), tell):
            logger.info("automatic on %s: %s %s", ascii(line_id), notice.kind, ascii(notice.command_id))

    def close(self) -> None:
        self._opened.close()

    def _turn(self) -> None:
        for command in self.desk.turn(now_us()):
            logger.info("command %s: %s", ascii(command.command_id), command.status)

    def _answered(self, answer: CommandAnswer) -> None:
        outcome = self.transport.outcome(answer.command_id)
        if outcome is not None and outcome.came_on:
            return  # The cloud's desk asked for it, and hears of it by the bridge.
        self.desk.answered(answer, now_us())

    def _has_ended(self, command_id: str) -> bool:
        try:
            return self.desk.filing.get(command_id).status in ENDED
        except UnknownCommand:
            return False
