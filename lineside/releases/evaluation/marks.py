"""Judgements -> one table of marks, and what each judge is worth: its marks, its liking for a place, its silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lineside.releases.evaluation.judge import ORDERS
from lineside.releases.evaluation.model import CRITERIA, Criterion, Judgement, Order, Who

WHO: Final[tuple[Who, ...]] = ("base", "candidate")
_LEANS: Final = 0.01
"""How unlikely the verdicts that turn with the order must be by chance, before we say that a judge likes a place."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Marks:
    """The marks of one judge: `[question, order, who, criterion]`, NaN where it gave none."""

    judge: str
    questions: tuple[str, ...]
    table: Floats
    troubles: tuple[str, ...] = ()

    @cached_property
    def both_orders(self) -> Floats:
        """`[question, who, criterion]`: the mean of both orders, NaN where one is missing: a liking for a place cancels
        out only where both are there."""
        means: Floats = self.table.mean(axis=1)
        return means

    def means(self, criterion: Criterion | None = None) -> Floats:
        """`[question, who]`: the mean of the criteria, or one of them."""
        chosen = slice(None) if criterion is None else [CRITERIA.index(criterion)]
        means: Floats = self.both_orders[:, :, chosen].mean(axis=2)
        return means

    @cached_property
    def given(self) -> int:
        """How many questions it marked in both orders."""
        return int((~np.isnan(self.means()[:, 0])).sum())

    @cached_property
    def _leads(self) -> Floats:
        """`[question, order]`: how much better the candidate is, of the questions that were marked in both orders."""
        means = self.table.mean(axis=3)
        leads = means[:, :, WHO.index("candidate")] - means[:, :, WHO.index("base")]
        kept: Floats = leads[~np.isnan(leads).any(axis=1)]
        return kept

    @property
    def flips(self) -> float:
        """Share of the questions in which the other answer wins when the order changes."""
        return float((self._leads.prod(axis=1) < 0).mean()) if len(self._leads) else 0.0

    @property
    def first_place(self) -> float:
        """How many marks the first place is worth on average; below 0 the second one is."""
        if not len(self._leads):
            return 0.0
        of_first = self._leads * np.array([-1.0 if order == "base_first" else 1.0 for order in ORDERS])
        return float(of_first.mean())

    @property
    def leans(self) -> str:
        """`first` or `second` where the verdicts that flip favour one place more often than chance allows."""
        flipped = self._leads[self._leads.prod(axis=1) < 0]
        to_first = int((flipped[:, ORDERS.index("base_first")] < 0).sum())
        most = max(to_first, len(flipped) - to_first)
        if not len(flipped) or 2 * at_least(most, len(flipped)) >= _LEANS:
            return ""
        return "first" if most == to_first else "second"


def marks_of(question_ids: Sequence[str], judgements: Iterable[Judgement]) -> list[Marks]:
    """A table for each judge, in the order in which they appear. Of two judgements of one order the later counts."""
    place = {question_id: number for number, question_id in enumerate(question_ids)}
    tables: dict[str, Floats] = {}
    troubles: dict[str, dict[tuple[str, Order], str]] = {}
    for each in judgements:
        if each.question_id not in place:
            continue
        table = tables.setdefault(each.judge, np.full((len(place), len(ORDERS), 2, len(CRITERIA)), np.nan))
        table[place[each.question_id], ORDERS.index(each.order)] = [_row(each, who) for who in WHO]
        troubles.setdefault(each.judge, {})[each.question_id, each.order] = each.trouble
    ids = tuple(question_ids)
    return [Marks(judge, ids, table, tuple(filter(None, troubles[judge].values()))) for judge, table in tables.items()]


def at_least(won: int, of: int) -> float:
    """How likely so many or more heads are in so many throws of a fair coin: the one-sided binomial test."""
    return sum(comb(of, heads) for heads in range(won, of + 1)) / 2**of if of else 1.0


def _row(judgement: Judgement, who: Who) -> list[float]:
    marks: dict[Criterion, float] = getattr(judgement, who)
    return [marks.get(criterion, np.nan) for criterion in CRITERIA]
