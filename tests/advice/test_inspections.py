"""Images reach the advisor through a port; without one it watches the counters alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from lineside.advice.advisor import Advisor
from lineside.advice.model import Notification
from lineside.detection.defects import Inspected
from lineside.detection.watch import INSPECTED_US
from lineside.lake.lake import Lake
from lineside.lake.memory import MemoryObjects
from lineside.site.model import Line, Machine, RejectRate, Site

MINUTE_US = 60_000_000
NOW_US = 1_741_000_000_000_000
SITE = Site(
    site="bakery",
    lines=(
        Line(
            id="line-1",
            machines=(Machine(id="Camera", rejects=RejectRate(rejects="Bad", total="All", max_fraction=0.02)),),
        ),
    ),
)


@dataclass
class Seen:
    """Inspections that are remembered, and what was asked of them."""

    pieces: Sequence[Inspected]
    asked: list[tuple[str, str, int, int]] = field(default_factory=list)

    def inspected(self, site: str, line: str, start_us: int, end_us: int) -> Sequence[Inspected]:
        self.asked.append((site, line, start_us, end_us))
        return self.pieces


@dataclass
class Phone:
    received: list[Notification] = field(default_factory=list)

    def notify(self, notification: Notification) -> None:
        self.received.append(notification)


def ticked(seen: Seen | None) -> Phone:
    records, phone = Records(), Phone()
    advisor = Advisor(
        SITE,
        Lake(MemoryObjects(), exact=True),
        SqliteAlarmStore(records),
        SqliteAdvisoryStore(records),
        SqliteMemoryStore(records),
        phone,
        inspections=seen,
    )
    advisor.tick("line-1", NOW_US)
    records.close()
    return phone


def test_defects_in_images_are_told_like_rejects():
    cracked = [Inspected("Camera", NOW_US - MINUTE_US + number, "cracked") for number in range(6)]
    good = [Inspected("Camera", NOW_US - MINUTE_US - number, "good") for number in range(20)]
    seen = Seen([*cracked, *good])

    (message,) = ticked(seen).received

    assert (message.device, message.kind, message.cause) == ("Camera", "reject_rate", "Camera")
    assert "6 of 26 images, mostly cracked (6)" in message.message
    assert seen.asked == [("bakery", "line-1", NOW_US - INSPECTED_US, NOW_US)]


def test_without_images_nothing_is_told():
    assert ticked(None).received == []
    assert ticked(Seen([])).received == []
