"""The two tests that releases are compared by, held against counting every possibility."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations
from math import comb

import pytest

from lineside.releases.significance import share_is_higher, values_are_higher


def counted(bad: int, of: int, bad_live: int, of_live: int) -> Fraction:
    """The same chance in whole numbers."""
    all_bad, everything = bad + bad_live, of + of_live
    ways = sum(comb(all_bad, each) * comb(everything - all_bad, of - each) for each in range(bad, min(of, all_bad) + 1))
    return Fraction(ways, comb(everything, of))


def permuted(values: list[float], live: list[float]) -> float:
    """The chance of so high a rank sum, over every way in which the values could have been dealt."""
    together = values + live
    ordered = sorted(together)
    rank = {value: ordered.index(value) + (ordered.count(value) + 1) / 2 for value in together}
    seen = sum(rank[value] for value in values)
    dealt = [
        sum(rank[together[place]] for place in chosen) for chosen in combinations(range(len(together)), len(values))
    ]
    return sum(each >= seen for each in dealt) / len(dealt)


def test_the_lady_who_tastes_tea_is_right_by_chance_in_seventeen_of_seventy_cases() -> None:
    assert share_is_higher(3, 4, 1, 4) == pytest.approx(17 / 70)


def test_shares_are_compared_exactly_whatever_the_counts() -> None:
    for of in range(1, 9):
        for of_live in range(1, 9):
            for bad in range(of + 1):
                for bad_live in range(of_live + 1):
                    exact = float(counted(bad, of, bad_live, of_live))

                    assert share_is_higher(bad, of, bad_live, of_live) == pytest.approx(exact, rel=1e-9)


def test_large_counts_neither_overflow_nor_lose_their_smallness() -> None:
    assert share_is_higher(120, 400, 360, 3600) == pytest.approx(float(counted(120, 400, 360, 3600)), rel=1e-6)
    assert share_is_higher(100, 100, 0, 900) == pytest.approx(float(counted(100, 100, 0, 900)), rel=1e-6)
    assert 0 <= share_is_higher(4_000, 4_000, 0, 36_000) < 1e-300


def test_where_there_is_nothing_to_compare_nothing_is_found() -> None:
    assert share_is_higher(0, 0, 5, 10) == 1.0
    assert share_is_higher(5, 10, 0, 0) == 1.0
    assert share_is_higher(0, 10, 5, 10) == pytest.approx(1.0)
    assert values_are_higher([], [1.0]) == values_are_higher([1.0], []) == 1.0
    assert values_are_higher([2.0] * 30, [2.0] * 90) == 1.0


def test_values_are_compared_as_if_every_deal_were_counted() -> None:
    drawn = random.Random(7)
    for shift in (0.0, 0.5, 1.0, 1.5):
        values = [round(drawn.gauss(shift, 1), 1) for _ in range(8)]
        live = [round(drawn.gauss(0, 1), 1) for _ in range(10)]

        assert values_are_higher(values, live) == pytest.approx(permuted(values, live), abs=0.02)


def test_ties_are_allowed_for() -> None:
    drawn, runs = random.Random(5), 4000
    values, live = [1.0] * 17 + [2.0] * 8, [1.0] * 78 + [2.0] * 12
    together = values + live
    rank = {each: sum(one < each for one in together) + together.count(each) / 2 for each in (1.0, 2.0)}

    seen = sum(rank[each] for each in values)
    deals = [sum(rank[each] for each in drawn.sample(together, len(values))) for _ in range(runs)]
    # Few values make few sums: half of those that are equal is what a smooth approximation can know.
    dealt = sum(1.0 if each > seen else 0.5 if each == seen else 0.0 for each in deals) / runs

    assert values_are_higher(values, live) == pytest.approx(dealt, abs=0.005)
    assert 0.01 < dealt < 0.02


def test_lower_values_are_never_found_higher() -> None:
    assert values_are_higher([1.0, 1.1, 1.2] * 10, [2.0, 2.1, 2.2] * 10) > 0.999


@pytest.mark.parametrize("sizes", [(20, 20), (20, 180)])
def test_alike_values_are_found_higher_as_rarely_as_is_said(sizes: tuple[int, int]) -> None:
    drawn, level, runs = random.Random(3), 0.01, 2000
    found = 0
    for _ in range(runs):
        values = [drawn.lognormvariate(0, 0.6) for _ in range(sizes[0])]
        live = [drawn.lognormvariate(0, 0.6) for _ in range(sizes[1])]
        found += values_are_higher(values, live) < level

    assert 0.004 < found / runs < 0.016
