"""The readings of a message of a known shape, made without a loop over its values.

Of a shape everything is known but the values. A function is generated that checks the type of each value and makes the
readings; what it does not expect (a missing value, another unit, a value out of range) it leaves to the loop
in `from_native`, which is right for every message, and the tests hold the two to the same result. Functions are
generated once for every sequence of `KINDS`; nothing that a sender wrote becomes source text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lineside.telemetry.reading import Reading
from lineside.telemetry.rejection import MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from lineside.telemetry.channels import Channel

MAX_PLANS: Final = 256
"""Compiling one takes as long as reading a hundred messages, so a sender that invents shapes is not followed."""
MAX_VALUES: Final = 64

Plan = Callable[[Iterable[Any], int, int], list[Reading] | None]
"""The measurements of a message, when it was observed and received -> its readings, or None for the way around."""

_UNPACK: Final = "if type(v#) is not Measured or v#.unit != sent#: return None\n  v# = v#.value\n  "
_TEXT: Final = "type(v#) is str and 0 < len(v#) <= MAX_TEXT_LENGTH and v#.isprintable()"
_HELD: Final = (
    "if type(v#) is not float: return None\n  k# = v# * factor# + offset#\n  if not low# <= k# <= high#: return None"
)


class Kind(NamedTuple):
    """What a value must be, and what its reading's value and source value are; `#` is the number of the value."""

    check: str
    value: str = "v#"
    source: str = "None"


KINDS: Final = {
    "any": Kind(f"if type(v#) is not float and type(v#) is not bool and not ({_TEXT}): return None"),
    "number": Kind("if type(v#) is not float and type(v#) is not bool: return None"),
    "held": Kind(_HELD),
    "converted": Kind(_HELD, "k#", "v#"),
}
_FIELDS: Final = (
    *("sent_unit", "attribute", "unit", "source_unit", "quality", "reason"),
    *("factor", "offset", "low", "high"),
)
_NEEDS: Final = "sent#, attribute#, unit#, source_unit#, quality#, reason#, factor#, offset#, low#, high#,"
_READING: Final = (
    "Reading(device, attribute#, observed_us, {value}, unit#, '', {source}, source_unit#, "
    "quality#, reason#, '', received_us),"
)
_SOURCE: Final = """
def bind(device, {needs}):
 def read(given, observed_us, received_us):
  {values} = given
  {checks}
  return [{readings}]
 return read
"""

_bound: dict[tuple[tuple[str, bool], ...], Callable[..., Plan]] = {}


def plan_of(device: str, channels: list[Channel], measured: type) -> Plan | None:
    """The plan for messages of one shape; None if it has too many values, or there are too many plans."""
    kinds = tuple((_kind(channel), bool(channel.sent_unit)) for channel in channels)
    if not 0 < len(kinds) <= MAX_VALUES or (kinds not in _bound and len(_bound) >= MAX_PLANS):
        return None
    bind = _bound.get(kinds)
    if bind is None:
        bind = _bound[kinds] = _generate(kinds, measured)
    return bind(device, *(getattr(channel, field) for channel in channels for field in _FIELDS))


def _kind(channel: Channel) -> str:
    if channel.simple:
        return "number" if channel.numeric else "any"
    return "converted" if channel.converts else "held"


def _generate(kinds: tuple[tuple[str, bool], ...], measured: type) -> Callable[..., Plan]:
    numbered = [(KINDS[kind], in_unit, str(number)) for number, (kind, in_unit) in enumerate(kinds)]
    source = _SOURCE.format(
        needs="".join(_NEEDS.replace("#", number) for _, _, number in numbered),
        values="".join(f"v{number}," for _, _, number in numbered),
        checks="\n  ".join(
            ((_UNPACK if in_unit else "") + kind.check).replace("#", number) for kind, in_unit, number in numbered
        ),
        readings="".join(
            _READING.format(value=kind.value, source=kind.source).replace("#", number) for kind, _, number in numbered
        ),
    )
    names: dict[str, Any] = {"Measured": measured, "Reading": Reading, "MAX_TEXT_LENGTH": MAX_TEXT_LENGTH}
    exec(source, names)  # noqa: S102 - made of KINDS and numbers only, see above
    bind: Callable[..., Plan] = names["bind"]
    return bind
