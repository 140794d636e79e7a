"""The steps of following one command: send it, look whether it is done, and when to come again."""

from __future__ import annotations

import math
from typing import Final, Literal

import msgspec

from lineside.control.courier import RETRY_US
from lineside.control.desk import ControlDesk
from lineside.control.lifecycle import SECOND_US, overdue, watched_until_us
from lineside.control.readback import within_seconds
from lineside.control.record import ENDED, IN_FLIGHT, Command, Status, label
from lineside.errors import Refused

LOOK_SECONDS: Final = 10
"""Telemetry comes into the twin in batches; to look more often shows nothing more."""


class CommandStep(msgspec.Struct, frozen=True):
    """How a command stands, and what to do after `wait_seconds`. `told` is what people read of it."""

    command_id: str
    status: Status
    next: Literal["send", "look", "ended"]
    wait_seconds: int
    told: str


def send_one(desk: ControlDesk, command_id: str, now_us: int) -> CommandStep:
    """Check it again and send it, or send again what was cut off. Raises `Refused` for one that nobody approved."""
    command = desk.send(command_id, now_us)
    if command.status not in ENDED | IN_FLIGHT:
        raise Refused(f"command {command_id!a} is {command.status.replace('_', ' ')}, so it cannot be sent")
    return step_of(desk, command, now_us)


def watch_one(desk: ControlDesk, command_id: str, now_us: int) -> CommandStep:
    """Look whether the machine shows it."""
    return step_of(desk, desk.watch(command_id, now_us), now_us)


def step_of(desk: ControlDesk, command: Command, now_us: int) -> CommandStep:
    def then(following: Literal["send", "look", "ended"], seconds: float) -> CommandStep:
        wait = min(max(1, math.ceil(seconds)), LOOK_SECONDS)
        return CommandStep(command.command_id, command.status, following, wait, label(command))

    if command.status in ENDED:
        return then("ended", 0)
    if not command.handed and not overdue(command, now_us):
        return then("send", RETRY_US / SECOND_US)
    until_us = watched_until_us(command, within_seconds(desk.filing.point(command))) + desk.grace_us
    return then("look", (until_us - now_us) / SECOND_US)
