"""Another plant than the demo's: German names, numbers in names, several fillers."""

from __future__ import annotations

import pytest

from lineside.assistant.names import Names
from lineside.assistant.relevance import Library, relevant
from lineside.assistant.route import first_calls
from lineside.assistant.understand import Known, understand
from lineside.manuals.passage import Hit, Passage
from tests.assistant.conftest import turn

PLANT = Known(
    Names(("Füller 1", "Füller 2", "Verschließer", "Etikettierer", "Packer")),
    (
        ("Füller 1", "Druck", "CO₂-Druck"),
        ("Füller 2", "Druck", "CO₂-Druck"),
        ("Füller 1", "Produkttemperatur", "Produkttemperatur"),
        ("Verschließer", "Drehmoment", "Drehmoment"),
        ("Etikettierer", "Good", "Good"),
        ("Etikettierer", "Total", "Total"),
    ),
)


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        ("Welche Alarme sind offen?", ("alarms",)),
        ("Is anything blocked?", ("state",)),
        ("Ist etwas blockiert?", ("state",)),
        ("Welche Maschinen warten?", ("victims",)),
        ("Welche Maschinen gibt es?", ("machines",)),
        ("Wie war die Produkttemperatur in den letzten 30 Minuten?", ("value",)),
        ("Wie hoch ist das Drehmoment?", ("value",)),
    ],
)
def test_plain_questions_are_understood(question: str, topics: tuple[str, ...]) -> None:
    assert understand(question, PLANT).topics == topics


@pytest.mark.parametrize(
    ("question", "attribute"),
    [
        ("How has the product temperature of Füller 1 changed?", "product temperature"),
        ("What does the Etikettierer's good counter say?", "good"),
        ("What is the total count of the Etikettierer?", "total"),
        ("Is the Etikettierer good?", ""),
    ],
)
def test_the_value_that_is_named_is_the_one_that_is_asked_for(question: str, attribute: str) -> None:
    assert understand(question, PLANT).attribute == attribute


def test_machines_that_are_compared_are_all_looked_at() -> None:
    calls = first_calls(understand("Compare the pressure of Füller 1 and Füller 2", PLANT))

    assert [(call.tool, call.arguments["machine"]) for call in calls] == [
        ("telemetry", "Füller 1"), ("telemetry", "Füller 2"),
    ]  # fmt: skip


def test_how_long_asks_about_what_was_spoken_of() -> None:
    before = turn("Why was the packer starved?", "Packer was held up by Etikettierer for 3.8 min (starved).")

    asked = understand("How long?", PLANT, [before])

    assert (asked.topics, asked.machine) == (("since",), "Packer")


def test_a_code_that_the_search_found_by_its_number_fits_and_a_bare_number_fits_nothing() -> None:
    passage = Passage(passage_id="p", document_id="d", document="D", title="D", text="Code: E42. Meaning: Glass.")

    assert relevant("fault 42", [Hit(passage, 1.0, "code")], Library())
    assert not relevant("42", [Hit(passage, 1.0, "words")], Library())
