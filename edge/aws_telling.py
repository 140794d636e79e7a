"""What became of what AWS IoT asked, told until AWS IoT has taken it."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from msgspec.structs import replace

from edge.aws_messages import RECEIVED, read_refusal, reported_payload, status_payload
from edge.aws_topics import AwsTopic, shadow_topic, status_topic
from edge.topics import response_topic
from lineside.control.wire import encode

if TYPE_CHECKING:
    from edge.aws_errands import AwsErrands, End, Errand
    from lineside.site.model import Site

logger = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 5.0
"""After so long without a word from AWS IoT it is told again; then after twice as long, up to a minute."""
TOLD_IN_VAIN: Final = 4

What = Literal["begin", "end", "answer"]


Clock = Callable[[], float]


class AwsWire(Protocol):
    """The session with AWS IoT, as the bridge needs it."""

    @property
    def connected(self) -> bool: ...

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None: ...


class Told(NamedTuple):
    """When AWS IoT was told something that it has not taken yet, and how often. What is `held` the session itself sends
    again after an interruption, until it is acknowledged."""

    at: float
    times: int
    held: bool = False

    def is_due(self, now: float) -> bool:
        return now >= self.at + min(AGAIN_SECONDS * 2.0 ** (self.times - 1), 60.0)


class AwsTelling:
    """One for a bridge, and used by its thread alone. `acknowledged`: wakes that thread."""

    def __init__(self, site: Site, errands: AwsErrands, acknowledged: Callable[[], None], clock: Clock) -> None:
        self._site, self._errands, self._wake, self._clock = site, errands, acknowledged, clock
        self._told: dict[tuple[str, What], Told] = {}
        self._taken: queue.Queue[tuple[str, What]] = queue.Queue()

    @property
    def in_vain(self) -> int:
        """How many words AWS IoT does not take."""
        return sum(one.times >= TOLD_IN_VAIN for one in self._told.values())

    def begin_anew(self) -> None:
        """Another connection: what was on its way may be lost, but for what the session holds."""
        self._told = {key: told for key, told in self._told.items() if told.held}

    def forget(self, errand_id: str) -> None:
        self._told = {key: told for key, told in self._told.items() if key[0] != errand_id}

    def note_what_was_taken(self) -> None:
        while not self._taken.empty():
            self._took(*self._taken.get_nowait())

    def heard_of_status(self, heard: AwsTopic, payload: bytes) -> None:
        """AWS IoT has taken a status, or not."""
        self.note_what_was_taken()  # An acknowledgement came before this word about the same thing.
        refusal = None if heard.kind == "accepted" else read_refusal(payload)
        of_shadow = refusal is not None and heard.kind == "not reported"
        errand_id = refusal.client_token if refusal and of_shadow else f"{heard.thing}/{heard.execution_id}"
        errand = self._errands.get(errand_id)
        if errand is None:
            return
        if refusal is not None:
            logger.warning("AWS IoT refused a status: command=%s %s", ascii(errand.command_id[:80]), refusal)
        if refusal is not None and refusal.may_be_mended:
            # It is told again later, also where a word about the status before was taken for one about this one.
            self._told.setdefault((errand_id, "end"), Told(self._clock(), 1))
            self._errands.put(replace(errand, end_told=False))
            return
        self._took(errand_id, "end" if (errand_id, "end") in self._told else "begin")

    def tell(self, wire: AwsWire, errand: Errand) -> None:
        """Say whatever is due of it."""
        if errand.answer is not None and not errand.answer_told:
            device = self._site.device_of_thing[errand.thing]
            topic = response_topic(self._site.site, self._site.line_id(device), errand.thing)
            self._publish(wire, errand, "answer", topic, encode(errand.answer))
        if errand.execution_id:
            self._tell_execution(wire, errand)
        elif errand.end is not None and not errand.end_told:
            self._report(wire, errand, errand.end)

    def _tell_execution(self, wire: AwsWire, errand: Errand) -> None:
        topic = status_topic(errand.thing, errand.execution_id)
        begin: tuple[str, What] = (errand.errand_id, "begin")
        if errand.end is not None and not errand.end_told:
            waits = self._told.get(begin)
            if errand.begun or waits is None or waits.is_due(self._clock()):
                self._publish(wire, errand, "end", topic, status_payload(errand.end))
        elif errand.end is None and not errand.begun:
            self._publish(wire, errand, "begin", topic, status_payload(RECEIVED, in_progress=True))

    def _report(self, wire: AwsWire, errand: Errand, end: End) -> None:
        if self._errands.done_after(errand) is not None:
            self._errands.put(replace(errand, end_told=True))  # What is in force now says more.
        else:
            self._publish(wire, errand, "end", shadow_topic(errand.thing, "update"), reported_payload(errand, end))

    def _publish(self, wire: AwsWire, errand: Errand, what: What, topic: str, payload: bytes) -> None:
        key, now = (errand.errand_id, what), self._clock()
        before = self._told.get(key)
        if before is not None and not before.is_due(now):
            return
        # Of a status AWS IoT says itself whether it has taken it; anything else it has once it acknowledges it.
        says_itself = what != "answer" and bool(errand.execution_id)
        self._told[key] = Told(now, before.times + 1 if before else 1, held=not says_itself)
        wire.publish(topic, payload, nothing if says_itself else partial(self._on_acknowledged, key))

    def _on_acknowledged(self, key: tuple[str, What]) -> None:
        self._taken.put(key)
        self._wake()

    def _took(self, errand_id: str, what: What) -> None:
        self._told.pop((errand_id, what), None)
        errand = self._errands.get(errand_id)
        if errand is not None:
            member = {"begin": "begun", "end": "end_told", "answer": "answer_told"}[what]
            self._errands.put(replace(errand, **{member: True}))


def nothing() -> None:
    """What AWS IoT acknowledges and answers by a message of its own."""
