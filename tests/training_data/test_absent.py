"""Questions that nothing answers: in the plant's own words, and proven against every passage in force."""

from __future__ import annotations

import re

import pytest

from lineside.manuals.library import Library, read_library
from lineside.manuals.passage import Passage
from lineside.training_data.absent import absent_questions
from lineside.training_data.pair import REFUSAL
from lineside.training_data.refusals import checked_refusals
from tests.training_data.plants import TODAY, german, odd

FOUND_NOWHERE = 10_000


@pytest.fixture
def bakery(samples) -> Library:
    return read_library([samples / "sops", samples / "manuals"])


def passage(number: int, text: str, machine: str = "", **more: str) -> Passage:
    machines = (machine,) if machine else ()
    fields = {"section": "Fault codes", **more}
    return Passage(f"d.{number}", "d", "OM-1", f"{machine} manual", text, machines=machines, **fields)


def asked(passages, wanted: int = FOUND_NOWHERE, seed: int = 0) -> list[str]:
    return [each.question for each in absent_questions(passages, wanted, seed)]


def test_every_one_is_a_refusal_with_the_section_that_a_search_finds(bakery):
    passages = bakery.passages(TODAY)
    known = {each.passage_id: each for each in passages}

    pairs = absent_questions(passages, 60)

    assert len(pairs) == 60
    assert {(each.kind, each.answer, each.made_by) for each in pairs} == {("refusal", REFUSAL, "offline")}
    assert all(each.passages and all(known[own.passage_id] == own for own in each.passages) for each in pairs)
    assert all(len({own.section for own in each.passages}) == 1 for each in pairs)
    assert len({each.pair_id for each in pairs}) == 60
    (code,) = [each for each in pairs if "E-206" in each.question]
    assert (code.document, code.section, code.machines) == ("FT-200-OM", "6. Fault codes", ("Freezer Tunnel",))


@pytest.mark.parametrize("plant", ["bakery", "german", "odd"])
def test_the_check_of_answerable_questions_finds_none_among_them(plant, tmp_path, bakery):
    library = {"bakery": lambda: bakery, "german": lambda: german(tmp_path), "odd": lambda: odd(tmp_path)}[plant]()
    passages = library.passages(TODAY)
    pairs = absent_questions(passages, FOUND_NOWHERE)

    checked = checked_refusals(pairs, passages, len(pairs))

    assert len(pairs) >= 15
    assert checked.rejected == ()


def test_a_code_that_is_asked_for_stands_nowhere(bakery):
    passages = bakery.passages(TODAY)
    text = " ".join(each.text for each in passages)

    codes = {code for question in asked(passages) for code in re.findall(r"\b[A-Z]-\d{2,3}\b", question)}
    unknown = {code for code in codes if code not in text}

    assert len(unknown) >= 15
    assert {code[0] for code in unknown} == {"E", "L", "S"}, "faults' letters alone, and no machine's model"
    known_ones = [question for question in asked(passages) if any(code in question for code in codes - unknown)]
    assert all("mean" not in question and "clear" not in question for question in known_ones)


def test_a_code_in_the_table_of_a_line_is_asked_of_its_own_machine():
    rows = [("F-101", "Filler"), ("C-203", "Capper")]
    passages = [
        passage(at, f"Code: {code}. Message: The belt has stopped. Action: Look at the motor.", machine)
        for at, (code, machine) in enumerate(rows)
    ]

    questions = [question for question in asked(passages) if "C-203" in question]

    assert questions
    assert all(question.endswith("at the Capper?") for question in questions)


def test_a_column_that_a_row_leaves_empty_is_asked_for_and_one_that_it_has_is_not():
    passages = [
        passage(1, "What: Belt speed. Lowest: 6 rpm. Highest: 10 rpm.", "Oven", section="Limits"),
        passage(2, "What: Zone temperature. Highest: 240 °C.", "Oven", section="Limits"),
    ]

    questions = asked(passages)

    assert "What is the lowest zone temperature at the Oven?" in questions
    assert not any("highest" in question or "belt speed" in question for question in questions)


def test_a_task_is_asked_of_a_machine_that_nothing_like_it_is_said_of():
    steps = [passage(n, f"Turn screw {n}.", "Oven", section="Adjust the burner", step=str(n)) for n in (1, 2, 3)]
    mixer = [passage(9, "The mixer turns.", "Mixer", section="About")]
    fryer = [passage(10, "The burner is looked after by the gas company.", "Fryer", section="Daily")]

    questions = [each for each in asked([*steps, *mixer, *fryer]) if "adjust the burner" in each]

    assert questions
    assert all("Mixer" in each for each in questions)


def test_a_step_after_the_last_one_is_asked_for(bakery):
    beyond = [each for each in asked(bakery.passages(TODAY)) if each.startswith("What is step")]

    (restart,) = [each for each in beyond if "“Restart”" in each]
    (number,) = map(int, re.findall(r"step (\d+)", restart))
    assert number > 8, "the document's steps end with 8, in whatever section"


def test_what_manuals_leave_out_is_asked_only_where_they_do():
    steps = [passage(n, f"Turn screw {n}.", "Oven", section="Adjust the burner", step=str(n)) for n in (1, 2)]
    told = passage(3, "Gears: fill with CLP 220.", "Oven", section="Filling")
    of_another = passage(4, "The gearbox takes oil CLP 220.", "Mixer", section="Oil")

    gearbox = "Which oil goes into the gearbox at the Oven?"

    assert gearbox in asked(steps)
    assert gearbox not in asked([*steps, told])
    assert gearbox in asked([*steps, of_another])


def test_the_same_passages_and_seed_give_the_same_questions_and_another_seed_others(bakery):
    passages = bakery.passages(TODAY)

    first, again, other = absent_questions(passages, 40, 7), absent_questions(passages, 40, 7), asked(passages, 40, 8)

    assert first == again
    assert [each.question for each in first] != other
    assert absent_questions(passages, 10, 7) == first[:10]


def test_german_documents_are_asked_in_german(tmp_path):
    questions = asked(german(tmp_path).passages(TODAY))

    assert any(question.startswith("Was ist Schritt 6 bei „Werkzeug wechseln“") for question in questions)
    assert not any(question.startswith(("What", "How", "Which")) for question in questions)


@pytest.mark.parametrize("passages", [[], [passage(1, "皮带停止时，请检查电机。")], [passage(1, "%")]])
def test_nothing_is_asked_where_nothing_is_understood(passages):
    assert asked(passages) == []


def test_none_are_made_where_none_are_wanted(bakery):
    assert absent_questions(bakery.passages(TODAY), 0) == []
