"""Which images a person sees, and with what chance: all that nobody is sure of, and a share of the others."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from lineside.inspection.model import Seen
from lineside.inspection.settings import InspectionSettings

_OUT_OF: Final = 1 << 64


def put_before_a_person(seen: Seen, image_id: str, settings: InspectionSettings) -> tuple[bool, float]:
    """Whether a person looks at it, and the chance with which one looks at an image like it.

    Those of the audit are drawn by the image's own hash: nobody chooses them, and a second run chooses the same.
    """
    if seen.verdict == "unreadable" or not seen.confidence >= settings.confidence:
        return True, 1.0
    return drawn(image_id, settings.audit_seed) < settings.audit_share, settings.audit_share


def drawn(image_id: str, seed: str) -> float:
    """From 0 up to 1, alike for all images, and always the same for one."""
    return int.from_bytes(sha256(f"{seed}\0{image_id}".encode()).digest()[:8], "big") / _OUT_OF
