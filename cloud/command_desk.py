"""The desk of commands on AWS: the line table, the twin's values, and who may send.

Everybody may act at the desk and only `send_command` sends. What people do in the console ends with a command that is
approved; a state machine of its own then follows it, under a name that follows from the command's id.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from cloud.dynamodb_alarms import DynamoDbAlarmStore
from cloud.dynamodb_commands import DynamoDbAuditLog, DynamoDbCommands
from cloud.dynamodb_twin import DynamoDbTwin
from lineside.control.desk import ControlDesk
from lineside.control.filing import Who
from lineside.control.ports import Transport
from lineside.control.record import Command
from lineside.control.request import Channel, CommandRequest
from lineside.control.wire import CommandMessage
from lineside.errors import Unavailable
from lineside.line.twin import CurrentValue
from lineside.site.model import Site

logger = logging.getLogger(__name__)

GRACE_US: Final = 45_000_000
"""Telemetry is in the twin that much later at most, while nothing is wrong: a batch is gathered for 20 seconds."""


class NotFromHere:
    """The `Transport` of a function that must not send."""

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"]) -> None:
        # Not known to have left, so `send_command` hands it over a little later.
        raise Unavailable(f"{message.command_id} is not sent as a {kind} from here")


@dataclass
class StartingDesk(ControlDesk):
    """A desk for people. What is approved here is handed to `start`, once it is written down."""

    start: Callable[[Command], None] = field(kw_only=True)

    def propose(self, request: CommandRequest, who: Who, now_us: int) -> Command:
        return self._started(super().propose(request, who, now_us))

    def approve(self, command_id: str, who: Who, now_us: int, channel: Channel = "console", note: str = "") -> Command:
        return self._started(super().approve(command_id, who, now_us, channel, note))

    def _started(self, command: Command) -> Command:
        if command.status == "approved":
            self.start(command)
        return command


@dataclass(frozen=True)
class CommandMachine:
    """Starts the state machine that follows a command. `states` is boto3's Step Functions."""

    states: Any
    arn: str

    def start(self, command: Command) -> None:
        """Once for each command, however often it is asked. Where AWS does not answer, the clock sends it."""
        given = json.dumps({"command_id": command.command_id})
        try:
            self.states.start_execution(stateMachineArn=self.arn, name=execution_name(command), input=given)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code != "ExecutionAlreadyExists":
                logger.warning("command %s waits for the clock: %s", ascii(command.command_id), code)
        except BotoCoreError as error:
            logger.warning("command %s waits for the clock: %s", ascii(command.command_id), error)


def execution_name(command: Command) -> str:
    """Ids may hold letters that the name of an execution may not."""
    return f"command-{sha256(f'{command.site}#{command.command_id}'.encode('utf-8', 'replace')).hexdigest()[:40]}"


def desk_of(site: Site, table: Any, transport: Transport | None = None) -> ControlDesk:
    """The desk of a function; `table` is the line table."""
    return ControlDesk(**_parts(site, table), transport=transport or NotFromHere())


def desk_for_people(site: Site, table: Any, start: Callable[[Command], None]) -> StartingDesk:
    return StartingDesk(**_parts(site, table), transport=NotFromHere(), start=start)


def _parts(site: Site, table: Any) -> dict[str, Any]:
    twin, alarms = DynamoDbTwin(table), DynamoDbAlarmStore(table)

    def values(line: str) -> Mapping[str, Mapping[str, CurrentValue]]:
        return {each.device: each.values for each in twin.line(site.site, line)}

    return {
        "site": site,
        "store": DynamoDbCommands(table),
        "audit": DynamoDbAuditLog(table),
        "values": values,
        "alarms": lambda line: alarms.open_alarms(site.site, line),
        "grace_us": GRACE_US,
    }
