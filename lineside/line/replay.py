"""Quarantined messages through ingest again, after a site file or a decoder was mended."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from lineside.line.ingest import BatchOutcome, Message, ReadingStore, store_batch
from lineside.line.quarantine import Quarantine, Quarantined
from lineside.line.twin import TwinStore
from lineside.site.model import Site


@dataclass(frozen=True)
class Replayed:
    """`resolved` entries wait no longer; `waiting` cannot be read yet; `outcome` is of all that were tried.

    `readings` is how many the resolved entries were counted for in quarantine.
    """

    resolved: int
    waiting: int
    readings: int
    outcome: BatchOutcome


def replay(
    quarantine: Quarantine, site: Site, lake: ReadingStore, twin: TwinStore, now_us: int, limit: int = 1_000
) -> Replayed:
    """Try the entries of a site again; those that can now be read are stored and resolved."""
    entries = quarantine.list(site.site, limit)
    messages = [Message(entry.entry_id, entry.topic, entry.raw, entry.received_us) for entry in entries]
    still = _StillBad()
    outcome = store_batch(messages, site, lake, twin, still, batch_id=_batch_id(entries))
    resolved = [entry for entry in entries if entry.entry_id not in still.ids.union(outcome.failed_ids)]
    for entry in resolved:
        quarantine.resolve(site.site, entry.entry_id, now_us)
    readings = sum(entry.readings for entry in resolved)
    return Replayed(len(resolved), len(entries) - len(resolved), readings, outcome)


def _batch_id(entries: Sequence[Quarantined]) -> str:
    names = "".join(entry.entry_id for entry in entries)
    return f"replay-{sha256(names.encode()).hexdigest()[:32]}"


class _StillBad:
    """A quarantine that only notes what could not be read: those entries wait already."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def keep(self, entries: Sequence[Quarantined]) -> None:
        self.ids.update(entry.message_id for entry in entries)

    def list(self, site: str, limit: int = 1_000) -> builtins.list[Quarantined]:  # noqa: ARG002
        return []

    def get(self, site: str, entry_id: str) -> Quarantined | None:  # noqa: ARG002
        return None

    def resolve(self, site: str, entry_id: str, now_us: int) -> None: ...
