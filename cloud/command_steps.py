"""The steps of following one command: send it, look whether it is done, and when to come again; and of acting without
anybody's asking."""

from __future__ import annotations

import math
from functools import partial
from typing import Final, Literal

import msgspec

from lineside.advice.automatic import notification_of
from lineside.advice.ports import Notifier
from lineside.control.automatic import Notice
from lineside.control.courier import RETRY_US
from lineside.control.desk import ControlDesk
from lineside.control.lifecycle import SECOND_US, overdue, watched_until_us
from lineside.control.readback import within_seconds
from lineside.control.record import ENDED, IN_FLIGHT, Command, Status, label
from lineside.errors import LinesideError, Refused
from lineside.site.model import Site

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


def act_by_itself(desk: ControlDesk, notifier: Notifier, now_us: int) -> tuple[list[Notice], list[LinesideError]]:
    """Do what is automatic on every line, and tell people. What they were told, and what held a line up: that keeps
    no other line waiting, and the next look at it goes on where this one ended."""
    told: list[Notice] = []
    held_up: list[LinesideError] = []
    for line in desk.site.lines:
        try:
            told += desk.automate(line.id, now_us, partial(_tell, notifier, desk.site))
        except LinesideError as error:
            held_up.append(error)
    return told, held_up


def _tell(notifier: Notifier, site: Site, notice: Notice) -> None:
    notifier.notify(notification_of(notice, site))


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
