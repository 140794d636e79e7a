"""Nobody's name, address or number is trained on; the names of machines and offices are."""

from __future__ import annotations

import pytest

from lineside.training_data.personal import personal_data


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Write to anna.keller@plant.example.", "a mail address"),
        ("Write to anna.keller (at) plant.example.", "a mail address"),
        ("Call +45 33 12 34 56 before noon.", "a telephone number"),
        ("Rufen Sie 0711 / 123 456 an.", "a telephone number"),
        ("Telephone: 5551 234 567.", "a telephone number"),
        ("电话：13812345678", "a telephone number"),
        ("Pay to DE44 5001 0517 5407 3249 31.", "an account number"),
        ("Ask Mr Keller for the key.", "a name of a person"),
        ("Ask Dr. Anna-Maria Keller for the key.", "a name of a person"),
        ("Fragen Sie Herrn Müller nach dem Schlüssel.", "a name of a person"),
        ("Fragen Sie Frau Yılmaz nach dem Schlüssel.", "a name of a person"),
        ("It was approved by Anna Keller.", "a name of a person"),
        ("Approved by: J. Keller", "a name of a person"),
        ("Freigegeben von Peter Schmidt am Montag.", "a name of a person"),
        ("Contact: Anna Keller", "a name of a person"),
        ("Das Lager ist in der Hafenstraße 12.", "a street address"),
    ],
)
def test_what_belongs_to_a_person_is_found(text: str, what: str):
    assert personal_data(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "Use only a pin FT-200-118 of brass.",
        "Approved by Production engineering on 2025-01-15.",
        "Approved by Quality Assurance.",
        "Responsible: Shift Leader.",
        "Name: Freezer Tunnel.",
        "The range is 0.5 to 12.5 bar, at 24 000 bottles per hour.",
        "E-201, E-203, E-205, E-208, E-211 and E-212 stop the belt.",
        "On 2024-11-01 at 07:22:30 the counter stood at 1,234,567.",
        "The part number is 04102-118-77.",
        "Call maintenance; do not reset twice.",
        "Call quality if the core is above -15 °C.",
        "Der Schichtleiter gibt die Maschine frei.",
        "Dr. is no name, and the Cookie Inspector is none either.",
    ],
)
def test_what_belongs_to_a_machine_is_left_alone(text: str):
    assert personal_data(text) == ""
