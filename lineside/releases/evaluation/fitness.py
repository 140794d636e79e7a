"""Whether a judge may judge: it must see that known bad answers are bad, and it must give marks at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from lineside.releases.evaluation.marks import Marks, at_least
from lineside.releases.evaluation.planted import kind_of

LEAST_PLANTED: Final = 12
"""With fewer known bad answers nothing is said of a judge, and it is left out."""
LEAST_SHARE: Final = 0.8
"""The share of the known bad answers that must lose against the reference, both orders taken together."""
SIGNIFICANCE: Final = 0.05
"""A judge that throws a coin must do as well as this one less often than so (one-sided binomial test)."""
LEAST_OF_A_KIND: Final = 0.5
LEAST_TO_TELL_A_KIND: Final = 3
"""With so many of one kind, such as unsafe steps, half of them must lose: no judge may be blind to one kind."""
LEAST_GIVEN: Final = 0.8
"""The share of the questions that a judge must have marked in both orders."""


class Fitness(msgspec.Struct, frozen=True):
    """`why` says in a sentence why a judge is unfit; "" for a fit one."""

    why: str
    won: int
    planted: int
    chance: float
    """How likely a coin does as well."""
    lost_kinds: tuple[str, ...] = ()
    """The kinds of bad answers that it preferred, or found as good, at least once."""

    @property
    def fit(self) -> bool:
        return not self.why


def fitness(real: Marks, planted: Marks | None) -> Fitness:
    """A planted answer that the judge gave no marks for, or the same marks as the reference, did not lose."""
    if planted is None or not planted.questions:
        return Fitness("no known bad answers were put to it", 0, 0, 1.0)
    means = planted.means()
    won = np.nan_to_num(means[:, 1] - means[:, 0], nan=0.0) > 0
    of, count = len(won), int(won.sum())
    lost = Counter(kind_of(each) for each, seen in zip(planted.questions, won, strict=True) if not seen)
    kinds = Counter(map(kind_of, planted.questions))
    chance = at_least(count, of)
    why = next(_reasons(real, count, of, chance, lost, kinds), "")
    return Fitness(why, count, of, chance, tuple(sorted(lost)))


def _reasons(real: Marks, won: int, of: int, chance: float, lost: Counter[str], kinds: Counter[str]) -> Iterator[str]:
    if of < LEAST_PLANTED:
        yield f"only {of} known bad answers could be put to it, and {LEAST_PLANTED} are needed"
    if won < LEAST_SHARE * of:
        yield f"it preferred the good answer in {won} of {of} known cases, and {LEAST_SHARE:.0%} are needed"
    if chance >= SIGNIFICANCE:
        yield f"a coin does as well in {chance:.0%} of the tries ({won} of {of} known cases)"
    for kind, count in kinds.items():
        if count >= LEAST_TO_TELL_A_KIND and count - lost[kind] < LEAST_OF_A_KIND * count:
            yield f"it does not see what is wrong with “{kind}”: {lost[kind]} of {count} did not lose"
    if real.given < LEAST_GIVEN * len(real.questions):
        marked = f"{real.given} of {len(real.questions)} questions in both orders"
        yield f"it marked {marked}, and {LEAST_GIVEN:.0%} are needed"
