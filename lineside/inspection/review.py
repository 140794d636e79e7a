"""A person's word on an inspection. Pure: one inspection goes in, the next one comes out, or an error."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from lineside.errors import Conflict, Malformed, Refused
from lineside.inspection.model import VERDICTS, Inspection, Reviewed, Verdict

LONGEST_NOTE: Final = 500


class UnknownInspection(Refused):
    """There is no inspection with this id."""


def reviewed(
    was: Inspection, verdict: Verdict, by: str, note: str, at_us: int, seen_version: int | None = None
) -> Inspection:
    """The inspection with a person's verdict; the very same where that was said already.

    A person may change their own mind. Raises `Conflict` where another person has said something else, unless
    `seen_version` shows that this one looked at that; `Malformed` for a verdict that is none; `Refused` for nobody's
    verdict, and for one on an image that is gone.
    """
    if verdict not in VERDICTS:
        raise Malformed(f"{str(verdict)[:40]!r} is no verdict; say {', '.join(VERDICTS)}")
    if not by:
        raise Refused("a verdict needs the name of who gives it")
    said = was.review
    if said is None and was.forgotten:
        raise Refused("its image is past its retention, so nobody can look at it any more")
    now = Reviewed(verdict, by, at_us, _plain(note))
    if said is not None and said.verdict == verdict and (said.by != by or now.note in ("", said.note)):
        return was
    if said is not None and said.by != by and seen_version != was.version:
        raise Conflict(f"{said.by} has said {said.verdict} of it; look at it again, then decide")
    # Nobody drew an image that a person picked: it says nothing about the others.
    sampled = was.sampled if was.queued or said is not None else 0.0
    return replace(was, review=now, queued=False, sampled=sampled)


def _plain(note: str) -> str:
    """One line without invisible characters."""
    visible = "".join(letter if letter.isprintable() else " " for letter in note)
    return " ".join(visible.split())[:LONGEST_NOTE]
