"""What inspection needs of a runtime; both bring their own, and both hold to the same contract tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lineside.inspection.model import Inspection, Seen, Verdict


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
        """Past their retention."""
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

    def unseen(self, site: str, limit: int) -> list[Inspection]:
        """Received and not yet inspected, the oldest first."""
        ...

    def since(self, site: str, line: str, taken_us: int, limit: int = 10_000) -> list[Inspection]:
        """Taken then or later, the oldest first."""
        ...

    def reviewed(self, site: str, limit: int) -> list[Inspection]:
        """With a person's verdict, the newest first."""
        ...
