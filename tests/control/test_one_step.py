"""One step of a set-point: by nobody's arithmetic outside what its point allows."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineside.control.one_step import one_step
from lineside.site.commands import CommandPoint

POINT = CommandPoint(attribute="A", min=0, max=10)


@pytest.mark.parametrize(
    ("was", "direction", "largest", "wanted"),
    [
        (2.2, "down", 1, 1.2),
        (5, "up", 3, 8),
        (9, "up", 3, 10),
        (10, "up", 3, None),
        (0, "down", 1, None),
        (11, "down", 3, 8),
        (14, "down", 3, None),
        (-1, "up", 0.5, None),
        (-1, "down", 5, None),
    ],
)
def test_a_step_ends_at_the_limit_and_leads_back_only_where_one_is_enough(
    was: float, direction: Literal["up", "down"], largest: float, wanted: float | None
) -> None:
    assert one_step(was, direction, largest, POINT) == wanted


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 6))


@given(NUMBERS, NUMBERS, st.floats(0.001, 1e6), NUMBERS, st.sampled_from(["up", "down"]))
@settings(max_examples=150, deadline=None)
def test_a_step_is_never_outside_the_limits_never_too_large_and_never_the_wrong_way(
    one: float, other: float, step: float, was: float, direction: Literal["up", "down"]
) -> None:
    low, high = min(one, other), max(one, other) + 1
    point = CommandPoint(attribute="A", min=low, max=high)

    wanted = one_step(was, direction, step, point)

    if wanted is not None:
        assert low <= wanted <= high
        assert abs(wanted - was) <= step * (1 + 1e-9)
        assert wanted > was if direction == "up" else wanted < was
