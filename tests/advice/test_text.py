"""Words that are safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.advice.text import ascii_line, clean, duration, gsm, local_time, names, number
from lineside.errors import Misconfigured

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_control_characters_cannot_break_a_line_or_a_terminal():
    assert clean("Freezer\x1b[31m\r\nTunnel\u202e\u0000") == "Freezer [31m Tunnel"


def test_what_is_too_long_is_cut_and_says_so():
    assert clean("a" * 50, 10) == "aaaaaaa..."


@given(st.text(max_size=400))
def test_a_short_message_fits_one_sms_whatever_is_in_it(text: str):
    short = gsm(text)

    assert len(short) <= 140
    assert set(short) <= GSM


@given(st.text(max_size=400))
def test_a_subject_is_one_line_of_printable_ascii(text: str):
    subject = ascii_line(text)

    assert len(subject) <= 100
    assert all(32 <= ord(character) < 127 for character in subject)


def test_what_gsm_cannot_say_is_spelled_otherwise():
    assert gsm("−17.3 °C → “warm” [é]") == '-17.3 C > "warm" (é)'


def test_times_are_the_plants_own_with_their_zone():
    summer, winter = 1_751_000_000_000_000, 1_741_000_000_000_000

    assert local_time(winter, "Europe/Copenhagen") == "12:06:40 CET"
    assert local_time(summer, "Europe/Copenhagen", date=True) == "2025-06-27 06:53:20 CEST"


def test_a_zone_that_does_not_exist_must_be_mended():
    with pytest.raises(Misconfigured, match="Mars"):
        local_time(0, "Mars/Olympus")


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (89.6, "90 s"), (580, "9.7 min"), (5399, "90.0 min"), (9000, "2.5 h")]
)
def test_a_duration_is_said_in_the_unit_that_a_person_would_use(seconds, words):
    assert duration(seconds) == words


def test_numbers_carry_their_unit():
    assert number(-17.3, "CEL") == "-17.3 °C"
    assert number(0.0, "RPM") == "0 rpm"
    assert number(False, "") == "false"
    assert number(3.5, "XYZ") == "3.5 XYZ"
    assert number("Down\n", "") == "Down"
    assert number(499.0, "MLT") == "499 ml"
    assert number(12345.0, "MBR") == "12345 mbar"


def test_many_names_are_counted():
    assert names(("A",)) == "A"
    assert names(("A", "B", "C")) == "A, B and C"
    assert names(("A", "B", "C", "D", "E")) == "A, B, C and 2 more"
    assert names(()) == ""
