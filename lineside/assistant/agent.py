"""The assistant: a question in, events out. A router calls tools, the answering model writes, code checks both.

Whoever routes, the evidence is what the tools returned. Where the router fails, is not trusted with tools or calls
none, the rules choose the tools. Where no model's words stand, the answer is composed from the evidence.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from lineside.answering.chain import COMPOSED, Chain, Written
from lineside.answering.compose import citations_of
from lineside.answering.prompt import ANSWER, Task
from lineside.assistant.answer import Composed, compose, compose_any
from lineside.assistant.conversation import remembered
from lineside.assistant.events import Event, Failed, Question, Reply, Token
from lineside.assistant.phrases import LANGUAGES, Say
from lineside.assistant.plant import Plant
from lineside.assistant.prompts import router_prompt
from lineside.assistant.suggest import suggestions
from lineside.assistant.tools.look import Look
from lineside.assistant.turn import Limits, Turn
from lineside.assistant.understand import Known, understand
from lineside.errors import LinesideError, Misconfigured, Refused

if TYPE_CHECKING:
    from strands.models.model import Model

OFFLINE = "offline"
LONGEST_QUESTION = 2_000


@dataclass(frozen=True)
class Router:
    """A model that may choose tools. `model` makes its Strands model; a new one for each turn."""

    name: str
    model: Callable[[], Model]


@dataclass
class Assistant:
    """Answers questions about one plant. It may be asked from several conversations at once."""

    plant: Plant
    routers: Sequence[Router] = ()
    answering: Chain | None = None
    """The models that write; without one the offline model's quotation is the answer."""
    limits: Limits = field(default_factory=Limits)
    monotonic: Callable[[], float] = time.monotonic

    async def ask(self, question: Question, stop: threading.Event) -> AsyncIterator[Event]:
        """One turn: tools as they start and end, the answer as it is written, and at the end a `Reply` or `Failed`."""
        try:
            checked(question)
            async for event in self._ask(question, stop):
                yield event
        except (Refused, Misconfigured) as error:
            yield Failed(str(error), retry=False)
        except LinesideError as error:
            yield Failed(str(error), retry=True)

    def suggestions(self, line: str, alarm_id: str, language: str, now_us: int) -> list[str]:
        """Questions that fit what the person is looking at."""
        return suggestions(
            self.plant.fresh(), Say(_language(language), self.plant.site.timezone, now_us), line, alarm_id
        )

    async def _ask(self, question: Question, stop: threading.Event) -> AsyncIterator[Event]:
        turn = await asyncio.to_thread(self._begun, question)
        said = _Said()
        async for event in self._route(turn, question, stop, said):
            yield event
        if stop.is_set():
            so_far = Composed(said.text, known=bool(said.text))
            reply = self._reply(turn, so_far, said.router, OFFLINE)
            yield msgspec.structs.replace(reply, stopped=True, proposal=None)
            return
        composed = self._composed(turn, said)
        if self.answering is not None and _worth_writing(turn, composed):
            async for event in self._written(self.answering, turn, question, composed, said.router, stop):
                yield event
            return
        if not said.text:
            yield Token(composed.text)
        yield self._reply(turn, composed, said.router, OFFLINE)

    def _begun(self, question: Question) -> Turn:
        say = Say(_language(question.language), self.plant.site.timezone, question.now_us)
        plant = self.plant.fresh()
        known = known_of(plant, question.alarm_id)
        asked = understand(question.text, known, remembered(question.history))
        return Turn(Look(plant, question.now_us, say, question.line), asked, self.limits, self.monotonic)

    async def _route(self, turn: Turn, question: Question, stop: threading.Event, said: _Said) -> AsyncIterator[Event]:
        """Let the routers call tools, in their order, until one has; the rules are the last of them."""
        for router in self.routers:
            said.router = router.name
            try:
                async for event in self._routed_by(turn, router, question, stop):
                    yield event
            except Exception as error:  # what a provider raises is its own; the next router, or the rules, take over
                if error is turn.failure:
                    raise
            if turn.evidence.facts or turn.evidence.passages or turn.choices or stop.is_set():
                return
        said.router = OFFLINE
        async for event in self._routed_by_rules(turn, question, stop, said):
            yield event

    async def _routed_by(
        self, turn: Turn, router: Router, question: Question, stop: threading.Event
    ) -> AsyncIterator[Event]:
        from lineside.assistant.loop import GuardedModel, routed

        model = GuardedModel(await asyncio.to_thread(router.model))
        prompt = router_prompt(_looking_at(self.plant, question))
        async for _ in routed(turn, model, prompt, question.text, question.history, stop):
            while turn.events:
                yield turn.events.popleft()
        while turn.events:
            yield turn.events.popleft()

    async def _routed_by_rules(
        self, turn: Turn, question: Question, stop: threading.Event, said: _Said
    ) -> AsyncIterator[Event]:
        from lineside.assistant.loop import routed
        from lineside.assistant.offline import OfflineModel

        model = OfflineModel(await asyncio.to_thread(known_of, turn.look.plant, question.alarm_id), turn.look.say)
        async for text in routed(turn, model, "", question.text, question.history, stop):
            while turn.events:
                yield turn.events.popleft()
            if text and self.answering is None:
                said.text += text
                yield Token(text)
        while turn.events:
            yield turn.events.popleft()
        said.composed = model.said

    def _composed(self, turn: Turn, said: _Said) -> Composed:
        """The answer that needs no model."""
        composed = said.composed or compose(turn.asked, turn.results, turn.look.say)
        if composed.known or composed.choices or said.router == OFFLINE:
            return composed
        return compose_any(turn.results, turn.look.say)

    async def _written(
        self,
        answering: Chain,
        turn: Turn,
        question: Question,
        composed: Composed,
        router: str,
        stop: threading.Event,
    ) -> AsyncIterator[Event]:
        """The answering chain's words, as they come, and the reply that was checked."""
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def hear(text: str) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, text)

        write = partial(answering.write, self._task(turn, question, composed), on_piece=hear, stop=stop)
        writing = asyncio.ensure_future(asyncio.to_thread(write, budget_seconds=self.limits.writer_seconds))
        writing.add_done_callback(lambda _: pieces.put_nowait(None))
        heard = ""
        while (piece := await pieces.get()) is not None:
            heard += piece
            yield Token(piece)
        written = await writing
        if not heard:
            yield Token(written.text)
        yield self._reply(turn, _worded(written, composed), router, written.model, written)

    def _task(self, turn: Turn, question: Question, composed: Composed) -> Task:
        return Task(
            instructions=ANSWER,
            question=question.text,
            evidence=turn.evidence,
            fallback=composed.text,
            language=turn.look.say.language,
            now=turn.look.say.dated(question.now_us),
            history=tuple((earlier.question, earlier.answer) for earlier in remembered(question.history)),
            conversation=question.conversation,
        )

    def _reply(self, turn: Turn, composed: Composed, router: str, model: str, written: Written | None = None) -> Reply:
        evidence = turn.evidence
        return Reply(
            text=composed.text,
            model=model,
            router=router,
            replaced=_why_replaced(written) if written else "",
            known=composed.known,
            stopped=written.stopped if written else False,
            citations=citations_of(composed.text, evidence),
            facts=evidence.facts,
            tools=tuple(turn.ended),
            choices=composed.choices,
            release_id=written.release_id if written else "",
            attempts=written.attempts if written else (),
            proposal=turn.proposal,
        )


