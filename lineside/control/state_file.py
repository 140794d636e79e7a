"""The state of a line as JSON -> a `Snapshot`: what `lineside commands check --state` reads.

`{"now": TS, "values": {DEVICE: {ATTRIBUTE: {"value", "unit", "ts"[, "quality"]}}}, "recent": [...]}`, and where there
is something to say `"alarms": [{"id", "kind", "cause"}]` and `"automation_stopped": true`. Other keys are passed over.

A file whose frame is wrong is refused, for nothing could be judged by it. One value that is missing, no number (NaN is
none) or has no time is kept as a bad one: it refuses the commands that depend on it, and no others. The quality may
stand under `dataQuality`, as in our NGSI-LD.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from lineside.control.request import Instant, SentCommand, micros
from lineside.control.snapshot import Snapshot, StandingAlarm
from lineside.control.strict import read_json
from lineside.errors import Malformed, Misconfigured
from lineside.line.twin import CurrentValue
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse

_KEPT: Final = 200
_Text = Annotated[str, Field(max_length=256)]


class _Alarm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: _Text
    kind: _Text
    cause: _Text
    active: StrictBool = True


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    now: Instant
    values: dict[str, dict[str, Any] | None]
    recent: tuple[SentCommand, ...] | None = None
    alarms: tuple[_Alarm, ...] = ()
    automation_stopped: StrictBool = False


def read_state(raw: bytes, name: str) -> Snapshot:
    """The snapshot in these bytes; `name` stands in the report. Raises `Misconfigured`."""
    try:
        data = read_json(raw.removeprefix(b"\xef\xbb\xbf"), name, with_nan=True)
    except Malformed as error:
        raise Misconfigured(str(error)) from None
    if not isinstance(data, dict):
        raise Misconfigured(f'{name} must be an object such as {{"now": ..., "values": {{}}, "recent": []}}')
    try:
        state = _State.model_validate(data)
    except ValidationError as error:
        raise Misconfigured(f"{name} cannot be read: {_first(error)}") from None
    return Snapshot(
        now_us=micros(state.now),
        values={
            device: {attribute: _value(given) for attribute, given in (attributes or {}).items()}
            for device, attributes in state.values.items()
        },
        recent=state.recent or (),
        automation_stopped=state.automation_stopped,
        alarms=tuple(StandingAlarm(one.id, one.kind, one.cause) for one in state.alarms if one.active),
    )


def _first(error: ValidationError) -> str:
    mistakes = error.errors(include_url=False)
    first = mistakes[0]
    where = ".".join(str(step)[:64] for step in first["loc"])
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    return f"{where}: {str(first['msg']).removeprefix('Value error, ')}{more}"


def _value(given: Any) -> CurrentValue:
    """One value as it stands; whatever is wrong with it makes it a bad one, with its reason."""
    if not isinstance(given, dict):
        return _bad('a value must be an object with "value", "unit" and "ts"')
    try:
        observed_us = parse(given["ts"]) if isinstance(given.get("ts"), str) else None
    except Rejection as error:
        return _bad(str(error))
    if observed_us is None:
        return _bad("it has no time")
    unit, quality = given.get("unit"), _quality(given)
    if not (unit is None or isinstance(unit, str)) or quality is None:
        return _bad("its unit and quality must be text", observed_us)
    value: Any = given.get("value")
    if not _is_usable(value):
        return _bad("it has no value" if value is None else "its value is no number, word or truth", observed_us)
    return CurrentValue(value, observed_us, (unit or "").strip(), quality, _reason(given))


def _quality(given: dict[str, Any]) -> str | None:
    """The worse one where both keys say something; good where neither does; None for what is no text."""
    told = [given[key] for key in ("quality", "dataQuality") if key in given]
    if not all(isinstance(one, str) for one in told):
        return None
    return next((word for one in told if (word := one.strip().casefold()) != "good"), "good")


def _reason(given: dict[str, Any]) -> str:
    reason = given.get("reason")
    return reason[:_KEPT] if isinstance(reason, str) else ""


def _is_usable(value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return math.isfinite(float(value))
        except OverflowError:
            return False
    return isinstance(value, bool) or (isinstance(value, str) and value != "")


def _bad(reason: str, observed_us: int | None = None) -> CurrentValue:
    return CurrentValue("", observed_us if observed_us is not None else _LONG_AGO_US, quality="bad", reason=reason)


_LONG_AGO_US: Final = 0
