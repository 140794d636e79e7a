"""Units of measure: what people and devices write -> a code of UN/CEFACT Recommendation 20 (revision 14e, 2020).

Every quantity has one canonical unit, the one a plant talks in, and every other unit of it converts linearly:
`canonical = value * factor + offset`. Codes and factors follow the Recommendation's Annexes II and III. A spelling
that means two things (`g`: gram, or standard gravity) lists both; see `resolve` for who decides.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple


class Unit(NamedTuple):
    """One unit. `canonical value = value * factor + offset`; `spellings` are what devices send instead of `code`."""

    code: str
    quantity: str
    factor: float
    offset: float
    spellings: tuple[str, ...]


class Hint(NamedTuple):
    """Where nothing is declared, a word in the attribute's name decides what an ambiguous spelling means."""

    spelling: str
    words: tuple[str, ...]
    code: str


STANDARD_GRAVITY: Final = 9.80665
_PSI_BAR: Final = 0.06894757293168
_GALLON_LITRE: Final = 3.785411784

# The unit with factor 1 and offset 0 that stands first in its quantity is the canonical one. Of two units that
# share a spelling, the one that stands first is meant unless a declaration or a hint says otherwise.
UNITS: Final = (
    Unit("CEL", "temperature", 1, 0, ("°C", "degC", "deg C", "C", "Cel", "celsius", "degree Celsius", "ºC")),
    Unit("FAH", "temperature", 5 / 9, -160 / 9, ("°F", "degF", "deg F", "F", "[degF]", "fahrenheit", "ºF")),
    Unit("KEL", "temperature", 1, -273.15, ("K", "kelvin", "degK")),
    Unit("BAR", "pressure", 1, 0, ("bar", "barg", "bar(g)", "bara")),
    Unit("MBR", "pressure", 1e-3, 0, ("mbar", "millibar")),
    Unit("A97", "pressure", 1e-3, 0, ("hPa", "hectopascal")),
    Unit("PAL", "pressure", 1e-5, 0, ("Pa", "pascal")),
    Unit("KPA", "pressure", 1e-2, 0, ("kPa", "kilopascal")),
    Unit("MPA", "pressure", 10, 0, ("MPa", "megapascal", "N/mm2")),
    Unit("PS", "pressure", _PSI_BAR, 0, ("psi", "psig", "psia", "lbf/in2", "[psi]")),
    Unit("ATM", "pressure", 1.01325, 0, ("atm",)),
    Unit("VLT", "voltage", 1, 0, ("V", "volt", "volts", "Vdc", "Vac", "VDC", "VAC")),
    Unit("2Z", "voltage", 1e-3, 0, ("mV", "millivolt")),
    Unit("KVT", "voltage", 1e3, 0, ("kV", "kilovolt")),
    Unit("AMP", "current", 1, 0, ("A", "amp", "amps", "ampere", "amperes")),
    Unit("4K", "current", 1e-3, 0, ("mA", "milliamp", "milliampere")),
    Unit("B22", "current", 1e3, 0, ("kA",)),
    Unit("KWT", "power", 1, 0, ("kW", "kilowatt")),
    Unit("WTT", "power", 1e-3, 0, ("W", "watt", "watts", "J/s")),
    Unit("C31", "power", 1e-6, 0, ("mW", "milliwatt")),
    Unit("MAW", "power", 1e3, 0, ("MW", "megawatt")),
    Unit("KVA", "apparent power", 1, 0, ("kVA", "kV.A")),
    Unit("D46", "apparent power", 1e-3, 0, ("VA", "V.A")),
    Unit("KVR", "reactive power", 1, 0, ("kvar", "kVAr")),
    Unit("D44", "reactive power", 1e-3, 0, ("var", "VAr")),
    Unit("KWH", "energy", 1, 0, ("kWh", "kW.h", "kilowatt hour")),
    Unit("WHR", "energy", 1e-3, 0, ("Wh", "W.h", "watt hour")),
    Unit("MWH", "energy", 1e3, 0, ("MWh", "MW.h")),
    Unit("JOU", "energy", 1 / 3.6e6, 0, ("J", "joule", "joules")),
    Unit("KJO", "energy", 1 / 3.6e3, 0, ("kJ", "kilojoule")),
    Unit("3B", "energy", 1 / 3.6, 0, ("MJ", "megajoule")),
    Unit("OHM", "resistance", 1, 0, ("Ω", "ohm", "ohms")),
    Unit("B49", "resistance", 1e3, 0, ("kΩ", "kohm", "kiloohm")),
    Unit("C94", "rate", 1, 0, ("1/min", "/min", "min-1", "per minute", "cpm", "parts/min", "pcs/min")),
    Unit("C97", "rate", 60, 0, ("1/s", "/s", "s-1", "per second")),
    Unit("H10", "rate", 1 / 60, 0, ("1/h", "/h", "h-1", "per hour", "pcs/h", "parts/h")),
    Unit("RPM", "rotational speed", 1, 0, ("rpm", "r/min", "rev/min", "U/min", "1/min", "/min", "min-1")),
    Unit("RPS", "rotational speed", 60, 0, ("rps", "r/s", "rev/s", "1/s", "s-1")),
    Unit("2A", "rotational speed", 9.549296585513721, 0, ("rad/s",)),
    Unit("E96", "rotational speed", 1 / 6, 0, ("°/s", "deg/s")),
    Unit("HTZ", "frequency", 1, 0, ("Hz", "hertz", "1/s", "s-1")),
    Unit("KHZ", "frequency", 1e3, 0, ("kHz", "kilohertz")),
    Unit("MHZ", "frequency", 1e6, 0, ("MHz", "megahertz")),
    Unit("C16", "velocity", 1, 0, ("mm/s", "mm/sec")),
    Unit("MTS", "velocity", 1e3, 0, ("m/s", "m/sec")),
    Unit("2X", "velocity", 1e3 / 60, 0, ("m/min",)),
    Unit("2M", "velocity", 10, 0, ("cm/s",)),
    Unit("H81", "velocity", 1 / 60, 0, ("mm/min",)),
    Unit("KMH", "velocity", 1e3 / 3.6, 0, ("km/h", "kph", "kmh")),
    Unit("IU", "velocity", 25.4, 0, ("in/s", "ips", "inch/s")),
    Unit("FS", "velocity", 304.8, 0, ("ft/s", "fps")),
    Unit("FR", "velocity", 5.08, 0, ("ft/min", "fpm")),
    Unit("MSK", "acceleration", 1, 0, ("m/s2", "m/s^2", "m/s/s", "m.s-2")),
    Unit("M41", "acceleration", 1e-3, 0, ("mm/s2", "mm/s^2")),
    Unit("K40", "acceleration", STANDARD_GRAVITY, 0, ("gn", "g0", "gee", "[g]", "g-force")),
    Unit("KGM", "mass", 1, 0, ("kg", "kilogram", "kilograms", "kgs")),
    Unit("GRM", "mass", 1e-3, 0, ("g", "gram", "grams", "gr")),
    Unit("K40", "acceleration", STANDARD_GRAVITY, 0, ("g", "G")),
    Unit("MGM", "mass", 1e-6, 0, ("mg", "milligram")),
    Unit("TNE", "mass", 1e3, 0, ("t", "tonne", "tonnes")),
    Unit("LBR", "mass", 0.45359237, 0, ("lb", "lbs", "pound", "pounds", "[lb_av]")),
    Unit("ONZ", "mass", 0.028349523125, 0, ("oz", "ounce", "ounces")),
    Unit("E93", "mass flow", 1, 0, ("kg/h", "kg/hr")),
    Unit("KGS", "mass flow", 3_600, 0, ("kg/s",)),
    Unit("F31", "mass flow", 60, 0, ("kg/min",)),
    Unit("E18", "mass flow", 1e3, 0, ("t/h",)),
    Unit("L2", "volume flow", 1, 0, ("l/min", "L/min", "lpm", "LPM", "liter/min", "litre/min", "dm3/min")),
    Unit("G51", "volume flow", 60, 0, ("l/s", "L/s")),
    Unit("E32", "volume flow", 1 / 60, 0, ("l/h", "L/h")),
    Unit("MQH", "volume flow", 1e3 / 60, 0, ("m3/h", "m^3/h", "cbm/h")),
    Unit("MQS", "volume flow", 6e4, 0, ("m3/s", "m^3/s")),
    Unit("G53", "volume flow", 1e3, 0, ("m3/min", "m^3/min")),
    Unit("41", "volume flow", 1e-3, 0, ("ml/min", "mL/min", "cm3/min")),
    Unit("G2", "volume flow", _GALLON_LITRE, 0, ("gpm", "gal/min", "USgpm")),
    Unit("2L", "volume flow", 28.316846592, 0, ("cfm", "ft3/min")),
    Unit("LTR", "volume", 1, 0, ("l", "L", "litre", "liter", "litres", "liters", "dm3")),
    Unit("MLT", "volume", 1e-3, 0, ("ml", "mL", "cm3", "millilitre")),
    Unit("MTQ", "volume", 1e3, 0, ("m3", "m^3", "cbm")),
    Unit("HLT", "volume", 100, 0, ("hl", "hL", "hectolitre")),
    Unit("GLL", "volume", _GALLON_LITRE, 0, ("gal", "gallon", "gallons", "[gal_us]")),
    Unit("MMT", "length", 1, 0, ("mm", "millimetre", "millimeter")),
    Unit("MTR", "length", 1e3, 0, ("m", "metre", "meter", "metres", "meters")),
    Unit("CMT", "length", 10, 0, ("cm", "centimetre", "centimeter")),
    Unit("4H", "length", 1e-3, 0, ("µm", "um", "micron")),
    Unit("C45", "length", 1e-6, 0, ("nm", "nanometre", "nanometer")),
    Unit("INH", "length", 25.4, 0, ("in", "inch", "inches")),
    Unit("FOT", "length", 304.8, 0, ("ft", "foot", "feet")),
    Unit("KMT", "length", 1e6, 0, ("km", "kilometre", "kilometer")),
    Unit("SEC", "time", 1, 0, ("s", "sec", "secs", "second", "seconds")),
    Unit("C26", "time", 1e-3, 0, ("ms", "msec", "millisecond", "milliseconds")),
    Unit("B98", "time", 1e-6, 0, ("µs", "us", "microsecond")),
    Unit("MIN", "time", 60, 0, ("min", "mins", "minute", "minutes")),
    Unit("HUR", "time", 3_600, 0, ("h", "hr", "hrs", "hour", "hours")),
    Unit("DAY", "time", 86_400, 0, ("d", "day", "days")),
    Unit("NEW", "force", 1, 0, ("N", "newton", "newtons")),
    Unit("B47", "force", 1e3, 0, ("kN", "kilonewton")),
    Unit("NU", "torque", 1, 0, ("N.m", "Nm", "newton metre", "newton meter")),
    Unit("B48", "torque", 1e3, 0, ("kN.m", "kNm")),
    Unit("F88", "torque", 1e-2, 0, ("N.cm", "Ncm")),
    Unit("DD", "angle", 1, 0, ("°", "deg", "degree", "degrees")),
    Unit("C81", "angle", 57.29577951308232, 0, ("rad", "radian", "radians")),
    Unit("P1", "ratio", 1, 0, ("%", "percent", "pct", "%RH", "%rH", "%MC", "% w/w", "rh")),
    Unit("59", "ratio", 1e-4, 0, ("ppm",)),
    Unit("NX", "ratio", 0.1, 0, ("‰", "per mille")),
    Unit("C62", "number", 1, 0, ("1", "one", "unitless", "-")),
    Unit(
        "H87", "count", 1, 0, ("pcs", "pc", "piece", "pieces", "count", "counts", "units", "parts", "ea", "items", "1")
    ),
    Unit("EA", "count", 1, 0, ("each",)),
    Unit("DZN", "count", 12, 0, ("dozen",)),
    Unit("2N", "sound level", 1, 0, ("dB", "dBA", "dB(A)", "decibel")),
    Unit("Q30", "acidity", 1, 0, ("pH",)),
    Unit("LUX", "illuminance", 1, 0, ("lx", "lux")),
    Unit("D10", "conductivity", 1, 0, ("S/m",)),
    Unit("H61", "conductivity", 0.1, 0, ("mS/cm",)),
    Unit("G42", "conductivity", 1e-4, 0, ("µS/cm", "uS/cm")),
)

