"""The topics on which AWS IoT carries commands and set-points, and hears what became of them.

$aws/commands/things/<thing>/executions/<id>/request/json             an execution, to the plant
$aws/commands/things/<thing>/executions/<id>/response/json            its status, from the plant
$aws/commands/things/<thing>/executions/<id>/response/accepted/json   AWS has taken that status; or `rejected`
$aws/things/<thing>/shadow/name/setpoints/update/delta                `desired` has changed
$aws/things/<thing>/shadow/name/setpoints/get, .../get/accepted       asking for the whole shadow, and the answer
$aws/things/<thing>/shadow/name/setpoints/update, .../update/rejected what is reported, and that AWS did not take it
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

SHADOW: Final = "setpoints"

Kind = Literal["request", "accepted", "rejected", "delta", "shadow", "no shadow", "not reported"]

_THING = r"(?P<thing>[a-zA-Z0-9:_-]{1,128})"
_OF_COMMANDS = re.compile(
    rf"\$aws/commands/things/{_THING}/executions/(?P<execution>[a-zA-Z0-9_-]{{1,64}})/(?P<rest>[a-z/]+)", re.ASCII
)
_OF_SHADOWS = re.compile(rf"\$aws/things/{_THING}/shadow/name/{SHADOW}/(?P<rest>[a-z/]+)", re.ASCII)
_COMMANDS: Final[dict[str, Kind]] = {
    "request/json": "request",
    "response/accepted/json": "accepted",
    "response/rejected/json": "rejected",
}
_SHADOWS: Final[dict[str, Kind]] = {
    "update/delta": "delta",
    "get/accepted": "shadow",
    "get/rejected": "no shadow",
    "update/rejected": "not reported",
}


class AwsTopic(NamedTuple):
    """What a message is about. `execution_id` is empty for shadows."""

    kind: Kind
    thing: str
    execution_id: str = ""


def command_filters(thing: str) -> list[str]:
    return [f"$aws/commands/things/{thing}/executions/+/{rest}" for rest in _COMMANDS]


def shadow_filters(thing: str) -> list[str]:
    return [shadow_topic(thing, rest) for rest in _SHADOWS]


def status_topic(thing: str, execution_id: str) -> str:
    return f"$aws/commands/things/{thing}/executions/{execution_id}/response/json"


def shadow_topic(thing: str, rest: str) -> str:
    return f"$aws/things/{thing}/shadow/name/{SHADOW}/{rest}"


def read_topic(topic: str) -> AwsTopic | None:
    """None for any other topic."""
    if found := _OF_COMMANDS.fullmatch(topic):
        kind = _COMMANDS.get(found["rest"])
        return AwsTopic(kind, found["thing"], found["execution"]) if kind else None
    if found := _OF_SHADOWS.fullmatch(topic):
        kind = _SHADOWS.get(found["rest"])
        return AwsTopic(kind, found["thing"]) if kind else None
    return None
