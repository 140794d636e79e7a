"""A machine's states over a window, from what it said of itself.

What was said holds until the next word, for as long as the machine keeps talking. Once it was quiet for clearly longer
than it usually is, the time from its last word on is `unknown`: nobody may say that it ran, or that it was down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

UNKNOWN: Final = "unknown"

SECOND_US: Final = 1_000_000
LEAST_TOLERANCE_US: Final = 15 * SECOND_US
TOLERANCE_TIMES_USUAL, TOLERANCE_TIMES_LONG = 4, 2
_WORDS_TO_LEARN_FROM: Final = 4
_NEW_WORDS: Final = 0.6
"""Where so many of the words are changes, and their times irregular, the machine speaks only on a change."""
UNLEARNED_US: Final = 3_600 * SECOND_US
"""How long a word holds whose speaker's habit nobody knows."""


class Run(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One machine in one state with start_us <= t < end_us."""

    state: str
    start_us: int
    end_us: int

    @property
    def seconds(self) -> float:
        return (self.end_us - self.start_us) / SECOND_US

    def overlap_us(self, start_us: int, end_us: int) -> int:
        return max(0, min(self.end_us, end_us) - max(self.start_us, start_us))


class Habit(NamedTuple):
    """How often something speaks: `words` of which `changes` said something new, the usual and a long pause between."""

    words: int = 0
    changes: int = 0
    usual_us: int = 0
    long_us: int = 0

    @property
    def is_learned(self) -> bool:
        return self.words >= _WORDS_TO_LEARN_FROM

    @property
    def only_on_a_change(self) -> bool:
        """Its silence says nothing."""
        return self.is_learned and self.changes >= _NEW_WORDS * self.words and self.long_us > 2 * self.usual_us

    @property
    def tolerance_us(self) -> int:
        """A longer pause is clearly longer than usual; 0 where no pause says anything."""
        if self.only_on_a_change:
            return 0
        if not self.is_learned:
            return UNLEARNED_US
        return max(LEAST_TOLERANCE_US, TOLERANCE_TIMES_USUAL * self.usual_us, TOLERANCE_TIMES_LONG * self.long_us)

    def silences(self, pauses: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """The pauses that are clearly too long, each from one usual pause after the last word on."""
        limit_us = self.tolerance_us
        usual_us = self.usual_us if self.is_learned else 0
        return [(last + usual_us, then) for last, then in pauses if limit_us and then - last > limit_us]


class Word(NamedTuple):
    """`state` was said at `at_us`."""

    at_us: int
    state: str


def runs_of(words: Sequence[Word], silences: Iterable[tuple[int, int]], start_us: int, end_us: int) -> list[Run]:
    """The runs of start <= t < end, without holes, from words and silences in the order of their times.

    Words before `start_us` tell what held when the window began.
    """
    held = [Word(start_us, UNKNOWN), *words]
    ends = [word.at_us for word in words] + [end_us]
    said = (Run(word.state, word.at_us, until_us) for word, until_us in zip(held, ends, strict=True))
    clipped = (Run(run.state, max(run.start_us, start_us), min(run.end_us, end_us)) for run in said)
    return _joined(_interrupted((run for run in clipped if run.end_us > run.start_us), silences))


def _interrupted(held: Iterable[Run], silences: Iterable[tuple[int, int]]) -> Iterator[Run]:
    """What was held, with `unknown` where nobody was there to say it."""
    waiting = deque(silences)
    for run in held:
        at_us = run.start_us
        while waiting and waiting[0][0] < run.end_us:
            quiet_us, then_us = waiting[0]
            quiet_us, until_us = max(at_us, quiet_us), min(then_us, run.end_us)
            if until_us > at_us:
                yield Run(run.state, at_us, quiet_us)
                yield Run(UNKNOWN, quiet_us, until_us)
                at_us = until_us
            if then_us > run.end_us:
                break
            waiting.popleft()
        yield Run(run.state, at_us, run.end_us)


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        if run.end_us <= run.start_us:
            continue
        if joined and joined[-1].state == run.state:
            joined[-1] = Run(run.state, joined[-1].start_us, run.end_us)
        else:
            joined.append(run)
    return joined
