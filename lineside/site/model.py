"""What a `site.yaml` says, as typed objects.

The names follow ISA-95: a site has lines (work centres), a line has machines (work units). `feeds` is where a
machine's material goes next; together the `feeds` of a line are its flow graph, with joins (several machines feed
one) and splits (one feeds several).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

from lineside.site.camera import Camera
from lineside.site.commands import CommandPoint
from lineside.site.spelling import in_words

UNASSIGNED_LINE = "unassigned"
"""The line of a device that no site file names. It is accepted, listed as unknown, and still watched."""

DEFAULT_STATE_ATTRIBUTE = "State"

Name = Annotated[str, Field(min_length=1, max_length=128)]
Slug = Annotated[str, Field(pattern=r"^[a-zA-Z0-9:_-]{1,128}$")]
Severity = Literal["critical", "high", "medium", "low"]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


def slug(name: str) -> str:
    """A name as topics, policies and URNs may carry it: `Freezer Tunnel` -> `freezer-tunnel`."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-zA-Z0-9:_]+", "-", ascii_name).strip("-").lower()


def thing_of(device: str) -> str:
    """The slug of a device that no site file names; a fingerprint of its name where that has no Latin letter or digit.

    For a machine that a file names, a person is asked for a readable one instead.
    """
    return slug(device)[:128] or f"x-{sha256(device.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Attribute(_Strict):
    """What a machine declares of one attribute: telemetry is held to it.

    `low`, `high`, `deadband` and `physical_low`/`physical_high` are in `unit`. A value outside low..high for
    `on_delay_seconds` is an alarm, until it is back inside by `deadband` for `off_delay_seconds`. A value outside
    physical_low..physical_high cannot be true and is stored with quality bad.
    """

    unit: str = ""
    low: float | None = None
    high: float | None = None
    deadband: Annotated[float, Field(ge=0)] | None = None
    on_delay_seconds: Seconds | None = None
    off_delay_seconds: Seconds | None = None
    physical_low: float | None = None
    physical_high: float | None = None
    label: Annotated[str, Field(max_length=128)] = ""
    """What people call it, where the source's name says too little."""
    severity: Severity | None = None
    safety: bool = False
    """True where it belongs to a safety function: then it can never be commanded."""

    @model_validator(mode="after")
    def _low_is_below_high(self) -> Attribute:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must be below high ({self.high:g})")
        return self


class RejectRate(_Strict):
    """More than `max_fraction` of `rejects` in `total` over `window_minutes` is an alarm.

    `rejects` and `total` (or `good`) name running counters of the machine.
    """

    rejects: Name
    total: Name | None = None
    good: Name | None = None
    max_fraction: Annotated[float, Field(gt=0, le=1)]
    window_minutes: PositiveFloat = 5

    @model_validator(mode="after")
    def _has_something_to_divide_by(self) -> RejectRate:
        if (self.total is None) == (self.good is None):
            raise ValueError("name either total or good, the counter to compare rejects with")
        return self


