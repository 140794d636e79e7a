"""Names: what a person says, and which machine that is, if it is clear."""

from __future__ import annotations

import pytest

from lineside.assistant.names import Names
from lineside.assistant.understand import Known, understand

BAKERY = Names(
    ("Cookie Former", "Freezer Tunnel", "Cookie Inspector", "Vertical Conveyor", "Conveyor Left Turn", "Box Sealer",
     "Labeller", "Box Erector", "Liner Inserter", "Conveyor Right Turn"),
    ("cookie-former", "freezer-tunnel", "cookie-inspector", "vertical-conveyor", "conveyor-left-turn", "box-sealer",
     "labeller", "box-erector", "liner-inserter", "conveyor-right-turn"),
)  # fmt: skip
MILL = Names(("Oven 1", "Oven 2", "Mixer", "Pump_A"), ("oven-1", "oven-2", "mixer", "pump-a"))


@pytest.mark.parametrize(
    ("said", "machine"),
    [
        ("Freezer Tunnel", "Freezer Tunnel"),
        ("freezer tunnel", "Freezer Tunnel"),
        ("freezer-tunnel", "Freezer Tunnel"),
        ("the inspector", "Cookie Inspector"),
        ("the cookie inspecter", "Cookie Inspector"),
        ("vertcal conveyer", "Vertical Conveyor"),
        ("labeler", "Labeller"),
        ("insertor", "Liner Inserter"),
        ("der Gefriertunnel", "Freezer Tunnel"),
        ("Vertikalförderer", "Vertical Conveyor"),
        ("立式输送机", "Vertical Conveyor"),
        ("the left turn", "Conveyor Left Turn"),
    ],
)
def test_a_name_is_understood_as_people_say_it(said: str, machine: str) -> None:
    assert BAKERY.resolve(said).machine == machine


@pytest.mark.parametrize(
    ("names", "said", "choices"),
    [
        (BAKERY, "the conveyor", ("Vertical Conveyor", "Conveyor Left Turn", "Conveyor Right Turn")),
        (BAKERY, "Förderband", ("Vertical Conveyor", "Conveyor Left Turn", "Conveyor Right Turn")),
        (MILL, "oven", ("Oven 1", "Oven 2")),
    ],
)
def test_a_name_that_fits_several_machines_is_asked_back(names: Names, said: str, choices: tuple[str, ...]) -> None:
    meant = names.resolve(said)

    assert (meant.machine, meant.choices) == ("", choices)


@pytest.mark.parametrize("said", ["oven", "Freezer Pump", "freezer tunnel 2", "press"])
def test_a_machine_that_is_not_there_is_never_guessed(said: str) -> None:
    assert BAKERY.resolve(said).machine == ""


def test_a_number_in_a_name_decides_which() -> None:
    assert [MILL.resolve(said).machine for said in ("oven 2", "oven2", "pump a")] == ["Oven 2", "Oven 2", "Pump_A"]


@pytest.mark.parametrize(
    "sentence",
    ["how many boxes are left", "how many cookies were formed", "turn off the light", "which labels do we use"],
)
def test_an_ordinary_word_names_no_machine(sentence: str) -> None:
    assert BAKERY.mentions(sentence) == []


def test_two_machines_of_one_sentence_are_both_found() -> None:
    mentions = BAKERY.mentions("is the box sealer waiting for the vertical conveyor?")

    assert [mention.machines for mention in mentions] == [("Box Sealer",), ("Vertical Conveyor",)]


def test_a_number_that_no_machine_has_is_none_of_several():
    names = Names(("Füller 1", "Füller 2", "Verschließer"))

    assert names.may_mean_several("Füller")
    assert not names.may_mean_several("Füller 3")
    assert names.resolve("filler 2").machine == "Füller 2"
    assert names.resolve("verschlieser").machine == "Verschließer"


def test_what_was_said_is_repeated_as_it_was_written():
    known = Known(Names(("Füller 1", "Füller 2")))

    assert understand("Läuft der Füller?", known).machine == "Füller"
    assert understand("Ist Füller 3 blockiert?", known).machine == "Füller 3"


@pytest.mark.parametrize(
    "text",
    ["Is the frezer tunel running?", "What is the state of the frezer tunel?", "Is the Freezer Tunnel running?"],
)
def test_a_slip_in_a_name_does_not_turn_a_question_about_now_into_one_for_the_manuals(text: str) -> None:
    understood = understand(text, Known(BAKERY))

    assert (understood.machine, understood.topics) == ("Freezer Tunnel", ("state",))
