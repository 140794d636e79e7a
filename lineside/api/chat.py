"""The assistant as a conversation: a question and its history in, events out, and every answer kept exactly once.

A turn runs by itself, beside whoever listens: when a browser vanishes in the middle, the turn is told to stop, and what
was said until then is still kept.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from lineside.answering.evidence import Citation, Fact
from lineside.api.access import Person
from lineside.api.chat_models import (
    AnswerView,
    Ask,
    CitationView,
    FactView,
    Language,
    ModelView,
    ProblemEvent,
    ProposalView,
    SuggestionView,
    TokenEvent,
    ToolStartedEvent,
    ToolView,
)
from lineside.api.models import at
from lineside.api.ports import ChatEvent, Conversations
from lineside.assistant.events import Event, Failed, Question, Reply, Token, ToolEnded, ToolStarted, Turn
from lineside.assistant.found import Proposal
from lineside.errors import LinesideError, Unavailable
from lineside.releases.ports import OutcomeStore
from lineside.releases.record import Outcome
from lineside.telemetry.timestamps import render

logger = logging.getLogger(__name__)

REMEMBERED_TURNS: Final = 6
"""How many earlier questions of the conversation the assistant is told."""
STOP_SECONDS: Final = 10.0
"""How long a turn that was told to stop may take to end by itself."""
KEEP_ATTEMPTS: Final = 3


class Assistant(Protocol):
    """Whoever answers. A turn ends with `Reply` or `Failed`; soon after `stop` is set, with what it has."""

    def ask(self, question: Question, stop: threading.Event) -> AsyncIterator[Event]: ...

    def suggestions(self, line: str, alarm_id: str, language: str, now_us: int) -> list[str]: ...


@dataclass
class _Listening:
    """One turn while it runs."""

    ask: Ask
    person: Person
    stop: threading.Event
    answer_id: str
    asked_us: int
    events: asyncio.Queue[ChatEvent | None] = field(default_factory=asyncio.Queue)
    said: list[str] = field(default_factory=list)
    tools: list[ToolView] = field(default_factory=list)
    ended: bool = False

    def tell(self, event: ChatEvent) -> None:
        self.events.put_nowait(event)


class AssistantChat:
    """A `Chat`. `new_id` makes ids that nobody can guess; `models` tells the configured models as they stand.

    `outcomes` keeps how each release's answers went, where models are released.
    """

    def __init__(
        self,
        assistant: Assistant,
        conversations: Conversations,
        *,
        now_us: Callable[[], int],
        new_id: Callable[[], str],
        models: Callable[[], Sequence[ModelView]],
        outcomes: OutcomeStore | None = None,
    ) -> None:
        self._assistant, self._conversations, self._outcomes = assistant, conversations, outcomes
        self._now_us, self._new_id, self._models = now_us, new_id, models
        self._running: set[asyncio.Task[None]] = set()

    def models(self) -> list[ModelView]:
        return list(self._models())

    def suggestions(self, line: str, alarm_id: str, language: Language) -> list[SuggestionView]:
        """Questions that fit this alarm, else the line."""
        found = self._assistant.suggestions(line, alarm_id, language, self._now_us())
        return [SuggestionView(question=question, alarm_id=alarm_id) for question in found]

    async def ask(self, question: Ask, person: Person, stop: threading.Event) -> AsyncGenerator[ChatEvent, None]:
        asked = question
        if not asked.conversation_id:
            asked = question.model_copy(update={"conversation_id": self._new_id()})
        turn = _Listening(asked, person, stop, self._new_id(), self._now_us())
        task = asyncio.create_task(self._run(turn))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            while (event := await turn.events.get()) is not None:
                yield event
        finally:
            stop.set()
            if not task.done():
                asyncio.get_running_loop().call_later(STOP_SECONDS, task.cancel)

    async def _run(self, turn: _Listening) -> None:
        try:
            await self._hear(turn)
        except asyncio.CancelledError:
            # Nobody listens any more, or the process ends: at once, as there may be no later.
            self._keep_what_was_said(turn)
            raise
        finally:
            turn.events.put_nowait(None)

    async def _hear(self, turn: _Listening) -> None:
        try:
            question = await asyncio.to_thread(self._question, turn)
            async for event in self._assistant.ask(question, turn.stop):
                await self._take(turn, event)
            if not turn.ended:
                await self._end_without_reply(turn, ProblemEvent(detail=_NO_END, retry=True))
        except LinesideError as error:
            await self._end_without_reply(turn, ProblemEvent(detail=str(error), retry=isinstance(error, Unavailable)))
        except Exception as error:
            logger.exception("the assistant failed: answer_id=%s", turn.answer_id)
            problem = ProblemEvent(detail=f"{_FAILED} ({type(error).__name__})", retry=True)
            await self._end_without_reply(turn, problem)

    def _question(self, turn: _Listening) -> Question:
        ask = turn.ask
        earlier = self._conversations.get(turn.person.key, ask.conversation_id)
        answered = [one for one in earlier.answers if one.text] if earlier else []
        return Question(
            text=ask.question.strip(),
            now_us=turn.asked_us,
            person=turn.person.name,
            line=ask.line,
            alarm_id=ask.alarm_id,
            language=ask.language,
            history=tuple(Turn(one.question, one.text) for one in answered[-REMEMBERED_TURNS:]),
            conversation=ask.conversation_id,
        )

    async def _take(self, turn: _Listening, event: Event) -> None:
        """One event of the assistant; what comes after the end is not listened to."""
        if turn.ended:
            return
        match event:
            case ToolStarted(call_id, tool, title):
                turn.tell(ToolStartedEvent(call_id=call_id, tool=tool, title=title))
            case ToolEnded():
                turn.tools.append(tool_view(event))
                turn.tell(turn.tools[-1])
            case Token(text):
                turn.said.append(text)
                turn.tell(TokenEvent(text=text))
            case Reply():
                await self._end(turn, self._answer(turn, event))
                await asyncio.to_thread(self._note_outcomes, turn, event)
            case Failed(detail, retry):
                await self._end_without_reply(turn, ProblemEvent(detail=detail, retry=retry))

    async def _end_without_reply(self, turn: _Listening, problem: ProblemEvent) -> None:
        """The turn was stopped, or broke down. What had been said is kept either way."""
        if turn.ended:
            return
        if turn.stop.is_set():
            await self._end(turn, self._unfinished(turn))
            return
        turn.ended = True
        if turn.said:
            await self._keep(turn, self._unfinished(turn))
        turn.tell(problem)

    async def _end(self, turn: _Listening, answer: AnswerView) -> None:
        turn.ended = True
        trouble = await self._keep(turn, answer)
        turn.tell(answer)
        if trouble:
            turn.tell(ProblemEvent(detail=f"this answer could not be kept: {trouble}", retry=False))

    async def _keep(self, turn: _Listening, answer: AnswerView) -> str:
        """Save it, however the listener fares meanwhile. What is wrong, in a sentence, where it could not be."""
        # Shielded: a save that was begun is finished, and is not begun a second time by whoever cancels us.
        return await asyncio.shield(asyncio.to_thread(self._saved, turn.person.key, answer))

    def _keep_what_was_said(self, turn: _Listening) -> None:
        if not turn.ended:
            turn.ended = True
            self._saved(turn.person.key, self._unfinished(turn))

    def _saved(self, person: str, answer: AnswerView) -> str:
        trouble = ""
        for _ in range(KEEP_ATTEMPTS):
            try:
                self._conversations.save(person, answer)
                return ""
            except LinesideError as error:
                trouble = str(error)
        logger.warning("an answer could not be kept: answer_id=%s: %s", answer.answer_id, trouble)
        return trouble

    def _note_outcomes(self, turn: _Listening, reply: Reply) -> None:
        """How each release that was asked fared. A figure that cannot be kept is missed; the answer is not."""
        if self._outcomes is None:
            return
        for attempt in reply.attempts:
            outcome = Outcome(
                turn.answer_id,
                attempt.release_id,
                attempt.alias,
                self._now_us(),
                attempt.seconds,
                failed=attempt.how == "failed",
                withheld=attempt.how == "withheld",
                conversation=turn.ask.conversation_id,
            )
            try:
                self._outcomes.record(outcome)
            except LinesideError as error:
                logger.warning("an outcome could not be kept: answer_id=%s: %s", turn.answer_id, error)

    def _unfinished(self, turn: _Listening) -> AnswerView:
        """What had been said when the turn was stopped. Nobody checked its numbers, so it is not called known."""
        reply = Reply(text="".join(turn.said), model="", router="", known=False, stopped=True)
        return self._answer(turn, reply, tools=turn.tools)

    def _answer(self, turn: _Listening, reply: Reply, *, tools: Sequence[ToolView] = ()) -> AnswerView:
        # A clock that was set back in the middle must not make an answer older than its question.
        answered_us = max(self._now_us(), turn.asked_us)
        return AnswerView(
            answer_id=turn.answer_id,
            conversation_id=turn.ask.conversation_id,
            question=turn.ask.question.strip(),
            text=reply.text,
            asked_at=render(turn.asked_us),
            answered_at=render(answered_us),
            model=reply.model,
            router=reply.router,
            replaced=reply.replaced,
            known=reply.known,
            stopped=reply.stopped,
            citations=tuple(map(citation_view, reply.citations)),
            facts=tuple(map(fact_view, reply.facts)),
            tools=tuple(tools) or tuple(map(tool_view, reply.tools)),
            choices=reply.choices,
            release_id=reply.release_id,
            proposal=proposal_view(reply.proposal, turn.ask.spoken) if reply.proposal else None,
        )


_NO_END = "the assistant ended without an answer; ask again"
_FAILED = "the assistant failed on this question; the server's log says why"


def tool_view(ended: ToolEnded) -> ToolView:
    return ToolView(
        call_id=ended.call_id,
        tool=ended.tool,
        title=ended.title,
        ok=ended.ok,
        summary=ended.summary,
        seconds=ended.seconds,
    )


def citation_view(citation: Citation) -> CitationView:
    passage = citation.passage
    return CitationView(
        number=citation.number,
        document_id=passage.document_id,
        document=passage.document,
        title=passage.title,
        revision=passage.revision,
        section=passage.section,
        step=passage.step,
        page=passage.page,
        quote=citation.quote,
        reviewed=passage.reviewed,
    )


def proposal_view(proposal: Proposal, spoken: bool) -> ProposalView:
    return ProposalView(
        device=proposal.machine,
        attribute=proposal.attribute,
        label=proposal.label or proposal.attribute,
        point=proposal.point,
        from_value=proposal.from_value,
        to_value=proposal.to_value,
        unit=proposal.unit,
        channel="voice" if spoken else "agent",
    )


def fact_view(fact: Fact) -> FactView:
    return FactView(text=fact.text, tool=fact.tool, value=fact.value, unit=fact.unit, observed_at=at(fact.observed_us))
