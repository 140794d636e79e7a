"""What is wrong with the command points of a site file though each value is right in itself.

An attribute that no machine declares may still be heard: telemetry declares itself. So an unknown one is a mistake only
where it is spelled nearly like one that is known.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from lineside.site.commands import Automatic, CommandPoint, Interlock, Readback
from lineside.site.meant import meant
from lineside.site.model import DEFAULT_STATE_ATTRIBUTE, Attribute
from lineside.site.safety import why_never
from lineside.units import Unit, resolve

Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]
Found = tuple[Path_, str]
"""Where a mistake stands, and what it is."""

ALARMS: Final = ("stop", "slow", "limit", "drift", "frozen", "silent", "reject_rate")
"""The kinds of alarm, as `lineside.detection.finding` has them; a test holds them to be the same."""
_ALIKE: Final = 0.85
_SAME_WORD: Final = 0.7
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|[À-Þ][a-zß-öø-ÿ]+|[^\W_]")
"""The words of a name: `TorqueSetpoint`, `temperature_sp`; of a script without small letters each character is one."""
_NUMBERED: Final = re.compile(r"\d+|[A-Z](?![a-z])|\b[a-z]\b")
"""By what names of several of a kind differ: Zone1 and Zone2, SpeedA and SpeedB."""


class Known(NamedTuple):
    """What a file says of one machine, as far as it can be read."""

    id: str
    state: str
    safety: bool
    attributes: dict[str, Attribute]
    points: dict[int, CommandPoint]
    """By their place in the file; those that cannot be read are left out."""

    @property
    def names(self) -> set[str]:
        return {self.state, *self.attributes, *(point.attribute for point in self.points.values())}

    def unit(self, attribute: str) -> str:
        declared = self.attributes.get(attribute)
        points = (point.unit for point in self.points.values() if point.attribute == attribute)
        return next((unit for unit in points if unit), "") or (declared.unit if declared else "")


def wrong_commands(machines: Iterable[tuple[Path_, dict[str, Any]]]) -> Iterator[Found]:
    """Every mistake in the command points of these machines, each with its path."""
    read = [(path, machine, _known(machine)) for path, machine in machines]
    by_id = {known.id: known for _, _, known in read}
    for path, machine, known in read:
        yield from _at(path, _twice(known))
        for at, given in enumerate(_listed(machine.get("commands"))):
            yield from _at((*path, "commands", at), _wrong_point(by_id, known, known.points.get(at), given))


def _at(path: Path_, found: Iterable[Found]) -> Iterator[Found]:
    return (((*path, *where), text) for where, text in found)


def _twice(known: Known) -> Iterator[Found]:
    first: dict[str, int] = {}
    for at, point in known.points.items():
        if first.setdefault(point.attribute, at) != at:
            where = ("commands", at, "attribute")
            yield where, f"the command point {point.attribute!r} stands here a second time"


def _wrong_point(by_id: dict[str, Known], known: Known, point: CommandPoint | None, given: Any) -> Iterator[Found]:
    """One point; its interlocks and rows are looked at even where something else in it cannot be read."""
    if point:
        for look in (_safety, _units, _limits, _names, _readback):
            yield from look(known, point)
    parts = given if isinstance(given, dict) else {}
    for index, one in enumerate(_listed(parts.get("interlocks"))):
        interlock = _read(Interlock, one)
        yield from _at(("interlocks", index), _interlock(by_id, interlock) if interlock else ())
    rows = {at: _read(Automatic, one) for at, one in enumerate(_listed(parts.get("automatic")))}
    for index, row in rows.items():
        yield from _at(("automatic", index), _automatic(by_id, point, row) if row else ())
    yield from _called_twice({index: row for index, row in rows.items() if row})


def _called_twice(rows: dict[int, Automatic]) -> Iterator[Found]:
    """Two rows that one alarm calls for: only the first could ever act, and each try of the other would be told."""
    first: dict[tuple[str, str], int] = {}
    for index, row in rows.items():
        if first.setdefault((row.alarm, row.cause), index) != index:
            text = f"an alarm of kind {row.alarm} at {row.cause!r} calls for a row of this point already"
            yield ("automatic", index, "alarm"), text


def _known(machine: dict[str, Any]) -> Known:
    attributes, state = machine.get("attributes"), machine.get("state")
    given = attributes if isinstance(attributes, dict) else {}
    read_attributes = {name: _read(Attribute, one) for name, one in given.items()}
    read_points = {at: _read(CommandPoint, _bare(one)) for at, one in enumerate(_listed(machine.get("commands")))}
    return Known(
        str(machine["id"]),
        state if isinstance(state, str) else DEFAULT_STATE_ATTRIBUTE,
        str(machine.get("safety", "")).casefold() in ("true", "yes", "on", "1", "y", "t"),
        {name: one for name, one in read_attributes.items() if one},
        {at: one for at, one in read_points.items() if one},
    )


def _bare(given: Any) -> Any:
    """A point without what is looked at by itself."""
    if not isinstance(given, dict):
        return given
    return {key: value for key, value in given.items() if key not in ("interlocks", "automatic")}


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _read(model: type[Model], given: Any) -> Model | None:
    try:
        return model.model_validate(given)
    except ValidationError:  # told where single values are looked at
        return None


def _safety(known: Known, point: CommandPoint) -> Iterator[Found]:
    declared = known.attributes.get(point.attribute)
    names = {
        "the machine": known.id,
        "the attribute": point.attribute,
        "the label": declared.label if declared else "",
    }
    never = why_never(names, declared=known.safety or bool(declared and declared.safety))
    if never:
        yield ("attribute",), f"a safety function can never be a command point: {never}"


def _units(known: Known, point: CommandPoint) -> Iterator[Found]:
    unit, declared = known.unit(point.attribute), known.attributes.get(point.attribute)
    if unit and resolve(unit) is None:
        yield ("unit",), f"the unit {unit!r} is not known"
    elif declared and declared.unit and point.unit and _contradict(point.unit, declared.unit):
        yield (
            ("unit",),
            f"{point.attribute!r} is declared in {declared.unit}, which {point.unit} cannot be converted to",
        )


def _contradict(one: str, other: str) -> bool:
    first, second = resolve(one), resolve(other)
    return first is not None and second is not None and first.quantity != second.quantity


def _limits(known: Known, point: CommandPoint) -> Iterator[Found]:
    declared = known.attributes.get(point.attribute)
    if declared is None or _contradict(known.unit(point.attribute), declared.unit):
        return
    low, high = (
        _in_unit(at, declared.unit, known.unit(point.attribute))
        for at in (declared.physical_low, declared.physical_high)
    )
    if low is not None and point.min < low:
        yield ("min",), f"min ({point.min:g}) is below what is physically possible ({low:g})"
    if high is not None and point.max > high:
        yield ("max",), f"max ({point.max:g}) is above what is physically possible ({high:g})"


def _in_unit(value: float | None, unit: str, wanted: str) -> float | None:
    source: Unit | None = resolve(unit) if unit else None
    target: Unit | None = resolve(wanted) if wanted else None
    if value is None or source is None or target is None or source.code == target.code:
        return value
    return float(f"{(value * source.factor + source.offset - target.offset) / target.factor:.12g}")


def _names(known: Known, point: CommandPoint) -> Iterator[Found]:
    if point.attribute == known.state:
        yield ("attribute",), f"{point.attribute!r} is where the machine tells its state; it cannot be commanded"
    if point.mode and point.mode == point.attribute:
        yield ("mode",), f"{point.mode!r} cannot be both what is commanded and the mode that allows it"
    others = {known.state, *known.attributes}
    for key, name in (("attribute", point.attribute), ("mode", point.mode or "")):
        if key == "mode" or name not in known.attributes:
            yield from _misspelled((key,), name, known.id, known.names if key == "mode" else others)


def _misspelled(where: Path_, name: str, device: str, known: set[str]) -> Iterator[Found]:
    """A name that is not known, where one is known that differs by a letter or two; numbered ones are no mistakes.

    Nor is a name with another word in it: `Temperature` and `TemperatureSP` stand side by side on many a machine.
    """
    if not name or name in known:
        return
    told = [one for one in known if _NUMBERED.sub("", one) != _NUMBERED.sub("", name) and _same_words(one, name)]
    by_lower_case = {one.casefold(): one for one in told}
    close = difflib.get_close_matches(name.casefold(), by_lower_case, n=1, cutoff=_ALIKE)
    if close:
        yield where, f"{device!r} has no attribute {name!r}; did you mean {by_lower_case[close[0]]!r}?"


def _same_words(one: str, other: str) -> bool:
    """Whether every word of one name stands in the other too, though a letter of it may differ."""
    if one.casefold() == other.casefold():
        return True
    pairs = list(itertools.zip_longest(_words(one), _words(other), fillvalue=""))
    return all(difflib.SequenceMatcher(None, first, second).ratio() >= _SAME_WORD for first, second in pairs)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(name)]


def _readback(known: Known, point: CommandPoint) -> Iterator[Found]:
    readback: Readback | None = point.readback
    if readback is None:
        return
    yield from _misspelled(("readback", "attribute"), readback.attribute, known.id, known.names)
    unit, shown = known.unit(point.attribute), known.unit(readback.attribute)
    if bool(unit) and bool(shown) and _contradict(unit, shown):
        text = f"{readback.attribute!r} is in {shown}, which cannot show a value in {unit}"
        yield ("readback", "attribute"), text
    if readback.tolerance >= point.max - point.min:
        text = f"tolerance ({readback.tolerance:g}) is as wide as the limits, so any value would do"
        yield ("readback", "tolerance"), text


def _interlock(by_id: dict[str, Known], interlock: Interlock) -> Iterator[Found]:
    other = by_id.get(interlock.device)
    if other is None:
        yield ("device",), f"{interlock.device!r} is no machine of this site{meant(interlock.device, by_id)}"
        return
    yield from _misspelled(("attribute",), interlock.attribute, other.id, other.names)


def _automatic(by_id: dict[str, Known], point: CommandPoint | None, row: Automatic) -> Iterator[Found]:
    if row.alarm not in ALARMS:
        choice = ", ".join(ALARMS)
        yield ("alarm",), f"alarm must be one of {choice}, not {row.alarm!r}{meant(row.alarm, ALARMS)}"
    if row.cause not in by_id:
        yield ("cause",), f"{row.cause!r} is no machine of this site{meant(row.cause, by_id)}"
    if point and point.max_step is not None and row.largest_step > point.max_step:
        text = f"largest_step ({row.largest_step:g}) is more than the max_step ({point.max_step:g}) of the point"
        yield ("largest_step",), text
