"""The inspections of a line in order, and what they showed of its pieces, as detection takes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineside.detection.defects import Inspected
from lineside.errors import Unavailable
from lineside.inspection.model import Inspection
from lineside.inspection.ports import InspectionStore

PAGE = 5_000


def taken_since(store: InspectionStore, site: str, line: str, taken_us: int, page: int = PAGE) -> Iterator[Inspection]:
    """Every inspection of an image that was taken then or later, the oldest first, however many there are."""
    known: set[str] = set()
    while new := [one for one in store.since(site, line, taken_us, page + len(known)) if one.image_id not in known]:
        yield from new
        # Others of the same microsecond may stand behind a page's end.
        if new[-1].taken_us > taken_us:
            taken_us, known = new[-1].taken_us, set()
        known |= {one.image_id for one in new if one.taken_us == taken_us}


class SeenPieces:
    """What images showed, for an advisor. A store that does not answer is no reason to stop watching the line: what
    it said before stands until it answers again."""

    def __init__(self, store: InspectionStore) -> None:
        self._store = store
        self._before: dict[tuple[str, str], list[Inspected]] = {}

    def inspected(self, site: str, line: str, start_us: int, end_us: int) -> Sequence[Inspected]:
        """Every piece whose image was taken in start <= t < end and that has a verdict by now. Never raises
        `Unavailable`."""
        try:
            found = [piece(one) for one in taken_since(self._store, site, line, start_us) if one.verdict is not None]
        except Unavailable:
            found = self._before.get((site, line), [])
        self._before[site, line] = found
        return [one for one in found if start_us <= one.taken_us < end_us]


def piece(one: Inspection) -> Inspected:
    """One that has a verdict: a person's word weighs 1, an inspector's as much as it is sure of it."""
    weight = 1.0 if one.review is not None or one.seen is None else one.seen.confidence
    return Inspected(one.device, one.taken_us, one.verdict or "unreadable", weight)
