"""The stack of commands as `make synth` writes it."""

from __future__ import annotations

from stacks.control import CommandedThings
from tests.stacks.synth import Template, synthesised

THINGS = CommandedThings(
    commands=("cookie-former", "freezer-tunnel", "vertical-conveyor"), shadows=("cookie-former", "freezer-tunnel")
)
"""Of the demo site."""


def controlling() -> Template:
    return synthesised().control
