"""Commands to machines through AWS IoT: one-shot actions as executions of a command, set-points in a shadow.

A point with the transport `command` is handed over by StartCommandExecution. The parameter `message` is the message of
`lineside/control/wire.py`, byte for byte, and the client token follows from the command's id, so handing over again
starts nothing new. A point with the transport `shadow` becomes an entry of `desired` in the named shadow `setpoints`
under its attribute: again that message, with its id and `expires_at`, so that a machine that comes back late knows that
it means nothing any more. Every update names the version that was read: nothing newer is ever overwritten.

Both are addressed to the thing of the machine. What it answers comes back by another way: `cloud/command_answers.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Final, Literal

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from lineside.control.wire import CommandMessage, encode
from lineside.errors import Conflict, Misconfigured, Refused, Throttled, Unavailable
from lineside.site.model import Site
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse

SHADOW: Final = "setpoints"
PARAMETER: Final = "message"
ATTEMPTS: Final = 5
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,64}")

# Asking again cannot help with these; a person must register the thing, declare the command or mend the role.
_FOR_A_PERSON: Final = frozenset(
    {
        *("ResourceNotFoundException", "AccessDeniedException", "UnauthorizedException", "ForbiddenException"),
        *("MethodNotAllowedException", "UnsupportedDocumentEncodingException", "UnrecognizedClientException"),
    }
)
_NEVER: Final = frozenset({"ValidationException", "InvalidRequestException", "RequestEntityTooLargeException"})
_TOO_OFTEN: Final = frozenset({"ThrottlingException", "ServiceQuotaExceededException", "TooManyRequestsException"})


class IotCommands:
    """The cloud's `Transport`. `jobs` is boto3's `iot-jobs-data`, `shadows` its `iot-data`.

    `things_arn` is what the ARN of every thing begins with, up to and including `thing/`. Raises `Refused`,
    `Misconfigured`, `Throttled` and `Unavailable`.
    """

    def __init__(self, site: Site, jobs: Any, shadows: Any, *, command_arn: str, things_arn: str) -> None:
        self._site, self._jobs, self._shadows = site, jobs, shadows
        self._command_arn, self._things_arn = command_arn, things_arn

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"]) -> None:
        machine = self._site.machine_of.get(message.device)
        if machine is None:
            raise Refused(f"no machine of this site is called {message.device!a}")
        if kind == "command":
            self._start(message, machine.thing)
        else:
            self._desire(message, machine.thing)

    def _start(self, message: CommandMessage, thing: str) -> None:
        try:
            with translated(f"commands to {thing}"):
                self._jobs.start_command_execution(
                    targetArn=f"{self._things_arn}{thing}",
                    commandArn=self._command_arn,
                    parameters={PARAMETER: {"S": encode(message).decode()}},
                    executionTimeoutSeconds=_seconds(message),
                    clientToken=token_of(message.command_id),
                )
        except Conflict as error:
            # The same bytes go out for the same command each time, so this is another one.
            raise Refused(f"the id {message.command_id!a} was used before for another command") from error

    def _desire(self, message: CommandMessage, thing: str) -> None:
        for _ in range(ATTEMPTS):
            shadow = self._shadow(thing)
            desired = shadow.get("state", {}).get("desired", {})
            there = desired.get(message.attribute)
            if _id(there) == message.command_id:
                return
            if _sent_us(there) > parse(message.sent_at):
                raise Refused(f"{thing} was given a newer value for {message.attribute!a} meanwhile")
            try:
                self._update(thing, shadow.get("version"), {**_over(desired, message), **_entry(message)})
                return
            except Conflict:
                continue
        raise Unavailable(f"the shadow of {thing} was changed by others {ATTEMPTS} times; try again")

    def _shadow(self, thing: str) -> dict[str, Any]:
        """Empty where there is none yet."""
        with translated(f"the shadow of {thing}"):
            try:
                payload = self._shadows.get_thing_shadow(thingName=thing, shadowName=SHADOW)["payload"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
                return {}
        found: dict[str, Any] = json.loads(payload)
        return found

    def _update(self, thing: str, version: int | None, desired: dict[str, Any]) -> None:
        document: dict[str, Any] = {"state": {"desired": desired}}
        if version is not None:
            document["version"] = version
        with translated(f"the shadow of {thing}"):
            self._shadows.update_thing_shadow(thingName=thing, shadowName=SHADOW, payload=json.dumps(document).encode())


def token_of(command_id: str) -> str:
    """The id itself where AWS takes it as a client token; else what follows from it."""
    return command_id if _TOKEN.fullmatch(command_id) else sha256(command_id.encode("utf-8", "replace")).hexdigest()


@contextmanager
def translated(what: str) -> Iterator[None]:
    """AWS's errors in our words."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConflictException":
            raise Conflict(f"{what}: changed meanwhile, or known with other contents") from error
        if code in _FOR_A_PERSON:
            raise Misconfigured(f"AWS IoT refused {what}: {code}; is the thing registered, and may we?") from error
        if code in _NEVER:
            raise Refused(f"AWS IoT does not accept {what}: {code}") from error
        if code in _TOO_OFTEN:
            raise Throttled(f"AWS IoT is asked too often for {what}: {code}") from error
        raise Unavailable(f"AWS IoT did not take {what}: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(f"AWS IoT did not answer for {what}: {error}") from error


def _entry(message: CommandMessage) -> dict[str, Any]:
    return {message.attribute: msgspec.to_builtins(message)}


def _over(desired: dict[str, Any], message: CommandMessage) -> dict[str, None]:
    """What had expired when this was sent: null takes it out of the shadow, which holds only a few kilobytes."""
    sent_us = parse(message.sent_at)
    return {name: None for name, entry in desired.items() if _expires_us(entry) <= sent_us}


def _id(entry: Any) -> str:
    return str(entry.get("command_id", "")) if isinstance(entry, dict) else ""


def _sent_us(entry: Any) -> int:
    return _time(entry, "sent_at")


def _expires_us(entry: Any) -> int:
    """0 for what does not say when: nobody can obey that either."""
    return _time(entry, "expires_at")


def _time(entry: Any, name: str) -> int:
    try:
        return parse(entry[name])
    except (KeyError, TypeError, AttributeError, Rejection):
        return 0


def _seconds(message: CommandMessage) -> int:
    """From its sending to its end, so that the same command says the same each time."""
    return max(1, (parse(message.expires_at) - parse(message.sent_at)) // 1_000_000)