@dataclass
class _Said:
    """What came of routing. `text` is what was streamed, `composed` what the offline model answered."""

    router: str = OFFLINE
    text: str = ""
    composed: Composed | None = None


def checked(question: Question) -> None:
    """Raises `Refused` for a question that cannot be answered as it is."""
    text = question.text.strip()
    if not text:
        raise Refused("the question is empty; write what you want to know")
    if len(text) > LONGEST_QUESTION:
        raise Refused(f"the question is {len(text):,} characters long; ask in at most {LONGEST_QUESTION:,}")


def known_of(plant: Plant, alarm_id: str = "") -> Known:
    """What the rules need of a plant: names, values with their labels, and the machine of the alarm looked at."""
    attributes = tuple(
        (machine.id, name, machine.label(name))
        for line in plant.lines
        for machine in line.machines
        for name in plant.attributes(machine.id)
    )
    return Known(plant.names, attributes, _machine_of(plant, alarm_id))


def _machine_of(plant: Plant, alarm_id: str) -> str:
    found = (plant.alarms.get(plant.site.site, line.id, alarm_id) for line in plant.lines) if alarm_id else ()
    return next((alarm.device for alarm in found if alarm is not None), "")


def _looking_at(plant: Plant, question: Question) -> str:
    device = _machine_of(plant, question.alarm_id)
    parts = [f"the line {question.line}" if question.line else "", f"the alarm of {device}" if device else ""]
    return " and ".join(part for part in parts if part)


def _worth_writing(turn: Turn, composed: Composed) -> bool:
    """Whether a model has something to word: evidence, and no question back."""
    return bool(turn.evidence.facts or turn.evidence.passages) and not composed.choices


def _worded(written: Written, composed: Composed) -> Composed:
    """What was written; where nobody's words stand, what the rules know of the composition that stands instead."""
    if written.model == COMPOSED and written.known:
        return Composed(written.text, composed.known, composed.choices)
    return Composed(written.text, written.known)


def _why_replaced(written: Written) -> str:
    """Why no model's words stand: withheld by the check, or no model that answered."""
    if written.model != COMPOSED:
        return ""
    return written.replaced or "; ".join(skipped.reason for skipped in written.skipped)


def _language(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]
