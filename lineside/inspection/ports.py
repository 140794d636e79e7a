"""What inspection needs of a runtime; both bring their own, and both hold to the same contract tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from lineside.inspection.model import Inspection, Seen, Verdict

DAY_US: Final = 86_400_000_000
RECORDS_KEPT_US: Final = 400 * DAY_US
"""A store forgets what was received before that; a year of weeks can be compared with the year before."""

Place = Literal["unseen", "waiting", "seen", "reviewed", "forgotten"]


@dataclass(frozen=True)
class Image:
    """An image whose bytes were checked (see `lineside/inspection/intake.py`)."""

    content: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Example:
    """An image of the site whose verdict a person gave."""

    image: Image
    verdict: Verdict


class Inspector(Protocol):
    """Looks at one image. Raises `Unavailable` where it cannot be asked; a bad image is `unreadable`, no error."""

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen: ...


class ImageStore(Protocol):
    """Images by content hash. Keeping one twice is harmless. Raises `Unavailable`."""

    def keep(self, site: str, image_id: str, image: Image) -> None: ...

    def get(self, site: str, image_id: str) -> Image | None: ...

    def forget(self, site: str, image_ids: Sequence[str]) -> None:
        """Past their retention. One that is gone already is fine."""
        ...


class InspectionStore(Protocol):
    """What was seen, and what waits for a person. Raises `Unavailable`."""

    def get(self, site: str, image_id: str) -> Inspection | None: ...

    def put(self, inspection: Inspection) -> None:
        """One conditional write: stored is what had `version - 1`, or nothing where that is 0. Else `Conflict`."""
        ...

    def waiting(self, site: str, limit: int) -> list[Inspection]:
        """For a person, the oldest first."""
        ...

    def unseen(self, site: str, now_us: int, limit: int) -> list[Inspection]:
        """Received, not yet inspected and due by then, the longest due first."""
        ...

    def since(self, site: str, line: str, taken_us: int, limit: int = 10_000) -> list[Inspection]:
        """Taken then or later, the oldest first."""
        ...

    def reviewed(self, site: str, limit: int, before_us: int | None = None) -> list[Inspection]:
        """With a person's verdict, given before then where that is said; the newest verdict first."""
        ...

    def older(self, site: str, received_us: int, limit: int) -> list[Inspection]:
        """Received before then, inspected or waiting, without a verdict, not forgotten; the oldest first."""
        ...


def place_of(inspection: Inspection) -> tuple[Place, int]:
    """The one list that an inspection stands in, and the time that it is ordered by there."""
    if inspection.review is not None:
        return "reviewed", inspection.review.at_us
    if inspection.forgotten:
        return "forgotten", inspection.received_us
    if inspection.queued:
        return "waiting", inspection.received_us
    if inspection.seen is not None:
        return "seen", inspection.received_us
    return "unseen", max(inspection.received_us, inspection.next_us)


def changed_by_others(inspection: Inspection) -> str:
    """Why a write was refused, in a sentence."""
    return f"somebody else changed inspection {inspection.image_id[:12]} first; read it again, then decide again"
