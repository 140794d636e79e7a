"""What detection says: a `Finding` is something that is wrong with one machine now.

Findings are a level, not an edge: as long as a thing is wrong, every tick finds it again under the same `key`;
the alarms room turns appearing and disappearing into an alarm's life.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["stop", "slow", "limit", "drift", "frozen", "silent", "reject_rate"]
KINDS: tuple[Kind, ...] = ("stop", "slow", "limit", "drift", "frozen", "silent", "reject_rate")


class Moved(msgspec.Struct, frozen=True):
    """When a value began to leave what it was, how long before the rejects (seconds), and how sure it is their cause.

    `sure` is 0..1: how closely the rejects follow the value, times its machine's share of everything that moved.
    """

    since_us: int
    lead_seconds: float
    sure: float


class Evidence(msgspec.Struct, frozen=True):
    """One number that a person may check: value and unit, when it was observed, and what was expected."""

    device: str
    attribute: str
    value: float | bool | str
    observed_us: int
    unit: str = ""
    expected: float | None = None
    score: float | None = None
    """How unusual: robust z for drift, multiples of the limit's band elsewhere."""
    note: str = ""
    moved: Moved | None = None
    """For a value upstream that changed before the rejects did; `expected` is then what it was before."""


class Finding(msgspec.Struct, frozen=True):
    """Something wrong with `device` since `onset_us`, seen at `found_us`.

    `attribute` is set for findings about one signal. `seconds` is how long it has lasted. The same trouble keeps
    the same `key` from tick to tick.
    """

    kind: Kind
    device: str
    onset_us: int
    found_us: int
    attribute: str = ""
    evidence: tuple[Evidence, ...] = ()
    detail: str = ""
    """What distinguishes two findings of one kind on one device and attribute, such as `high` and `low`."""
    ended_us: int = 0
    """When it ended, for trouble that was over before the tick that first sees all of it; 0 while it lasts."""

    @property
    def key(self) -> str:
        return "|".join((self.kind, self.device, self.attribute, self.detail))
