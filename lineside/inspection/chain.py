"""One inspector after the other, until one saw something; why the earlier ones did not is kept with what it saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from lineside.errors import Unavailable
from lineside.inspection.model import Seen
from lineside.inspection.ports import Example, Image, Inspector
from lineside.inspection.vision import NoVerdict

REST_SECONDS: Final = 60.0
_LONGEST_REASON: Final = 300


@dataclass
class InspectorChain:
    """An `Inspector`. The last one of `inspectors` is the offline inspector, which nothing keeps from looking.

    One that could not be asked rests for a minute, so that images do not wait for it one by one. `monotonic` is a
    clock in seconds.
    """

    inspectors: Sequence[Inspector]
    monotonic: Callable[[], float]
    _resting: dict[int, tuple[float, str]] = field(default_factory=dict)

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen:
        skipped: list[str] = []
        for number, inspector in enumerate(self.inspectors):
            until, why = self._resting.get(number, (0.0, ""))
            if why and self.monotonic() < until:
                skipped.append(f"not asked again yet: {why}")
                continue
            try:
                seen = inspector.inspect(image, examples)
            except Unavailable as error:
                why = str(error)[:_LONGEST_REASON]
                skipped.append(why)
                if not isinstance(error, NoVerdict):  # that one does answer, and the next image may suit it
                    self._resting[number] = (self.monotonic() + REST_SECONDS, why)
                continue
            return replace(seen, skipped=tuple(skipped))
        raise Unavailable("; ".join(skipped) or "no inspector is configured")