HINTS: Final = (Hint("g", ("accel", "vibr", "shock", "imbalance"), "K40"),)

_MAX_RESOLVED: Final = 4_096


def resolve(text: str, quantity: str = "", attribute: str = "") -> Unit | None:
    """The unit that a spelling means, or None when nobody knows it.

    An exact code or spelling wins; else letter case is ignored where that leaves one unit. Of several meanings the
    one of the wanted `quantity` is taken (a declared unit says which), then the one that the attribute's name hints
    at, then the first of the table: undeclared `g` is gram, but standard gravity on `Accelerometer1RMS`.
    """
    return _resolve(text, quantity, _hinted(text, attribute))


def canonical(quantity: str) -> Unit:
    """The one unit that values of this quantity are kept in where the site file declares none."""
    return _CANONICAL[quantity]


@lru_cache(maxsize=_MAX_RESOLVED)
def _resolve(text: str, quantity: str, hinted: str) -> Unit | None:
    spelled = _plain(text)
    meanings = _MEANINGS.get(spelled) or _ONLY_MEANING.get(_folded(spelled), ())
    if not meanings and spelled.isupper():
        meanings = _ONLY_MEANING.get(spelled.casefold(), ())
    wanted = [unit for unit in meanings if unit.quantity == quantity] or [
        unit for unit in meanings if unit.code == hinted
    ]
    return next(iter(wanted or meanings), None)


