"""What an inspection says of one image, and what a person says of the inspection."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Verdict = Literal["good", "cracked", "deformed", "bubbles", "unreadable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
DEFECTS: tuple[Verdict, ...] = ("cracked", "deformed", "bubbles")
Region = tuple[int, int, int, int]
"""x, y of the upper left corner, width, height; in pixels of the image as it was sent."""


class Seen(msgspec.Struct, frozen=True):
    """What an inspector, offline or a vision model, saw. `confidence`: the chance (0..1) that the verdict is right."""

    verdict: Verdict
    confidence: float
    regions: tuple[Region, ...] = ()
    reason: str = ""
    """In a sentence: the measures that decided, or why the image is unreadable."""
    inspector: str = "offline"
    """Who saw it: `offline`, or the model's name."""
    skipped: tuple[str, ...] = ()
    """Who was asked before, and why that one saw nothing."""


class Reviewed(msgspec.Struct, frozen=True):
    """A person's verdict. It becomes an example for the next inspection, and training data."""

    verdict: Verdict
    by: str
    at_us: int
    note: str = ""


class Inspection(msgspec.Struct, frozen=True):
    """One image of one product. Its id is the content hash: the same image sent twice is one inspection."""

    image_id: str
    """SHA-256 of the image's bytes, in hex."""
    site: str
    line: str
    device: str
    taken_us: int
    received_us: int
    media_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int
    seen: Seen | None = None
    """None until it was inspected: what a process that was killed goes on with."""
    queued: bool = False
    """It waits for a person: its confidence is below the site's, or nobody could inspect it."""
    review: Reviewed | None = None
    version: int = 0
    """Counts the writes; a write names the version that it read."""
    attempts: int = 0
    """How often an inspection of it was begun."""
    next_us: int = 0
    """Before then no other inspection of it begins."""
    trouble: str = ""
    """Why the latest attempt saw nothing."""
    sampled: float = 1.0
    """The chance with which an image like this one is put before a person: 1 below the confidence, the audit's share
    above it, 0 where a person chose it. Accuracy is weighted by its inverse."""
    forgotten: bool = False
    """The image itself is past its retention."""

    @property
    def verdict(self) -> Verdict | None:
        """A person's word counts, then the inspector's."""
        if self.review is not None:
            return self.review.verdict
        return self.seen.verdict if self.seen is not None else None
