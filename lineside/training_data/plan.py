"""How many questions each chunk is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lineside.training_data.draft import Generator
from lineside.training_data.near import without_near_duplicates
from lineside.training_data.pair import OFFLINE, Chunk, Pair
from lineside.training_data.settings import DatasetSettings

TOKENS_PER_PAIR: Final = 60
"""Without a number of pairs, a model is asked for one for so many tokens: about every step, row or two sentences."""
MOST_OF_A_CHUNK: Final = 40


def plan(chunks: Sequence[Chunk], settings: DatasetSettings, generator: Generator | None = None) -> list[int]:
    """How many answered questions each chunk is asked for, in the order of the chunks; in all what the settings say.

    The offline generator costs nothing, so it is first asked how many each chunk carries, and what one chunk does not
    carry another one gives.
    """
    free = generator is not None and generator.name == OFFLINE
    most = [
        len(generator.generate(chunk, MOST_OF_A_CHUNK)) if generator and free else MOST_OF_A_CHUNK for chunk in chunks
    ]
    if settings.pairs is None:
        return (
            most if free else [min(MOST_OF_A_CHUNK, max(1, round(chunk.tokens / TOKENS_PER_PAIR))) for chunk in chunks]
        )
    return portions([chunk.tokens for chunk in chunks], answers_wanted(settings.pairs, settings), most)


def answers_wanted(pairs: int, settings: DatasetSettings) -> int:
    """How many of so many pairs are answered, and not refused."""
    return pairs - round(pairs * settings.refusal_share)


def refusals_wanted(answers: Sequence[Pair], settings: DatasetSettings) -> int:
    """How many refusals belong to these answers, once those that are as good as the same are dropped; of a stated
    number of pairs no more than its own share. Where documents carry less than was asked for, there are fewer of both.
    """
    kept, _ = without_near_duplicates(answers, settings.seed)
    fitting = round(len(kept) * settings.refusal_share / (1 - settings.refusal_share))
    if settings.pairs is None:
        return fitting
    return min(fitting, settings.pairs - answers_wanted(settings.pairs, settings))


def portions(weights: Sequence[int], total: int, most: Sequence[int]) -> list[int]:
    """`total` in whole portions that are near to the weights, none above its `most`; less where all are full.

    What is left after rounding goes to those that rounding took most from, the first of equals first.
    """
    given = [0] * len(weights)
    while (left := total - sum(given)) > 0:
        open_ones = [at for at, limit in enumerate(most) if given[at] < limit]
        if not open_ones:
            break
        whole = sum(max(1, weights[at]) for at in open_ones)
        exact = {at: left * max(1, weights[at]) / whole for at in open_ones}
        for at in open_ones:
            given[at] += min(int(exact[at]), most[at] - given[at])
        left = total - sum(given)
        by_loss = sorted(open_ones, key=lambda at: int(exact[at]) - exact[at])
        for at in [at for at in by_loss if given[at] < most[at]][:left]:
            given[at] += 1
    return given
