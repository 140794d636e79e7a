"""Lines of requests -> lines of decisions, one for one and in order: `lineside commands check`.

It changes nothing, anywhere: requests are judged against one state, as if each were the only one, but for ids. An id
that was decided before is a replay. A line that is no request, a blank one too, is refused, and uses no id up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from pydantic import ValidationError

from lineside.control.case import quoted
from lineside.control.decide import decide
from lineside.control.request import CommandRequest, Decision
from lineside.control.snapshot import Snapshot
from lineside.control.strict import depth_of, read_json
from lineside.errors import Malformed
from lineside.site.model import Site

MAX_LINE_BYTES: Final = 65_536
_SKIPPED_BYTES: Final = 1_048_576
_MARK: Final = b"\xef\xbb\xbf"
NEEDED: Final = (
    *("id", "device", "attribute", "value", "unit"),
    *("proposed_by", "roles", "channel", "approved_by", "expires_at"),
)
"""Each must stand in a line, `approved_by` as null where nobody has approved."""
_LONGEST_ID: Final = 256
_DEEPEST_READ: Final = 100


class BrokenLine(Malformed):
    """A line that is no request. `id` is its id where it can be read."""

    def __init__(self, reasons: tuple[str, ...], command_id: str | None = None) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
        self.id = command_id


def decisions(site: Site, snapshot: Snapshot, lines: Iterable[bytes | None]) -> Iterator[Decision]:
    """A decision for every line; None stands for a line that was too long to be kept."""
    answered: set[str] = set()
    for line in lines:
        try:
            request = read_request(line)
        except BrokenLine as broken:
            yield Decision(id=broken.id, decision="refused", reasons=broken.reasons)
            continue
        yield decide(site, request, snapshot, answered)
        answered.add(request.id)


def lines_of(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines without their ends. A line longer than `MAX_LINE_BYTES` is read past, and comes as None."""
    first = True
    while line := source.readline(MAX_LINE_BYTES + 2):
        if len(line.rstrip(b"\r\n")) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = source.readline(_SKIPPED_BYTES)
            yield None
        else:
            yield (line.removeprefix(_MARK) if first else line).rstrip(b"\r\n")
        first = False


def read_request(line: bytes | None) -> CommandRequest:
    """The request in a line. Raises `BrokenLine` with everything that is wrong with it."""
    if line is None or len(line) > MAX_LINE_BYTES:
        raise BrokenLine((f"the line is longer than {MAX_LINE_BYTES:,} bytes",))
    if not line.strip():
        raise BrokenLine(("the line is blank",))
    try:
        data = read_json(line, "the line")
    except Malformed as error:
        raise BrokenLine((str(error),), _id_of_no_json(line)) from None
    if not isinstance(data, dict):
        raise BrokenLine((f"the line must be an object, not {_kind(data)}",))
    missing = tuple(f"{key!r} is missing" for key in NEEDED if key not in data)
    try:
        request = CommandRequest.model_validate(data)
    except ValidationError as error:
        wrong = tuple(_sentence(each) for each in error.errors(include_url=False) if each["type"] != "missing")
        raise BrokenLine(tuple(dict.fromkeys(missing + wrong)), _id(data)) from None
    if missing:
        raise BrokenLine(missing, request.id)
    return request


def as_line(decision: Decision, *, with_checks: bool = False) -> bytes:
    """A decision as a line of JSON, in ASCII, so that nothing in it steers a terminal."""
    told: dict[str, Any] = {"id": decision.id, "decision": decision.decision, "reasons": decision.reasons}
    if with_checks:
        told["checks"] = [each.model_dump() for each in decision.checks]
    return json.dumps(told).encode() + b"\n"


def _id_of_no_json(line: bytes) -> str | None:
    """The id of a line that a more patient reader would take, where it has exactly one."""
    text = line.decode("utf-8", "replace")
    if depth_of(text) > _DEEPEST_READ:
        return None
    try:
        data = json.loads(text, object_pairs_hook=_without_unclear_id)
    except (ValueError, RecursionError):
        return None
    return _id(data) if isinstance(data, dict) else None


def _without_unclear_id(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    ids = [value for key, value in pairs if key == "id"]
    return {"id": ids[0]} if len(ids) == 1 else {}


def _id(data: dict[str, Any]) -> str | None:
    """The id, where it is one that a request could have."""
    found = data.get("id")
    if not isinstance(found, str) or not found.strip() or len(found) > _LONGEST_ID:
        return None
    return found if _is_unicode(found) and "\N{REPLACEMENT CHARACTER}" not in found else None


def _is_unicode(text: str) -> bool:
    """JSON can spell half of a character (`\\ud800`), which no other program could read again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(data: Any) -> str:
    kinds = {list: "a list", str: "a text", bool: "a truth", type(None): "null"}
    return kinds.get(type(data), "a number")


def _sentence(error: Any) -> str:
    """What is wrong with one value, in words for whoever wrote it."""
    where = repr(str(error["loc"][0]))
    kind, given = str(error["type"]), _shown(error["input"])
    inner = f"entry {int(error['loc'][1]) + 1} of " if len(error["loc"]) > 1 else ""
    if kind.endswith("_type") or kind == "string_unicode":
        wanted = {"roles": "a list of texts"}.get(str(error["loc"][0]), "a text") if not inner else "a text"
        return f"{inner}{where} must be {wanted}, not {given}"
    if kind == "literal_error":
        return f"{where} must be {error['ctx']['expected']}, not {given}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{inner}{where}: {message[0].lower()}{message[1:]} (it is {given})"


def _shown(given: Any) -> str:
    return quoted(given, 60) if isinstance(given, str) else quoted(json.dumps(given)[:80], 60).strip("'")
