"""A machine's controller at the end of the wire: it hears a command and answers, as a PLC behind a gateway does.

It keeps to four rules whatever else goes wrong: what is expired by its own clock is not obeyed, what is outside its
own range is not obeyed, what is about another machine is not obeyed, and the same id is obeyed once, however often it
comes. On top of that it may misbehave as declared: see `Misbehaviour`.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from lineside.control.wire import CommandAnswer, CommandMessage, decode_message, encode
from lineside.errors import Malformed, Misconfigured
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse, render
from simulator.chance import uniforms
from simulator.setpoints import POINTS, PointRow, SetPoints

AnswerFault = Literal["no_answer", "late_answer", "says_yes_does_nothing", "wrong_value", "answers_twice"]

LATE_SECONDS = 45.0
"""Longer than the half minute in which a read-back is usually awaited."""
SECOND_TIME_SECONDS = 1.0
WRONG_BY = 0.25
"""The share of its range by which a machine with a wrong value misses."""
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Misbehaviour:
    """A way in which answers go wrong, of one machine or (no `device`) of all, for this share of the commands.

    no_answer              it obeys, and says nothing
    late_answer            it obeys at once, and says so `LATE_SECONDS` later
    says_yes_does_nothing  it says yes, and nothing happens
    wrong_value            it says yes, and sets another value
    answers_twice          it obeys, and says so twice
    """

    kind: AnswerFault
    device: str = ""
    chance: float = 1.0

    def strikes(self, device: str, luck: float) -> bool:
        return self.device in ("", device) and luck < self.chance


class Reply(NamedTuple):
    """An answer, and how many seconds after the command it is sent."""

    after_seconds: float
    payload: bytes


class Controller:
    """The controllers of a line's machines. `misbehaviours` are tried in order; the first that strikes is it."""

    def __init__(
        self, set_points: SetPoints, rng: np.random.Generator | None = None, misbehaviours: Sequence[Misbehaviour] = ()
    ) -> None:
        self._set_points = set_points
        self._luck: Iterator[float] = uniforms(rng if rng is not None else np.random.default_rng(0))
        self._misbehaviours = tuple(misbehaviours)
        self._again: OrderedDict[str, tuple[Reply, ...]] = OrderedDict()

    def hear(self, device: str, payload: bytes, now_us: int) -> tuple[Reply, ...]:
        """What this machine answers to what came on its topic. What is no command gets no answer."""
        try:
            message = decode_message(payload)
        except Malformed:
            return ()
        again = self._again.get(message.command_id)
        if again is not None:
            return again
        why_not = _why_not(device, message, now_us)
        answer = CommandAnswer(
            command_id=message.command_id, device=device, accepted=not why_not, reason=why_not, at=render(now_us)
        )
        said = Reply(0.0, encode(answer))
        replies = (said,) if why_not else self._obey(message, said)
        self._again[message.command_id] = replies[:1]
        if len(self._again) > MOST_REMEMBERED:
            self._again.popitem(last=False)
        return replies

    def _obey(self, message: CommandMessage, said: Reply) -> tuple[Reply, ...]:
        fault = self._fault(message.device)
        if fault != "says_yes_does_nothing":
            row = POINTS[message.device, message.attribute]
            value = _missed(row, message.value) if fault == "wrong_value" else message.value
            self._set_points.set(message.device, message.attribute, value)
        if fault == "no_answer":
            return ()
        if fault == "late_answer":
            return (said._replace(after_seconds=LATE_SECONDS),)
        if fault == "answers_twice":
            return said, said._replace(after_seconds=SECOND_TIME_SECONDS)
        return (said,)

    def _fault(self, device: str) -> AnswerFault | None:
        for misbehaviour in self._misbehaviours:
            if misbehaviour.strikes(device, next(self._luck)):
                return misbehaviour.kind
        return None


def _why_not(device: str, message: CommandMessage, now_us: int) -> str:
    """Why this machine does not obey, in one sentence; empty where it does."""
    if message.device != device:
        return f"this is {device}, and the command is for another machine"
    row = POINTS.get((device, message.attribute))
    if row is None:
        return f"{device} has no such set-point"
    if message.unit not in (row.code, row.unit):
        return f"{row.attribute} is in {row.code}, and the command's unit is another"
    if not (math.isfinite(message.value) and row.low <= message.value <= row.high):
        return f"{row.attribute} takes {row.low:g} to {row.high:g} {row.code}"
    try:
        expires_us = parse(message.expires_at)
    except Rejection:
        return "the command does not say when it expires"
    return "the command has expired" if now_us >= expires_us else ""


def _missed(row: PointRow, value: float) -> float:
    """Another value within the range, well beside the one that was asked for."""
    by = WRONG_BY * (row.high - row.low)
    return value - by if value - by >= row.low else value + by


def parse_misbehaviour(text: str) -> Misbehaviour:
    """`KIND[:DEVICE][%PERCENT]`, such as `no_answer:Freezer Tunnel%50`. Raises Misconfigured."""
    rest, _, percent = text.strip().partition("%")
    kind, _, device = rest.partition(":")
    kinds = get_args(AnswerFault)
    devices = {name for name, _ in POINTS} | {""}
    if kind not in kinds or device not in devices or not (percent or "100").isdecimal():
        raise Misconfigured(
            f"{text!r} is no fault of an answer: write KIND[:DEVICE][%PERCENT], KIND of {', '.join(kinds)}"
        )
    return Misbehaviour(next(known for known in kinds if known == kind), device, int(percent or "100") / 100)
