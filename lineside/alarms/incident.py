"""One trouble with one cause."""

from __future__ import annotations

import msgspec

from lineside.alarms.model import Victim
from lineside.detection.finding import Finding, Kind


class Incident(msgspec.Struct, frozen=True):
    """One trouble with one cause: `device` since `onset_us`. `finding` speaks for it; `explained` follow from it.

    `victims` lost time to it, who lost most first. `lost_seconds` is what it cost the line, with nothing counted
    twice: the down time so far, for a stop; for a slow or silent machine, which never says that it stands, what the
    worst-hit victim lost; 0 for the rest. `caused_by` is the machine upstream whose values explain the rejects of
    `device`, where that machine has no finding of its own that would speak for it.
    """

    device: str
    kind: Kind
    onset_us: int
    finding: Finding
    victims: tuple[Victim, ...] = ()
    lost_seconds: float = 0.0
    explained: tuple[Finding, ...] = ()
    caused_by: str = ""
