"""What Lineside does by itself, at the desk: decided, written down, proposed, told, and only then crossed off.

What `step` decides is remembered as not yet told, in one write with the row that acted, before anything is proposed.
A process that is killed anywhere goes on there: the proposal carries the same id and is the same command, and what
people are told carries the same `notice_id`. So nothing is done without being told, nothing is proposed twice, and
nothing is told that was not done. A notice leaves at least once; it leaves a second time only where the process ended,
or the way to people failed, before it could be crossed off, and is marked then as perhaps told.

While a notice has not left, nothing more is done by itself on its line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from msgspec.structs import replace

from lineside.control.audit import Note, note
from lineside.control.automatic import (
    HOUR_US,
    AutomaticMemory,
    AutomaticSettings,
    Moment,
    Notice,
    Turn,
    Untold,
    decode_memory,
    encode_memory,
    reset,
    step,
)
from lineside.control.automatic_rows import AutomaticRow, rows_of
from lineside.control.filing import SYSTEM, Filing, Who, again
from lineside.control.people import reaches, why_nobody
from lineside.control.record import Command, Status, label
from lineside.control.request import CommandRequest
from lineside.errors import Malformed, Refused
from lineside.site.model import Line

Tell = Callable[[Notice], None]
"""Tells people. Raises `Unavailable` where it did not leave; the same `notice_id` may come twice."""


_COMES_TO: Final[dict[Status, Literal["question", "nothing"]]] = {
    "awaiting_approval": "question",
    "rejected": "nothing",
    "expired": "nothing",
    "failed": "nothing",
}
"""What has none of these is on its way, or was."""


class UnknownRow(Refused):
    """The site file declares no such automatic row."""


@dataclass(frozen=True)
class Automation:
    """The automatic rows of one site. `propose` is the desk's. Raises `Unavailable`, and `Conflict` where others are
    faster again and again."""

    filing: Filing
    propose: Callable[[CommandRequest, Who, int], Command]
    settings: AutomaticSettings = field(default_factory=AutomaticSettings)

    def act(self, line_id: str, now_us: int, tell: Tell) -> list[Notice]:
        """One look at a line. Returns what people were told now."""
        told = self._carry_out(line_id, now_us, tell, perhaps_told=True)
        line = self._line(line_id)
        if not any(point.automatic for machine in line.machines for point in machine.commands):
            return told
        if again(partial(self._decide, line, now_us)):
            told += self._carry_out(line_id, now_us, tell)
        return told

    def _decide(self, line: Line, now_us: int) -> bool:
        """Write down what is to be done; whether there is anything."""
        was = self._stored(line.id)
        memory = _decoded(was)
        turn = step(self._moment(line, memory, now_us), memory, self.settings)
        decided = replace(turn.memory, untold=(*turn.memory.untold, *_untold(turn)))
        if decided != memory:
            stopped = [note(now_us, SYSTEM, "automatic row stopped", **_said(each)) for each in turn.notices]
            self._remember(line.id, decided, was, *stopped)
        return bool(decided.untold)

    def rows(self, line_id: str, now_us: int) -> list[AutomaticRow]:
        stopped = self.filing.store.automation_stopped(self.filing.site.site)
        memory = _decoded(self._stored(line_id))
        return list(rows_of(self._line(line_id), memory, now_us, self.settings, stopped=stopped))

    def reset(self, line_id: str, key: str, who: Who, now_us: int) -> None:
        """A person lets a stopped row act again: one who may approve what it does, and whom the log can name.

        Raises `UnknownRow`, and `Refused` where it is not stopped or they may not.
        """
        row = next((each for each in self.rows(line_id, now_us) if each.key == key), None)
        if row is None:
            raise UnknownRow(f"no automatic row of {line_id} has this key")
        if why := why_nobody(who.name, named=who.named):
            raise Refused(why)
        if not reaches(who.roles, row.point.may_approve):
            raise Refused(f"to reset this takes the role {row.point.may_approve}")
        again(partial(self._reset, line_id, row, who, now_us))

    def _reset(self, line_id: str, row: AutomaticRow, who: Who, now_us: int) -> None:
        was = self._stored(line_id)
        memory = _decoded(was)
        changed = reset(memory, row.key)
        told = {"line": line_id, "row": row.key, "was_stopped_because": memory.rows[row.key].why}
        self._remember(line_id, changed, was, note(now_us, who.name, "automatic row reset", **told))

    def _carry_out(self, line_id: str, now_us: int, tell: Tell, *, perhaps_told: bool = False) -> list[Notice]:
        told: list[Notice] = []
        for untold in _decoded(self._stored(line_id)).untold:
            notice = self._done(untold, now_us)
            tell(replace(notice, perhaps_told=perhaps_told))
            told.append(notice)
            again(partial(self._cross_off, line_id, untold))
        return told

    def _done(self, untold: Untold, now_us: int) -> Notice:
        """Proposed, if it is to be; the notice then says how that stands."""
        if not untold.request:
            return untold.notice
        try:
            command = self.propose(CommandRequest.model_validate_json(untold.request), Who(SYSTEM), now_us)
            return replace(untold.notice, stands=label(command), comes_to=_COMES_TO.get(command.status, "change"))
        except (Refused, Malformed) as error:
            return replace(untold.notice, stands=f"It could not be proposed: {error}", comes_to="nothing")

    def _cross_off(self, line_id: str, told: Untold) -> None:
        was = self._stored(line_id)
        memory = _decoded(was)
        left = tuple(each for each in memory.untold if each.notice.notice_id != told.notice.notice_id)
        if left != memory.untold:
            self._remember(line_id, replace(memory, untold=left), was)

    def _moment(self, line: Line, memory: AutomaticMemory, now_us: int) -> Moment:
        filing = self.filing
        site = filing.site.site
        acted_us = [row.acted_us[-1] for row in memory.rows.values() if row.command_id]
        since_us = min([now_us, *acted_us]) - HOUR_US
        return Moment(
            site,
            line,
            list(filing.alarms(line.id)),
            filing.values(line.id),
            {each.command_id: each for each in filing.store.recent(site, line.id, since_us)},
            now_us,
            filing.store.automation_stopped(site),
        )

    def _line(self, line_id: str) -> Line:
        found = next((each for each in self.filing.site.lines if each.id == line_id), None)
        if found is None:
            raise UnknownRow(f"the site has no line {line_id!r}")
        return found

    def _stored(self, line_id: str) -> bytes | None:
        return self.filing.store.automatic_memory(self.filing.site.site, line_id)

    def _remember(self, line_id: str, memory: AutomaticMemory, was: bytes | None, *notes: Note) -> None:
        self.filing.store.remember(self.filing.site.site, line_id, encode_memory(memory), was=was, notes=notes)


def _decoded(stored: bytes | None) -> AutomaticMemory:
    return decode_memory(stored) if stored else AutomaticMemory()


def _untold(turn: Turn) -> list[Untold]:
    proposals = [Untold(notice, request.model_dump_json()) for request, notice in turn.proposals]
    return [*(Untold(notice) for notice in turn.notices), *proposals]


def _said(notice: Notice) -> dict[str, object]:
    told = {name: getattr(notice, name) for name in ("line", "device", "attribute", "alarm_id", "command_id")}
    return {**told, "reason": notice.why}
