"""Train, validation and test share nothing: no section, no passage, no text and no wording."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineside.errors import Misconfigured
from lineside.training_data.near import likeness, sketch_of
from lineside.training_data.pair import Pair, Part
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.split import PARTS, Leak, apart, held_out_from, split
from tests.training_data.pairs import pair, passage

_TEXTS = st.sampled_from([f"text {number} that stands in several documents word for word" for number in range(8)])
_THINGS = (
    *("valve", "pump", "belt", "drive", "guard", "hood", "sensor", "nozzle"),
    *("filter", "roller", "hopper", "fan", "motor", "bearing", "chain", "gearbox"),
)
_ASKED = st.tuples(
    st.sampled_from(_THINGS), st.sampled_from(_THINGS), st.sampled_from(["long", "often", "hot", "heavy"])
)


@st.composite
def some_pairs(draw: st.DrawFn) -> list[Pair]:
    """Pairs that overlap in every way: chunks share passages, documents texts, questions are asked twice."""
    found = []
    for number in range(draw(st.integers(0, 40))):
        document, section = f"sop-{draw(st.integers(1, 6))}", f"section {draw(st.integers(1, 4))}"
        first = draw(st.integers(0, 6))
        passages = [
            passage(at, document=document, section=section) for at in range(first, first + draw(st.integers(1, 3)))
        ]
        if draw(st.booleans()):
            passages.append(passage(90 + number, draw(_TEXTS), document=document, section=section))
        thing, other, how = draw(_ASKED)
        answer = draw(st.sampled_from(["", f"The {thing} is as {how} as the {other}.", f"Answer number {number}."]))
        question = f"How {how} is the {thing} beside the {other}?"
        found.append(pair(question, answer, document=document, section=section, passages=tuple(passages)))
    return found


def crossings(parts: dict[Part, list[Pair]]) -> list[str]:
    """What two parts share, by comparing every pair with every pair."""
    found = []
    named = [(part, each) for part in PARTS for each in parts[part]]
    for at, (part, one) in enumerate(named):
        for other_part, other in named[:at]:
            if part == other_part:
                continue
            if {each.passage_id for each in one.passages} & {each.passage_id for each in other.passages}:
                found.append("passage")
            if {each.text for each in one.passages} & {each.text for each in other.passages}:
                found.append("text")
            if (one.document_id, one.section) == (other.document_id, other.section):
                found.append("section")
            first, second = sketch_of(one, 0), sketch_of(other, 0)
            if (
                first.numbers_of_question == second.numbers_of_question
                and likeness(first.question, second.question) >= 0.9
            ):
                found.append("question")
    return found


@given(some_pairs(), st.integers(0, 5))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_crosses_from_one_part_to_another(pairs: list[Pair], seed: int):
    parts = split(pairs, DatasetSettings(seed=seed))

    assert Counter(map(id, (each for part in PARTS for each in parts[part]))) == Counter(map(id, pairs))
    assert crossings(parts) == []
    apart(parts)


def sections(count: int, each: int = 4) -> list[Pair]:
    """Sections of their own, in each as many pairs, one of which is a refusal."""
    return [
        pair(
            f"Which {_THINGS[section % 16]} {section} {at} is meant by remark {section * 31 + at}?",
            f"Remark {section * 31 + at} is meant." if at else "",
            document=f"sop-{section}",
            passages=(passage(at, document=f"sop-{section}"),),
        )
        for section in range(count)
        for at in range(each)
    ]


def test_the_parts_come_near_to_their_shares_with_a_quarter_of_refusals_in_each():
    parts = split(sections(100), DatasetSettings())

    sizes = {part: len(pairs) for part, pairs in parts.items()}
    refusals = {part: sum(each.kind == "refusal" for each in pairs) for part, pairs in parts.items()}
    assert sizes == {"train": 300, "validation": 40, "test": 60}
    assert refusals == {"train": 75, "validation": 10, "test": 15}


@pytest.mark.parametrize(
    ("groups", "filled"),
    [
        (1, {"train"}),
        (2, {"train", "test"}),
        (3, {"train", "validation", "test"}),
        (5, {"train", "validation", "test"}),
    ],
)
def test_with_three_groups_no_part_stays_empty(groups: int, filled: set[Part]):
    parts = split(sections(groups), DatasetSettings())

    assert {part for part, pairs in parts.items() if pairs} == filled


def test_a_part_without_a_share_stays_empty():
    parts = split(sections(10), DatasetSettings(validation_share=0))

    assert parts["validation"] == []
    assert parts["test"]


def test_shares_that_leave_nothing_to_train_on_are_refused():
    with pytest.raises(Misconfigured, match="leave something to train on"):
        split(sections(3), DatasetSettings(validation_share=0.5, test_share=0.5))


def test_the_same_seed_gives_the_same_parts_and_another_one_others():
    first, again, other = (split(sections(40), DatasetSettings(seed=seed)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def leaking(one: Pair, other: Pair) -> dict[Part, list[Pair]]:
    return {"train": [one], "validation": [], "test": [other]}


OF_A_MACHINE = (
    "The chain of the {} is greased every 200 hours with 15 g of grease, its tension is 120 N, and before any work "
    "on it the drive is locked out and the belt is moved by hand until it stands still."
)
TWIN = OF_A_MACHINE.format("stacker")
FIRST = pair(
    "How long does the glue heater need until it is warm?",
    "It needs 12 minutes.",
    passages=(passage(1), passage(4, OF_A_MACHINE.format("feeder"))),
)


def test_the_passages_of_twin_machines_stay_in_one_part():
    twins = [
        pair(
            f"{what} {at} times?",
            f"Bolt {at * 7}.",
            document=f"sop-{at}",
            passages=(passage(1, text, document=f"sop-{at}"),),
        )
        for at, (what, text) in enumerate(
            [("Who counts the bottles", FIRST.passages[1].text), ("Is grease cold", TWIN)]
        )
    ]

    parts = split(twins, DatasetSettings())

    assert sorted(map(len, parts.values())) == [0, 0, 2]


COUNTED = "Who counts the bottles?"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (pair(COUNTED, "The shift.", passages=(passage(2),)), "section .Work."),
        (pair(COUNTED, "The shift.", section="Rest", passages=(passage(3, section="Work"),)), "section .Work."),
        (
            pair(COUNTED, "The shift.", section="Rest", passages=(passage(1, "Other.", section="Rest"),)),
            "passage sop-1.1",
        ),
        (
            pair(COUNTED, "The shift.", document="sop-2", passages=(passage(9, passage(1).text, document="sop-2"),)),
            "the text of passage sop-2.9",
        ),
        (
            pair(
                COUNTED, "The shift.", document="sop-2", passages=(passage(2, TWIN, document="sop-2", section="Rest"),)
            ),
            "a passage of test is too near to one of train",
        ),
        (pair("Until it is warm, how long does the glue heater need?", "12 minutes.", document="sop-2"), "too near to"),
        (pair("How long does the glue heater need until it is warm?", document="sop-2"), "too near to"),
    ],
    ids=["section", "section of a passage", "passage", "text", "twin", "paraphrase", "refusal of the same question"],
)
def test_a_leak_is_found_however_the_parts_were_made(other: Pair, told: str):
    with pytest.raises(Leak, match=told):
        apart(leaking(FIRST, other))


def test_parts_that_share_nothing_pass():
    apart(leaking(FIRST, pair("Who counts the bottles?", "The shift does.", document="sop-2")))


def test_reviewed_pairs_near_to_what_is_tested_are_left_out():
    tested = pair("How long does the glue heater need until it is warm?", "12 minutes.", document="sop-2")
    parts: dict[Part, list[Pair]] = {
        "train": [pair("Who counts the bottles?", "The shift does.")],
        "validation": [],
        "test": [tested],
    }
    asked_again = pair("How long does the glue heater need until warm?", "About 12 minutes.", document="sop-3")
    same_section = pair("Which key fits the hood?", "The small one.", document="sop-2")
    new = pair("Which sieve is used for pellets?", "The fine one.", document="sop-3")

    kept, rejected = held_out_from([asked_again, same_section, new], parts)

    assert kept == [new]
    assert [(each.reason, each.pair_id) for each in rejected] == [
        ("held_out", asked_again.pair_id), ("held_out", same_section.pair_id)
    ]  # fmt: skip
