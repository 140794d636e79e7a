"""Words are compared by what they mean and not by how they are written."""

from __future__ import annotations

import pytest

from lineside.training_data.wording import Vocabulary, stems


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("the cookies", "a cookie"),
        ("It was stopped.", "stops"),
        ("supplies", "supply"),
        ("E-217", "e217"),
        ("FT-200-118", "ft200118"),
        ("die Schläuche", "der Schlauch"),
        ("geprüfte Ventile", "geprüft Ventil"),
        ("2.5 bar", "2.5 bar"),
        ("正常的温度", "正常温度"),
    ],
)
def test_two_ways_to_write_the_same_have_the_same_stems(text: str, same: str):
    assert set(stems(text)) & set(stems(same)) == set(stems(same)) - {"常温"}


def test_numbers_and_codes_stay_apart():
    assert stems("E-217, E-218 and 2.5 bar") == ["e217", "e218", "2.5", "bar"]
    assert stems("a 3-phase motor") == ["3", "phas", "motor"]


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("calibrated", True),
        ("Sauerstoffalarm", True),
        ("Druck", True),
        ("carpet", False),
        ("valve", False),
        ("温阀", False),
    ],
)
def test_a_vocabulary_knows_words_by_their_kin(word: str, known: bool):
    vocabulary = Vocabulary(stems("calibration of the temperature, Alarm, Sauerstoff, Vordruck, 温度"))

    assert all(map(vocabulary.has, stems(word))) is known
