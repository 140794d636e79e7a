"""A small site and the instant at which everything arrives."""

from __future__ import annotations

import pytest

from lineside.site import Attribute, Line, Machine, Site
from lineside.telemetry.decode import Origin
from lineside.telemetry.timestamps import parse

RECEIVED_US = parse("2025-03-03T06:00:10Z")

FREEZER = Machine(
    id="Freezer Tunnel",
    feeds=("Cookie Inspector",),
    attributes={
        "Temperature": Attribute(unit="CEL", low=-26, high=-18, physical_low=-60, physical_high=60),
        "Belt": Attribute(unit="m/min"),
        "Vibration": Attribute(unit="g"),
        "Level": Attribute(low=0, high=4),
        "Crumbs": Attribute(unit="crumbs"),
    },
)
SITE = Site(
    site="bakery-north",
    lines=(
        Line(
            id="line-1",
            machines=(
                FREEZER,
                Machine(id="Cookie Inspector", thing="inspector", state="Mode"),
                Machine(id="Line Gateway", gateway=True),
            ),
        ),
    ),
)


@pytest.fixture
def site() -> Site:
    return SITE


@pytest.fixture
def origin() -> Origin:
    return Origin(SITE, received_us=RECEIVED_US)
