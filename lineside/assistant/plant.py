"""What the assistant may look at. Every tool reads through these; nothing here can change a plant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from lineside.advice.model import Advisory
from lineside.alarms.model import Alarm
from lineside.assistant.names import Names
from lineside.assistant.relevance import Library, library_of
from lineside.lake.ports import Telemetry
from lineside.line.twin import DeviceTwin
from lineside.manuals.passage import Passage, Searcher
from lineside.site.model import UNASSIGNED_LINE, Line, Machine, Site, thing_of


class Twins(Protocol):
    """The last value of everything (`TwinStore`, read only)."""

    def line(self, site: str, line: str) -> list[DeviceTwin]: ...

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None: ...


class Alarms(Protocol):
    """Alarms, open and past (`AlarmStore`, read only)."""

    def open_alarms(self, site: str, line: str, *, cleared_since_us: int | None = None) -> list[Alarm]: ...

    def history(self, site: str, line: str, since_us: int, until_us: int) -> list[Alarm]: ...

    def get(self, site: str, line: str, alarm_id: str) -> Alarm | None: ...


class Advisories(Protocol):
    """What people were told (`AdvisoryStore`, read only)."""

    def recent(self, site: str, line: str, limit: int) -> list[Advisory]: ...


class Memories(Protocol):
    """What the detectors remember of a line (`MemoryStore`, read only)."""

    def load(self, site: str, line: str) -> bytes | None: ...


class Remark(Protocol):
    """Something a person did to an alarm, or said of it."""

    @property
    def at_us(self) -> int: ...

    @property
    def what(self) -> str: ...

    @property
    def by(self) -> str: ...

    @property
    def note(self) -> str: ...


class Remarks(Protocol):
    """What people did with an alarm, oldest first (the API's `AlarmLog`)."""

    def of_alarm(self, alarm_id: str) -> Sequence[Remark]: ...


class Shelf(Protocol):
    """Whole documents, for quoting the steps around a hit. Only what is in force is handed out."""

    def passages(self) -> Sequence[Passage]: ...

    def passages_of(self, document_id: str) -> Sequence[Passage]: ...

    def not_in_force(self) -> Collection[tuple[str, str, str]]:
        """Documents that may not be quoted: number, revision, and why (draft, withdrawn, superseded)."""
        ...


@dataclass(frozen=True)
class Plant:
    """The stores of a plant. None is what this runtime does not have; the tools then say so."""

    site: Site
    twin: Twins
    alarms: Alarms
    advisories: Advisories
    memory: Memories
    telemetry: Telemetry | None = None
    searcher: Searcher | None = None
    shelf: Shelf | None = None
    remarks: Remarks | None = None

    def fresh(self) -> Plant:
        """The same plant, looked at anew: which devices have been heard may have changed since the last question."""
        anew = replace(self)
        anew.__dict__["words"] = self.words
        return anew

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line that has machines or was heard, the one of devices that no line names last."""
        unknown = [machine for machine in self._heard_elsewhere if machine not in self.site.machine_of]
        if not unknown:
            return self.site.lines
        machines = tuple(Machine(id=device[:128], thing=thing_of(device)) for device in unknown)
        return (*self.site.lines, Line(id=UNASSIGNED_LINE, name="Devices that no line names", machines=machines))

    @cached_property
    def _heard_elsewhere(self) -> tuple[str, ...]:
        return tuple(twin.device for twin in self.twin.line(self.site.site, UNASSIGNED_LINE))

    @cached_property
    def names(self) -> Names:
        machines = [machine for line in self.lines for machine in line.machines]
        return Names(tuple(machine.id for machine in machines), tuple(machine.thing for machine in machines))

    @cached_property
    def words(self) -> Library:
        """How often words occur in the library, counted once: they only weigh what a passage is about."""
        return library_of(self.shelf.passages()) if self.shelf else Library()

    def machine(self, device: str) -> Machine | None:
        return next((m for line in self.lines for m in line.machines if m.id == device), None)

    def line_of(self, device: str) -> Line | None:
        return next((line for line in self.lines if device in line.by_id), None)

    def line_id(self, device: str) -> str:
        line = self.line_of(device)
        return line.id if line else UNASSIGNED_LINE

    def lines_seen(self, line_id: str) -> tuple[Line, ...]:
        """The line that is looked at, else all."""
        return tuple(line for line in self.lines if line.id == line_id) or self.lines

    def attributes(self, device: str) -> tuple[str, ...]:
        """The attributes that a machine declares or has reported."""
        machine, line = self.machine(device), self.line_of(device)
        twin = self.twin.device(self.site.site, line.id, device) if line else None
        told = [value.attribute(name) for name, value in twin.values.items()] if twin else []
        return tuple(dict.fromkeys((*(machine.attributes if machine else ()), *told)))
