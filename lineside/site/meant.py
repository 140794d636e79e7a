"""The name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def meant(given: str, known: Iterable[str]) -> str:
    """How a sentence about an unknown name goes on: with the known one that is most like it, or not at all."""
    by_lower_case = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(given.casefold(), by_lower_case, n=1, cutoff=0.6)
    return f"; did you mean {by_lower_case[close[0]]!r}?" if close else ""
