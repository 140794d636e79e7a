"""From the inbox to the lake: claim a batch, store it, forget it; again until everything is stored."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from edge.inbox import Claim, Inbox
from lineside.errors import LinesideError, Unavailable
from lineside.line.ingest import BatchOutcome, Message, ReadingStore, store_batch
from lineside.line.quarantine import Quarantine, Quarantined
from lineside.line.twin import TwinStore
from lineside.site import Site
from lineside.telemetry.arrival import Arrivals

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
MOST_NAMES = 10_000


class HasLake(Protocol):
    @property
    def lake(self) -> ReadingStore: ...


@dataclass
class Drain:
    """The one writer of the lake. `run` it in a thread of its own until `stop` is set and the inbox is empty."""

    inbox: Inbox
    site: Site
    stores: HasLake
    twin: TwinStore
    quarantine: Quarantine
    drain_seconds: float = 1.0
    trouble: str = ""
    """Why nothing reaches the lake now, in one sentence; empty while all is well."""
    unknown_devices: set[str] = field(default_factory=set)
    between: threading.Lock = field(default_factory=threading.Lock)
    """Held while a batch is stored: compaction, which must not meet a half-stored batch, takes it too."""
    _interrupted: bool = True
    _arrivals: Arrivals = field(default_factory=Arrivals)
    """What came before, so that a late reading or a clock that steps back shows also from one batch to the next."""

    def run(self, stop: threading.Event) -> None:
        """Store until told to stop, then store what is left, unless the disk is in the way."""
        while not stop.is_set():
            if self.inbox.wait_for_backlog(0.2):
                self._pass(stop)
                stop.wait(self.drain_seconds)
        self._pass(threading.Event())

    @property
    def settled(self) -> bool:
        """True while no batch may have to be repeated, from this run or the one before."""
        return not self._interrupted

    def _pass(self, stop: threading.Event) -> None:
        """Store everything that waits. Gives up for now when a neighbour does not answer."""
        while not stop.is_set():
            try:
                if not self.store_one_batch():
                    return
            except Unavailable as error:
                self._say(str(error))
                stop.wait(RETRY_SECONDS)
                return

    def store_one_batch(self) -> bool:
        """Store the next batch. False when nothing waits; `Unavailable` when it must be tried again."""
        claim = self.inbox.claim()
        if claim is None:
            self._interrupted = False
            return False
        self._interrupted = True
        with self.between:
            outcome = self._store(claim)
            if outcome.failed_ids:
                raise Unavailable("; ".join(sorted(set(outcome.troubles))) or "the lake did not take a batch")
            self.inbox.finish(claim, _counts(outcome, claim))
        self._interrupted = False
        self._say("")
        if len(self.unknown_devices) < MOST_NAMES:
            self.unknown_devices.update(outcome.unknown_devices)
        return True

    def _store(self, claim: Claim) -> BatchOutcome:
        messages = [
            Message(f"{kept.sequence:012d}", kept.topic, kept.payload, kept.received_us) for kept in claim.messages
        ]
        try:
            return store_batch(
                messages, self.site, self.stores.lake, self.twin, self.quarantine,
                batch_id=claim.batch_id, arrivals=self._arrivals,
            )  # fmt: skip
        except LinesideError:
            raise
        except Exception:
            # A message that our own code cannot survive must not hold up all that follow it, now and after every
            # restart: find it, quarantine it as ours to mend, and go on.
            logger.exception("a batch broke ingest; storing its messages one by one: batch_id=%s", claim.batch_id)
            return _sum([self._store_alone(message, claim.batch_id) for message in messages])

    def _store_alone(self, message: Message, batch_id: str) -> BatchOutcome:
        try:
            return store_batch(
                [message],
                self.site,
                self.stores.lake,
                self.twin,
                self.quarantine,
                batch_id=f"{batch_id}-{message.message_id}",
                arrivals=self._arrivals,
            )
        except LinesideError:
            raise
        except Exception as error:
            reason = f"Lineside itself failed on it ({type(error).__name__}: {error}); please report this"
            entry = Quarantined(
                self.site.site, message.topic, message.payload, reason, "internal", 1, message.message_id,
                message.received_us,
            )  # fmt: skip
            self.quarantine.keep([entry])
            return BatchOutcome(received=1, quarantined=1, codes={entry.code: 1})

    def _say(self, trouble: str) -> None:
        if trouble and not self.trouble:
            logger.error("nothing reaches the lake: %s; messages wait in the inbox", trouble)
        if self.trouble and not trouble:
            logger.warning("the lake stores again")
        self.trouble = trouble


def _counts(outcome: BatchOutcome, claim: Claim) -> dict[str, int]:
    return {
        "messages": len(claim.messages),
        "received": outcome.received,
        "stored": outcome.stored,
        "duplicate": outcome.duplicates,
        "quarantined": outcome.quarantined,
        "conflict": outcome.conflicts,
        "missing": outcome.missing,
        **{f"flag_{name}": count for name, count in outcome.flags.items()},
        **{f"code_{name}": count for name, count in outcome.codes.items()},
    }


def _sum(outcomes: list[BatchOutcome]) -> BatchOutcome:
    flags: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for outcome in outcomes:
        flags.update(outcome.flags)
        codes.update(outcome.codes)
    return BatchOutcome(
        received=sum(one.received for one in outcomes),
        stored=sum(one.stored for one in outcomes),
        duplicates=sum(one.duplicates for one in outcomes),
        quarantined=sum(one.quarantined for one in outcomes),
        missing=sum(one.missing for one in outcomes),
        conflicts=sum(one.conflicts for one in outcomes),
        failed_ids=tuple(name for one in outcomes for name in one.failed_ids),
        troubles=tuple(trouble for one in outcomes for trouble in one.troubles),
        unknown_devices=tuple({name for one in outcomes for name in one.unknown_devices}),
        flags=dict(flags),
        codes=dict(codes),
    )
