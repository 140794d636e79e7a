"""A code is found however it is spelled, and a number that is none stays a number."""

from __future__ import annotations

import pytest

from lineside.manuals.codes import KnownCodes

TEXTS = (
    "Code: E-217. Belt drive tripped: motor current above 6.2 A.",
    "MK4 error 13101: filament is stuck. Wait 1500 seconds.",
    "04102 means that the selector cannot home. Set by J. Doe in 2024.",
    "ALARM:1 hard limit was hit.",
    "$3 inverts the direction of the axes.",
    "error:9 commands are locked out.",
    "Defrost every 16 hours; at 1200 rpm the drive hums. Use grease H1.",
    "If E-218 shows, clean the sensor B7.",
    "The sealed unit S 404 is not repaired.",
)
KNOWN = KnownCodes(TEXTS)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("E-217", "e217"),
        ("what does E217 mean", "e217"),
        ("got e 217 again", "e217"),
        ("e_217?", "e217"),
        ("E.217 on the panel", "e217"),
        ("E‑217 with another hyphen", "e217"),
        ("Ｅ２１７", "e217"),
        ("屏幕显示E217是什么意思", "e217"),
        ("Störung E217", "e217"),
        ("machine stopped with code 13101, what now?", "13101"),
        ("13101 in the display", "13101"),
        ("出现故障13101怎么办", "13101"),
        ("what is 04102", "04102"),
        ("what is ALARM:1", "alarm1"),
        ("alarm 1", "alarm1"),
        ("controller shows $3", "$3"),
        ("error 9 came up", "error9"),
        ("s404", "s404"),
        ("grease H1?", "h1"),
    ],
)
def test_a_known_code_is_found_in_every_spelling(question, code):
    assert code in KNOWN.named_in(question)


@pytest.mark.parametrize(
    "question",
    [
        "why is it above -18 °C for 15 minutes",
        "the belt runs at 1200 rpm",
        "wait 1500 seconds",
        "what changed in 2024",
        "step 3 of the list",
        "is a 217 mm roller in stock",
        "4102",
        "E-2170",
        "an E-21 7 appeared",
    ],
)
def test_what_is_no_known_code_is_none(question):
    assert KNOWN.named_in(question) == ()


def test_a_bare_number_after_fault_means_the_only_code_that_has_it():
    assert KNOWN.named_in("fault 217 on the tunnel") == ("e217",)
    assert KnownCodes((*TEXTS, "S-217 low level.")).named_in("fault 217 on the tunnel") == ()


def test_what_stands_everywhere_is_a_model_and_no_code():
    texts = [f"The FT-200 has part {chr(97 + number % 26)}." for number in range(40)] + ["FT-200 fault E-1 is rare."]

    assert KnownCodes(texts).named_in("E-1 on the FT-200") == ("e1",)


def test_the_passages_of_a_code_say_where_it_stands():
    assert KNOWN.passages["e217"] == {0: 6}
    assert KNOWN.passages["e218"] == {7: 3}
