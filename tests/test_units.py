from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.units import UNITS, canonical, resolve


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("A", "AMP"), ("Cel", "CEL"), ("degC", "CEL"), ("°C", "CEL"), ("℃", "CEL"), ("degF", "FAH"), ("FAH", "FAH"),
        ("L/min", "L2"), ("l / min", "L2"), ("rpm", "RPM"), ("RPM", "RPM"), ("bar", "BAR"), ("kPa", "KPA"),
        ("V", "VLT"),
        ("kW", "KWT"), ("W", "WTT"), ("kWh", "KWH"), ("Hz", "HTZ"), ("%", "P1"), ("mm/s", "C16"), ("m/s", "MTS"),
        ("m/min", "2X"), ("m/s2", "MSK"), ("m/s²", "MSK"), ("s", "SEC"), ("min", "MIN"), ("h", "HUR"), ("pcs", "H87"),
        ("N.m", "NU"), ("N·m", "NU"), ("Nm", "NU"), ("psi", "PS"), ("m³/h", "MQH"), ("µm", "4H"), ("μm", "4H"),
        ("dB", "2N"),
        ("KPA", "KPA"), ("CELSIUS", "CEL"), ("MBAR", "MBR"), ("mw", "C31"), ("1/min", "C94"), ("one", "C62"),
    ],
)  # fmt: skip
def test_common_spellings_mean_their_un_cefact_code(spelling: str, code: str) -> None:
    unit = resolve(spelling)

    assert unit is not None
    assert unit.code == code


def test_prefixes_that_differ_in_letter_case_stay_apart() -> None:
    assert [unit and unit.code for unit in map(resolve, ("mW", "MW", "mPa", "nm", "Nm"))] == [
        "C31", "MAW", None, "C45", "NU",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attribute", "quantity", "code"),
    [
        ("Accelerometer1RMS", "", "K40"),
        ("BearingVibration", "", "K40"),
        ("DoughWeight", "", "GRM"),
        ("DoughWeight", "acceleration", "K40"),
        ("Accelerometer1RMS", "mass", "GRM"),
    ],
)
def test_g_is_what_was_declared_else_what_the_name_hints_at_else_gram(attribute: str, quantity: str, code: str) -> None:
    unit = resolve("g", quantity, attribute)

    assert unit is not None
    assert unit.code == code


@pytest.mark.parametrize(
    ("value", "spelling", "expected"),
    [
        (212, "degF", 100), (-40, "degF", -40), (300, "K", 26.85), (100, "kPa", 1), (14.503773773, "psi", 1),
        (1, "m3/h", 16.6666667), (1, "m/s", 1000), (1, "g-force", 9.80665), (1500, "W", 1.5), (3.6, "MJ", 1),
        (2, "h", 7200),
    ],
)  # fmt: skip
def test_conversion_to_the_canonical_unit_of_the_quantity(value: float, spelling: str, expected: float) -> None:
    unit = resolve(spelling)

    assert unit is not None
    assert value * unit.factor + unit.offset == pytest.approx(expected)


def test_every_quantity_has_one_canonical_unit_and_every_code_one_meaning() -> None:
    for unit in UNITS:
        assert (canonical(unit.quantity).factor, canonical(unit.quantity).offset) == (1, 0)
    by_code: dict[str, set[tuple[str, float, float]]] = {}
    for unit in UNITS:
        by_code.setdefault(unit.code, set()).add((unit.quantity, unit.factor, unit.offset))

    assert all(len(meanings) == 1 for meanings in by_code.values())


@given(st.text(max_size=70))
def test_any_text_is_a_unit_or_it_is_not(text: str) -> None:
    unit = resolve(text)

    assert unit is None or unit in UNITS