class Machine(_Strict):
    """One machine. `id` is exactly the device name that telemetry carries, spaces and all."""

    id: Name
    thing: Slug = ""
    feeds: tuple[Name, ...] = ()
    state: Name = DEFAULT_STATE_ATTRIBUTE
    attributes: dict[Name, Attribute] = {}
    buffer: PositiveInt | bool = False
    """True, or the number of pieces it holds, for a machine that only stores: it cannot stop by itself."""
    gateway: bool = False
    """True for a thing that may publish the messages of other machines."""
    down_after_seconds: Seconds | None = None
    silent_after_seconds: Seconds | None = None
    rejects: RejectRate | None = None
    criticality: Severity | None = None
    consequence: str = ""
    operator_action: str = ""
    time_to_respond_minutes: PositiveFloat | None = None
    camera: Camera | None = None
    """How its images are inspected and kept, where it has a camera."""
    commands: tuple[CommandPoint, ...] = ()
    """The set-points that may be changed from here; what does not stand here cannot be commanded."""
    safety: bool = False
    """True for a machine that keeps people from harm: no command point may stand on it."""

    def label(self, attribute: str) -> str:
        """What people call an attribute: its `label`; a set-point without one by its name in words; else its name."""
        declared = self.attributes.get(attribute)
        if declared and declared.label:
            return declared.label
        is_set = any(point.attribute == attribute for point in self.commands)
        return in_words(attribute) if is_set else attribute

    def unit(self, attribute: str) -> str:
        """The declared unit of an attribute, or of the command point on it; "" where neither says one."""
        declared = self.attributes.get(attribute)
        points = (point.unit for point in self.commands if point.attribute == attribute)
        return next((unit for unit in points if unit), "") or (declared.unit if declared else "")

    def points_for(self, attribute: str) -> tuple[CommandPoint, ...]:
        """The command points that set this attribute, or whose effect is read back in it."""
        return tuple(
            point
            for point in self.commands
            if attribute == point.attribute or (point.readback and attribute == point.readback.attribute)
        )

    @model_validator(mode="before")
    @classmethod
    def _thing_is_derived_unless_given(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("thing") and isinstance(data.get("id"), str):
            return {**data, "thing": slug(data["id"])}
        return data


class Line(_Strict):
    """One production line: its machines in the order written, and the flow between them."""

    id: Slug
    name: str = ""
    machines: tuple[Machine, ...] = ()
    sop_directory: str = ""
    notify: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Machine]:
        return {machine.id: machine for machine in self.machines}

    @cached_property
    def downstream(self) -> dict[str, tuple[str, ...]]:
        """Machine -> the machines it feeds."""
        return {machine.id: machine.feeds for machine in self.machines}

    @cached_property
    def upstream(self) -> dict[str, tuple[str, ...]]:
        """Machine -> the machines that feed it."""
        feeding: dict[str, list[str]] = {machine.id: [] for machine in self.machines}
        for machine in self.machines:
            for fed in machine.feeds:
                feeding[fed].append(machine.id)
        return {device: tuple(feeders) for device, feeders in feeding.items()}


class Shift(_Strict):
    """Who works from `start`, by the plant's own clock (HH:MM), until the next shift begins."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


SHIFTS = (Shift(name="Early", start="06:00"), Shift(name="Late", start="14:00"), Shift(name="Night", start="22:00"))


class Site(_Strict):
    """A plant: its lines and the time zone its people live in."""

    site: Slug
    tenant: Slug = "default"
    timezone: str = "UTC"
    manuals: tuple[Name, ...] = ()
    """Folders of manuals beside the site file; the procedures of each line belong to the same library."""
    shifts: tuple[Shift, ...] = SHIFTS
    lines: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _shifts_begin_at_different_times(self) -> Site:
        if not self.shifts or len({shift.start for shift in self.shifts}) < len(self.shifts):
            raise ValueError("shifts must name at least one, and each must begin at a time of its own")
        return self

    @cached_property
    def line_of(self) -> dict[str, Line]:
        """Device -> its line, for every device that the file names."""
        return {machine.id: line for line in self.lines for machine in line.machines}

    @cached_property
    def machine_of(self) -> dict[str, Machine]:
        """Device -> its machine, for every device that the file names."""
        return {machine.id: machine for line in self.lines for machine in line.machines}

    @cached_property
    def device_of_thing(self) -> dict[str, str]:
        """Thing -> device: what a topic's last level means."""
        return {machine.thing: machine.id for machine in self.machine_of.values()}

    def label(self, device: str, attribute: str) -> str:
        """What people call an attribute; see `Machine.label`."""
        machine = self.machine_of.get(device)
        return machine.label(attribute) if machine else attribute

    def line_id(self, device: str) -> str:
        """The line a device belongs to, or `unassigned` when no line names it."""
        line = self.line_of.get(device)
        return line.id if line else UNASSIGNED_LINE
