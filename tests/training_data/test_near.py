"""Near-duplicates: who is found by MinHash, against everybody compared with everybody."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from lineside.training_data.near import (
    DUPLICATE,
    PARAPHRASE,
    SAME_TEXT,
    Rule,
    clusters,
    likeness,
    sketch_of,
    without_near_duplicates,
)
from lineside.training_data.pair import Pair
from tests.training_data.pairs import pair

_WORDS = tuple(
    f"{first}{middle}{last}"
    for first in "bdfgklmnprst"
    for middle in ("ala", "ero", "imu")
    for last in ("k", "rt", "lm")
)


def variants(seed: int, families: int) -> list[Pair]:
    """Families of pairs: a first one, and others with ever more of its words exchanged."""
    chance = random.Random(seed)
    found: list[Pair] = []
    for _ in range(families):
        question, answer = chance.choices(_WORDS, k=9), chance.choices(_WORDS, k=20)
        for exchanged in (0, 0, 1, 2, 4, 8):
            words = [*question, *answer]
            for at in chance.sample(range(len(words)), exchanged):
                words[at] = chance.choice(_WORDS)
            found.append(pair(" ".join(words[:9]), " ".join(words[9:])))
    chance.shuffle(found)
    return found


def alike(one: Pair, other: Pair, rule: Rule, seed: int = 0) -> bool:
    """By the true overlap of their words."""
    first, second = sketch_of(one, seed), sketch_of(other, seed)
    if rule.looks_at == "question":
        return likeness(first.question, second.question) >= rule.least
    return likeness(first.whole, second.whole) >= rule.least


def by_brute_force(pairs: list[Pair]) -> list[int]:
    """The clusters that comparing everybody with everybody gives."""
    cluster = list(range(len(pairs)))
    for one, other in combinations(range(len(pairs)), 2):
        if any(alike(pairs[one], pairs[other], rule) for rule in (PARAPHRASE, SAME_TEXT)):
            low, high = sorted((cluster[one], cluster[other]))
            cluster = [low if each == high else each for each in cluster]
    return cluster


def test_the_clusters_are_those_of_comparing_everybody_with_everybody():
    pairs = variants(seed=3, families=60)

    found = clusters(pairs)

    expected = by_brute_force(pairs)
    agree = sum(
        (found[one] == found[other]) == (expected[one] == expected[other]) for one, other in combinations(range(360), 2)
    )
    together = sum(expected[one] == expected[other] for one, other in combinations(range(360), 2))
    assert together > 500
    assert agree / (360 * 359 / 2) > 0.9999


def test_nobody_is_called_alike_who_is_not():
    pairs = variants(seed=4, families=60)

    found = clusters(pairs)

    expected = by_brute_force(pairs)
    wrongly = [
        (one, other)
        for one, other in combinations(range(360), 2)
        if found[one] == found[other] and expected[one] != expected[other]
    ]
    assert wrongly == []


@pytest.mark.parametrize("rule", [DUPLICATE, PARAPHRASE, SAME_TEXT])
def test_at_the_border_of_a_rule_few_are_missed(rule: Rule):
    missed = (1 - rule.least**rule.rows) ** rule.bands

    assert missed < 0.02


def test_of_pairs_that_are_as_good_as_the_same_the_first_is_kept():
    first = pair(
        "How long does the glue heater need from cold?", "It needs 12 minutes from cold until the glue holds the flap."
    )
    again = pair(
        "How long does the glue heater need from cold", "It needs 12 minutes from cold until the glue holds the flap!"
    )
    other = pair("How is the nozzle of the glue heater cleaned?", "Put it in the cleaning bath for 20 minutes.")

    kept, rejected = without_near_duplicates([first, again, other], seed=0)

    assert kept == [first, other]
    assert [(each.reason, each.pair_id) for each in rejected] == [("duplicate", again.pair_id)]
    assert "How long does the glue heater need from cold?" in rejected[0].why


def test_the_same_words_with_another_number_are_another_fact():
    words = "the panel of the freezer tunnel shows in the third line of its second page when the belt has stopped"
    facts = [
        pair(f"What does it mean that {words} code E-{code}?", f"It means that {words} code E-{code}.")
        for code in (217, 218)
    ]

    kept, rejected = without_near_duplicates(facts, seed=0)

    assert (kept, rejected) == (facts, [])


def test_a_paraphrase_is_of_one_cluster_and_a_question_about_another_code_is_not():
    asked = pair("How long does the glue heater need until it is warm?", "12 minutes.")
    again = pair("Until it is warm, how long does the glue heater need?", "It takes 12 minutes from cold.")
    other = pair("What does E-217 mean on the panel?", "The belt drive tripped.")
    another = pair("What does E-218 mean on the panel?", "The sensor gives no pulse.")

    found = clusters([asked, other, again, another])

    assert found == [0, 1, 0, 3]


def test_refusals_are_compared_by_their_questions_alone():
    asked = [pair("Which colour has the hood of the filler?"), pair("Who sells the chain of the packer?")]

    kept, rejected = without_near_duplicates(asked, seed=0)

    assert (kept, rejected) == (asked, [])
    assert clusters(asked) == [0, 1]
    assert likeness(sketch_of(asked[0], 0).whole, sketch_of(asked[1], 0).whole) == 0


def test_another_seed_finds_the_same_pairs():
    pairs = variants(seed=5, families=20)

    found = [[each.pair_id for each in without_near_duplicates(pairs, seed)[0]] for seed in (0, 1, 77)]

    assert found[0] == found[1] == found[2]
