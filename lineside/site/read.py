"""`site.yaml` -> `Site`: every mistake at once, each with its line and the name that was probably meant."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from lineside.errors import Misconfigured
from lineside.site.camera import Camera
from lineside.site.command_mistakes import wrong_commands
from lineside.site.commands import Automatic, CommandPoint, Interlock, Readback
from lineside.site.meant import meant
from lineside.site.model import UNASSIGNED_LINE, Attribute, Line, Machine, RejectRate, Shift, Site, slug

MAX_BYTES = 4_000_000
MAX_NODES = 200_000
MAX_DEPTH = 20
_LOOKS = 3

Path_ = tuple[str | int, ...]


class Mistake(NamedTuple):
    """One thing to mend, and the line it stands on (0 where no line can be named)."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


def read_site(path: Path) -> Site:
    """The site in this file. Raises Misconfigured with every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Misconfigured(f"there is no site file at {path}; write one, or name another with --site") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"the site file {path} cannot be read: {error}") from error
    return parse_site(text, str(path))


def parse_site(text: str, name: str = "site.yaml") -> Site:
    """The site in this text; `name` stands in the report. Raises Misconfigured with every mistake in it."""
    data, lines = _compose(text, name)
    if not isinstance(data, dict):
        raise Misconfigured(f"{name} must begin with `site:` and `lines:`, as the sample site does")
    mistakes = {*_invalid(data, lines), *_inconsistent(data, lines)}
    if not mistakes:
        return Site.model_validate(data)
    told = tuple(str(mistake) for mistake in sorted(mistakes))
    raise Misconfigured(_headline(name, len(told)), told)


def _headline(name: str, count: int) -> str:
    return f"{name} has {count} mistake{'s' if count > 1 else ''}:"


# --- YAML with line numbers ------------------------------------------------------------------------------------------


class _Composer:
    """Turns YAML nodes into plain data and remembers the line of every path.

    Scalars stay text: `id: 007` names the device `007`, and pydantic reads numbers where numbers are meant.
    """

    def __init__(self) -> None:
        self.lines: dict[Path_, int] = {}
        self.mistakes: list[Mistake] = []
        self._nodes = 0

    def plain(self, node: yaml.Node, path: Path_ = ()) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise Misconfigured("the site file is nested too deeply or repeats itself too often to be a site")
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*path, index)) for index, child in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                self.mistakes.append(Mistake(key_node.start_mark.line + 1, f"{key!r} stands here a second time"))
            value = self.plain(value_node, (*path, key))
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            if value is not None:  # `feeds:` with nothing behind it says nothing
                found[key] = value
        return found


def _scalar(node: yaml.Node) -> str | None:
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    if plain and node.value in ("", "~", "null", "Null", "NULL"):
        return None
    return str(node.value)


def _compose(text: str, name: str) -> tuple[Any, dict[Path_, int]]:
    if len(text) > MAX_BYTES:
        raise Misconfigured(f"{name} is {len(text):,} characters long; a site file has at most {MAX_BYTES:,}")
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)  # builds text, lists and mappings only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Misconfigured(_headline(name, 1), (str(Mistake(line, f"not YAML: {error.problem}")),)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{name} is not YAML: {error}") from None
    if node is None:
        raise Misconfigured(f"{name} is empty; the sample site shows what stands in it")
    composer = _Composer()
    data = composer.plain(node)
    if composer.mistakes:
        mistakes = tuple(str(mistake) for mistake in composer.mistakes)
        raise Misconfigured(_headline(name, len(mistakes)), mistakes)
    return data, composer.lines


# --- mistakes in one value ------------------------------------------------------------------------------------------


def _invalid(data: dict[str, Any], lines: dict[Path_, int]) -> Iterator[Mistake]:
    """What is wrong in itself, and then what that hid: pydantic compares the values of an object only once each is
    right, so what is wrong is taken out and the rest is looked at again."""
    left = deepcopy(data)
    for look in range(_LOOKS):
        errors = _errors(left)
        yield from (_told(error, lines) for error in errors if look == 0 or error["type"] != "missing")
        if not any([_taken_out(left, error["loc"]) for error in errors]):
            return


def _errors(data: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        Site.model_validate(data)
    except ValidationError as error:
        return [dict(found) for found in error.errors(include_url=False)]
    return []


def _taken_out(data: Any, path: Path_) -> bool:
    """Take out the member that the path leads to; entries of lists stay, so that the paths of others hold."""
    holder, key = None, None
    for step in path:
        if isinstance(data, dict) and step in data:
            holder, key = data, step
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            holder, data = None, data[step]
        else:
            break
    if holder is None:
        return False
    del holder[key]
    return True


def _told(error: dict[str, Any], lines: dict[Path_, int]) -> Mistake:
    path: Path_ = error["loc"]
    return Mistake(_line(path, lines), _sentence(path, error))


def _line(path: Path_, lines: dict[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _sentence(path: Path_, error: dict[str, Any]) -> str:
    key = _called(path)
    kind, given = error["type"], error["input"]
    if "buffer" in path:
        return f"buffer must be true, false or the number of pieces that it holds, not {given!r}"
    if key == "thing" and not given:
        return "no `thing` can be derived from this id; add one of letters, digits, `:`, `_` and `-`"
    if kind == "extra_forbidden":
        return f"{key!r} is not known here{meant(key, _keys_at(path))}"
    if kind == "missing":
        return f"{key!r} is missing"
    if kind in ("float_parsing", "int_parsing", "float_type", "int_type"):
        return f"{key} must be a number, not {given!r}"
    if kind in ("tuple_type", "list_type"):
        return f"{key} must be a list, such as [{given}]"
    if kind == "literal_error":
        return f"{key} must be {error['ctx']['expected']}, not {given!r}{meant(str(given), _choices(error))}"
    if kind == "string_pattern_mismatch":
        return f"{key} {_PATTERNS.get(key, _SLUG)}; {given!r} does not"
    if kind in ("model_type", "dict_type"):
        return f"{key} must have keys of its own, not {given!r}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if kind == "value_error" else f"{key}: {message[0].lower()}{message[1:]} (it is {given!r})"


_SLUG = "may hold letters, digits, `:`, `_` and `-` only, at most 128"
_PATTERNS = {"start": "must say a time of day, from 00:00 to 23:59"}


def _called(path: Path_) -> str:
    if not path:
        return "the file"
    return str(path[-1]) if isinstance(path[-1], str) else f"entry {path[-1] + 1} of {path[-2]}"


def _choices(error: dict[str, Any]) -> list[str]:
    return [part.strip("' ") for part in str(error["ctx"]["expected"]).replace(" or ", ",").split(",")]


def _keys_at(path: Path_) -> Iterable[str]:
    """The keys that the object at the end of this path may have."""
    model: type[BaseModel] = Site
    for before, step in zip((None, *path), path, strict=False):
        if before == "attributes":
            model = Attribute
        elif isinstance(step, str):
            model = _MODELS.get(step, model)
    return model.model_fields


_MODELS: dict[str, type[BaseModel]] = {
    "lines": Line,
    "shifts": Shift,
    "machines": Machine,
    "rejects": RejectRate,
    "camera": Camera,
    "commands": CommandPoint,
    "interlocks": Interlock,
    "readback": Readback,
    "automatic": Automatic,
}


# --- mistakes between values ----------------------------------------------------------------------------------------


def _inconsistent(data: dict[str, Any], lines: dict[Path_, int]) -> Iterator[Mistake]:
    """Names that are used twice, reserved or unknown; also in a file whose values are wrong, so that one report says
    everything."""
    if isinstance(data.get("timezone"), str):
        yield from _unknown_timezone(data["timezone"], lines)
    production_lines = _named(data, ("lines",))
    yield from _twice(((path, str(line["id"])) for path, line in production_lines), "the line id", "id", lines)
    yield from _reserved(production_lines, lines)
    of_line = [_named(line, (*path, "machines")) for path, line in production_lines]
    machines = [machine for found in of_line for machine in found]
    yield from _twice(((path, str(machine["id"])) for path, machine in machines), "the machine", "id", lines)
    by_id = {str(machine["id"]): (path, machine) for path, machine in machines}
    yield from _twice(((path, _thing(machine)) for path, machine in by_id.values()), "the thing", "thing", lines)
    for found in of_line:
        yield from _wrong_feeds([(path, str(m["id"]), _texts(m.get("feeds"))) for path, m in found], lines)
    yield from (Mistake(_line(path, lines), text) for path, text in wrong_commands(by_id.values()))


def _named(parent: dict[str, Any], path: Path_) -> list[tuple[Path_, dict[str, Any]]]:
    """What stands in the list at the end of this path and has an id."""
    found = parent.get(str(path[-1]))
    entries = enumerate(found if isinstance(found, list) else [])
    return [((*path, at), entry) for at, entry in entries if isinstance(entry, dict) and entry.get("id")]


def _thing(machine: dict[str, Any]) -> str:
    return str(machine.get("thing") or slug(str(machine["id"])))


def _reserved(named: list[tuple[Path_, dict[str, Any]]], lines: dict[Path_, int]) -> Iterator[Mistake]:
    for path, line in named:
        if line["id"] == UNASSIGNED_LINE:
            text = f"the line id {UNASSIGNED_LINE!r} is kept for devices that no line names; choose another"
            yield Mistake(_line((*path, "id"), lines), text)


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _unknown_timezone(timezone: str, lines: dict[Path_, int]) -> Iterator[Mistake]:
    known = zoneinfo.available_timezones() | {"UTC"}
    if timezone not in known:
        text = f"the time zone {timezone!r} is not known{meant(timezone, known)}"
        yield Mistake(_line(("timezone",), lines), text)


def _twice(named: Iterable[tuple[Path_, str]], what: str, key: str, lines: dict[Path_, int]) -> Iterator[Mistake]:
    first: dict[str, Path_] = {}
    for path, name in named:
        if name in first:
            before = _line((*first[name], key), lines)
            yield Mistake(_line((*path, key), lines), f"{what} {name!r} is taken by line {before}; names are used once")
        else:
            first[name] = path


def _wrong_feeds(machines: list[tuple[Path_, str, list[str]]], lines: dict[Path_, int]) -> Iterator[Mistake]:
    known = [name for _, name, _ in machines]
    for path, name, feeds in machines:
        for index, fed in enumerate(feeds):
            at = _line((*path, "feeds", index), lines)
            if fed == name:
                yield Mistake(at, f"{name!r} feeds itself")
            elif fed not in known:
                yield Mistake(at, f"{name!r} feeds {fed!r}, which is no machine of this line{meant(fed, known)}")
            elif fed in feeds[:index]:
                yield Mistake(at, f"{name!r} feeds {fed!r} twice")