def _hinted(text: str, attribute: str) -> str:
    name = attribute.casefold()
    for hint in HINTS:
        if hint.spelling == text.strip() and any(word in name for word in hint.words):
            return hint.code
    return ""


def _plain(text: str) -> str:
    """One way to write what typists write in many: `m³/h`, `m3 / h` -> `m3/h`; `N·m`, `N*m` -> `N.m`."""
    folded = (
        unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").replace("\N{GREEK SMALL LETTER MU}", "µ")
    )
    for dot in ("\N{MIDDLE DOT}", "\N{DOT OPERATOR}", "*"):
        folded = folded.replace(dot, ".")
    return "".join(folded.split())


def _meanings() -> dict[str, tuple[Unit, ...]]:
    """Spelling -> what it may mean, first choice first. A code means itself and nothing else."""
    meanings: dict[str, tuple[Unit, ...]] = {}
    for unit in UNITS:
        for spelling in unit.spellings:
            known = meanings.get(_plain(spelling), ())
            meanings[_plain(spelling)] = (*known, unit)
    return meanings | {unit.code: (unit,) for unit in UNITS}


def _folded(spelled: str) -> str:
    """Without letter case, but for a leading M: mW and MW are nine orders of magnitude apart."""
    return spelled[:1] + spelled[1:].casefold() if spelled[:1] == "M" else spelled.casefold()


def _only_meanings() -> dict[str, tuple[Unit, ...]]:
    """The same in any letter case, without those that would then mean two units (nm and Nm)."""
    folded: dict[str, set[tuple[Unit, ...]]] = {}
    for spelling, units in _MEANINGS.items():
        folded.setdefault(_folded(spelling), set()).add(units)
    return {
        spelling: next(iter(meant))
        for spelling, meant in folded.items()
        if len({units[0].code for units in meant}) == 1
    }


_MEANINGS: Final = _meanings()
_ONLY_MEANING: Final = _only_meanings()
_CANONICAL: Final = {unit.quantity: unit for unit in reversed(UNITS) if (unit.factor, unit.offset) == (1, 0)}
