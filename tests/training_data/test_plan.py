"""How many questions each chunk is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.pair import Chunk, Pair
from lineside.training_data.plan import MOST_OF_A_CHUNK, answers_wanted, plan, portions, refusals_wanted
from lineside.training_data.settings import DatasetSettings
from tests.training_data.cases import draft
from tests.training_data.pairs import pair, passage


def chunks(*tokens: int) -> list[Chunk]:
    return [Chunk(f"chunk-{at}", (passage(at),), count) for at, count in enumerate(tokens)]


def answered(count: int) -> list[Pair]:
    return [pair(f"Which bolt {at} belongs to hood {at * 13}?", f"Bolt {at * 7}.") for at in range(count)]


class Carrying:
    """A generator that has so many questions for each chunk, and costs nothing."""

    def __init__(self, name: str, **counts: int) -> None:
        self.name = name
        self._counts = counts

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        return (draft("How is it?", "It is well."),) * min(wanted, self._counts[chunk.chunk_id.replace("-", "_")])


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 40)), min_size=1, max_size=30), st.integers(0, 2_000)
)  # fmt: skip
def test_portions_add_up_to_what_is_wanted_unless_all_are_full(of: list[tuple[int, int]], total: int):
    weights, most = [weight for weight, _ in of], [limit for _, limit in of]

    given_ = portions(weights, total, most)

    assert sum(given_) == min(total, sum(most))
    assert all(0 <= count <= limit for count, limit in zip(given_, most, strict=True))


def test_a_long_chunk_is_asked_for_more_than_a_short_one():
    assert plan(chunks(600, 300, 100), DatasetSettings(pairs=40)) == [18, 9, 3]


def test_without_a_number_a_model_is_asked_by_the_length_of_the_text():
    assert plan(chunks(600, 61, 5), DatasetSettings()) == [10, 1, 1]


def test_what_one_chunk_does_not_carry_another_one_gives():
    generator = Carrying("offline", chunk_0=2, chunk_1=30)

    assert plan(chunks(600, 300), DatasetSettings(pairs=20), generator) == [2, 13]
    assert plan(chunks(600, 300), DatasetSettings(pairs=100), generator) == [2, 30]
    assert plan(chunks(600, 300), DatasetSettings(), generator) == [2, 30]


def test_a_model_that_costs_is_not_asked_what_it_could_write():
    generator = Carrying("gpt-oss")

    assert plan(chunks(600, 300), DatasetSettings(pairs=20), generator) == [10, 5]
    assert plan(chunks(900_000), DatasetSettings()) == [MOST_OF_A_CHUNK]


@pytest.mark.parametrize(("pairs", "answers", "refusals"), [(50, 38, 12), (4, 3, 1), (1, 1, 0)])
def test_a_quarter_of_what_is_asked_for_are_refusals(pairs: int, answers: int, refusals: int):
    settings = DatasetSettings(pairs=pairs)

    assert (answers_wanted(pairs, settings), refusals_wanted(answered(999), settings)) == (answers, refusals)
    assert refusals_wanted(answered(90), DatasetSettings()) == 30


def test_few_answers_get_few_refusals_however_many_were_asked_for():
    twice = [*answered(9), *answered(9)]

    assert refusals_wanted(answered(9), DatasetSettings(pairs=1_000)) == 3
    assert refusals_wanted(twice, DatasetSettings()) == 3
    assert refusals_wanted([], DatasetSettings(pairs=1_000)) == 0
