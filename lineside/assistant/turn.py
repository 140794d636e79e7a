"""One turn while it runs: what was called, what came back, and how much may still be called."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from lineside.answering.evidence import Evidence, Fact
from lineside.assistant.events import Event, ToolEnded, ToolStarted
from lineside.assistant.found import Found, Proposal
from lineside.assistant.shown import Shown, shown
from lineside.assistant.toolbox import Call, run, title_of
from lineside.assistant.tools.look import Look
from lineside.assistant.understand import Understood
from lineside.errors import LinesideError
from lineside.manuals.passage import Passage

MOST_FACTS = 80


@dataclass(frozen=True)
class Limits:
    """How far one turn may go."""

    most_calls: int = 8
    router_seconds: float = 90.0
    """After this no further call is made, and the answer is written from what is there."""
    writer_seconds: float = 60.0


@dataclass
class Turn:
    """Calls tools for whoever routes, within the limits, and keeps everything for the answer."""

    look: Look
    asked: Understood
    limits: Limits = field(default_factory=Limits)
    monotonic: Callable[[], float] = time.monotonic
    found: list[Found] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    ended: list[ToolEnded] = field(default_factory=list)
    events: deque[Event] = field(default_factory=deque)
    passages: dict[str, Passage] = field(default_factory=dict)
    failure: Exception | None = None
    _done: set[str] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict)
    _calls: int = 0

    def started(self, call: Call, call_id: str) -> None:
        self.events.append(ToolStarted(call_id, call.tool, title_of(call)))

    def make(self, call: Call, call_id: str) -> Shown:
        """The result of a call as the model reads it. Events and evidence are kept."""
        began = self.monotonic()
        refused = self._refusal(call)
        found = Found(call.tool, refused, ok=False) if refused else self._run(call)
        if found.ok:
            self._done.add(call.key)
        result = self._keep(found)
        seconds = round(self.monotonic() - began, 3)
        self.ended.append(ToolEnded(call_id, call.tool, title_of(call), found.ok, found.summary, seconds))
        self.events.append(self.ended[-1])
        return result

    def _run(self, call: Call) -> Found:
        try:
            return run(self.look, call)
        except LinesideError as error:
            # A store that does not answer ends a call, not the turn: the answer says what could not be looked at.
            return Found(call.tool, str(error), nothing=str(error), ok=False)

    def _refusal(self, call: Call) -> str:
        """Why this call is not made; "" where it is."""
        self._calls += 1
        if call.key in self._done:
            return f"{call.tool} was called with these arguments already; its result stands above"
        if self._calls > self.limits.most_calls:
            return f"no more than {self.limits.most_calls} calls in one turn; answer from what is there"
        if call.tool == "propose_command" and not self._asked_for(call):
            return "the person did not ask for this change with this number; nothing was proposed"
        return ""

    def _asked_for(self, call: Call) -> bool:
        """Whether the person's own words ask for this change. No document and no model can ask for one."""
        if "propose" not in self.asked.topics or self.asked.value is None or not self._is_named(call):
            return False
        try:
            return float(str(call.arguments.get("value")).replace(",", ".")) == self.asked.value
        except ValueError:
            return False

    def _is_named(self, call: Call) -> bool:
        """Whether the change is one of a machine that the person named; any, where they named none."""
        meant = self.look.plant.names.resolve(str(call.arguments.get("machine", ""))).machine
        return not self.asked.machines or not meant or meant in self.asked.machines

    def _keep(self, found: Found) -> Shown:
        for passage in found.passages:
            if passage.passage_id not in self._numbers:
                self._numbers[passage.passage_id] = len(self._numbers) + 1
                self.passages[passage.passage_id] = passage
        result = shown(found, self._numbers)
        self.found.append(found)
        self.shown.append(result)
        return result

    @property
    def results(self) -> list[Shown]:
        """What came back of calls that were right in themselves, or failed with a reason worth saying."""
        return [result for result in self.shown if result.ok or result.nothing]

    @property
    def evidence(self) -> Evidence:
        """Everything found, each fact once, in the order found."""
        facts: dict[str, Fact] = {}
        for fact in (fact for found in self.found for fact in found.facts):
            facts.setdefault(fact.text, fact)
        searched = dict.fromkeys(place for found in self.found for place in found.searched)
        return Evidence(tuple(facts.values())[:MOST_FACTS], tuple(self.passages.values()), tuple(searched))

    @property
    def proposal(self) -> Proposal | None:
        """What was written down for the person to propose; the last one, where a model wrote several."""
        written = [found.proposal for found in self.found if found.proposal and not found.proposal.refused]
        return written[-1] if written else None

    @property
    def choices(self) -> tuple[str, ...]:
        return next((found.choices for found in self.found if found.choices), ())
