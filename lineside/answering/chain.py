"""The models in their order, one answer, and nothing in it that the evidence does not show.

Each model is asked in a thread of its own, so that one that hangs costs its time and no more: the thread is left to
its own timeouts, and the same model is not asked again before that thread has ended.
"""

from __future__ import annotations

import queue
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from lineside.answering.compose import compose, phrases, says_nothing, unknown
from lineside.answering.evidence import Evidence
from lineside.answering.models import ModelRow
from lineside.answering.names import Names
from lineside.answering.numbers import Grounds, Unproven
from lineside.answering.prompt import ANSWER, NO_ANSWER, Repair, Task, prompt_for
from lineside.answering.sense import nonsense
from lineside.answering.writer import Aliases, CutShort, Prompt, Released, Waking, Writer, released_of
from lineside.errors import LinesideError, Refused, Unavailable
from lineside.site.model import Site

COMPOSED = "evidence"
"""Who wrote an answer in which no model's words stand."""

LONGEST_ANSWER = 12_000
LEAST_SECONDS = 0.3
_MOST_GRACE_SECONDS = 0.5
"""How much longer than a model itself we wait, so that its own reason is the one that is told."""
_LOOK_SECONDS = 0.05
_MOST_TOLD = 3
_SHOWN = 40

OnPiece = Callable[[str], None]
Check = Callable[[str], Sequence[Unproven]]


class Skipped(msgspec.Struct, frozen=True):
    """A model whose words do not stand in the answer, and why not, in a sentence."""

    row: str
    reason: str


class Attempt(msgspec.Struct, frozen=True):
    """How a released model fared with one question, for the comparison of releases.

    `seconds` is how long it wrote, from its first word to its last: how long it took to wake says nothing of a release,
    and the one with fewer conversations sleeps more often.
    """

    release_id: str
    alias: str
    how: Literal["stands", "withheld", "failed"]
    seconds: float


class Written(msgspec.Struct, frozen=True):
    """What was written. `text` replaces what was streamed.

    `model` is the row's name, or `evidence` where the text is composed; `replaced` says, in the language asked for,
    which words of a model were withheld. `known` is False for an "I don't know". `release_id` is the release whose
    words the text is, and `attempts` how each release that was asked fared.
    """

    text: str
    model: str
    replaced: str = ""
    skipped: tuple[Skipped, ...] = ()
    known: bool = True
    stopped: bool = False
    release_id: str = ""
    attempts: tuple[Attempt, ...] = ()


class _Stopped(Exception):
    """Somebody stopped the answer; `args` holds what was said so far."""


class _NoTime(Unavailable):
    """Those before this model took all the time there was: it was never asked."""


class _Withheld(Refused):
    """What a model wrote did not stand up to the check."""

    def __init__(self, row: ModelRow, unproven: Sequence[Unproven]) -> None:
        told = "; ".join(f"{each.said!r}: {each.why}" for each in unproven[:_MOST_TOLD])
        super().__init__(f"the words of {row.name} are withheld ({told})")
        self.said = ", ".join(each.said for each in unproven[:_MOST_TOLD])


@dataclass
class Chain:
    """The answering models, first choice first. `monotonic` counts seconds and never goes back.

    With `aliases` a conversation's model is looked up here, so that an answer is known to be a certain release's.
    """

    writers: Sequence[Writer]
    site: Site
    monotonic: Callable[[], float]
    aliases: Aliases | None = None
    _left_alone: dict[str, threading.Thread] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.names = Names(self.site)

    def answer(
        self,
        question: str,
        evidence: Evidence,
        *,
        language: str = "en",
        now: str = "",
        history: tuple[tuple[str, str], ...] = (),
        conversation: str = "",
        on_piece: OnPiece | None = None,
        stop: threading.Event | None = None,
        budget_seconds: float = 60.0,
    ) -> Written:
        """The answer to a question, from its evidence. Never raises for what a model does or fails to do."""
        if says_nothing(evidence):
            return Written(unknown(evidence, language), COMPOSED, known=False)
        task = Task(ANSWER, question, evidence, compose(evidence, language), language, now, history, conversation)
        return self.write(task, on_piece=on_piece, stop=stop, budget_seconds=budget_seconds)

    def write(
        self,
        task: Task,
        *,
        also: Check | None = None,
        on_piece: OnPiece | None = None,
        stop: threading.Event | None = None,
        budget_seconds: float = 60.0,
    ) -> Written:
        """What the first model writes whose words stand up to the number check, and to `also`; else the fallback.

        Pieces of the first model that begins are streamed; whoever shows them replaces them by the text in the end.
        """
        grounds = Grounds(task.evidence, self.names)

        def check(text: str) -> tuple[Unproven, ...]:
            return (*_senseless(text), *grounds.unproven(text), *(also(text) if also else ()))

        turn = _Turn(self, task, check, _Once(on_piece), stop, self.monotonic() + budget_seconds)
        return turn.written()

    def is_left_alone(self, row: ModelRow) -> bool:
        """Whether an earlier call of this model still hangs."""
        thread = self._left_alone.get(row.name)
        return thread is not None and thread.is_alive()

    def leave_alone(self, row: ModelRow, thread: threading.Thread) -> None:
        self._left_alone[row.name] = thread


def _senseless(text: str) -> tuple[Unproven, ...]:
    why = nonsense(text)
    return (Unproven(text[:_SHOWN], f"it {why}"),) if why else ()


class _Once:
    """Hands on the pieces of the first stream, and of no other: two of them would be one text."""

    def __init__(self, on_piece: OnPiece | None) -> None:
        self._on_piece = on_piece
        self._owner: object = None
        self._kept = ""

    def __call__(self, stream: object, piece: str) -> None:
        if self._on_piece is None or (self._owner or stream) is not stream:
            return
        piece = _visible(self._kept + piece)
        if self._owner is None and (NO_ANSWER.startswith(_bare(piece)) or declines(piece)):
            self._kept = piece  # this may become the sign for no answer, which nobody should read
            return
        self._owner, self._kept = stream, ""
        self._on_piece(piece)


@dataclass
class _Turn:
    """One answer on its way through the chain."""

    chain: Chain
    task: Task
    check: Check
    pieces: _Once
    stop: threading.Event | None
    ends: float
    skipped: list[Skipped] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    withheld: str = ""
    repaired: bool = False
    released: Released | None = None
    """The release that is being asked, where its row has an alias."""
    wrote_seconds: float = 0.0

    def written(self) -> Written:
        written = self._written()
        return msgspec.structs.replace(written, skipped=tuple(self.skipped), attempts=tuple(self.attempts))

    def _written(self) -> Written:
        for place, writer in enumerate(self.chain.writers):
            self.released, self.wrote_seconds = None, 0.0
            try:
                text = self._accepted(writer, len(self.chain.writers) - place)
            except _Stopped as stopped:
                return self._stopped(writer.row, str(stopped))
            except _Withheld as error:
                self._fared("withheld")
                self._skip(writer.row, str(error))
                self.withheld = self.withheld or self._told(writer.row, error.said)
                continue
            except LinesideError as error:
                if not isinstance(error, Waking | _NoTime):
                    self._fared("failed")
                self._skip(writer.row, str(error))
                continue
            self._fared("stands")
            release_id = self.released.release_id if self.released else ""
            if declines(text):
                unanswered = self._composed(unknown(self.task.evidence, self.task.language), known=False)
                return msgspec.structs.replace(unanswered, release_id=release_id)
            return Written(text, writer.row.name, release_id=release_id)
        return self._composed(self.task.fallback)

    def _fared(self, how: Literal["stands", "withheld", "failed"]) -> None:
        """Note how the release that was asked fared; one that is not kept in any record is not compared."""
        if self.released and self.released.release_id:
            self.attempts.append(Attempt(self.released.release_id, self.released.alias, how, self.wrote_seconds))

    def _accepted(self, writer: Writer, left: int) -> str:
        """A text of this model that stands up to the check, the second one at most."""
        text = self._asked(writer, left)
        unproven = () if declines(text) else tuple(self.check(text))
        if unproven and not self.repaired:
            self.repaired = True
            text = self._asked(writer, left, Repair(text, tuple(f"{each.said}: {each.why}" for each in unproven)))
            unproven = () if declines(text) else tuple(self.check(text))
        if unproven:
            raise _Withheld(writer.row, unproven)
        return text

    def _asked(self, writer: Writer, left: int, repair: Repair | None = None) -> str:
        remaining = self.ends - self.chain.monotonic()
        if remaining < LEAST_SECONDS:
            raise _NoTime(f"no time was left for {writer.row.name}")
        if self.chain.aliases and writer.row.alias:
            self.released = released_of(writer.row, self.chain.aliases, self.task.conversation)
        if self.chain.is_left_alone(writer.row):
            raise Unavailable(f"{writer.row.name} has not come back from an earlier question")
        prompt = prompt_for(self.task, writer.row, repair)
        # Whoever comes later in the chain must have time to answer, should this one not even begin.
        timed = msgspec.structs.replace(
            prompt,
            patience_seconds=remaining / left,
            budget_seconds=remaining,
            model_id=self.released.model_id if self.released else "",
        )
        text = _visible("".join(self._heard(writer, timed))).strip()
        if not text:
            raise Unavailable(f"{writer.row.name} answered nothing")
        return text

    def _heard(self, writer: Writer, prompt: Prompt) -> Iterator[str]:
        """The pieces of one call. Raises what the model raised, `Unavailable` where it takes longer than it may."""
        call = _Call(writer, prompt)
        started = self.chain.monotonic()
        said: list[str] = []
        began: float | None = None
        try:
            while (piece := self._next(call, prompt, started, said)) is not None:
                began = self.chain.monotonic() if began is None else began
                said.append(piece)
                if sum(map(len, said)) > LONGEST_ANSWER:
                    raise CutShort(f"{writer.row.name} wrote more than {LONGEST_ANSWER} characters")
                self.pieces(call, piece)
                yield piece
        finally:
            call.halt.set()
            if began is not None:
                self.wrote_seconds += self.chain.monotonic() - began

    def _next(self, call: _Call, prompt: Prompt, started: float, said: list[str]) -> str | None:
        """The next piece, or None at the end."""
        seconds = prompt.budget_seconds if said else prompt.patience_seconds
        ends = started + seconds + min(_MOST_GRACE_SECONDS, 0.1 * seconds)
        while True:
            if self.stop and self.stop.is_set():
                raise _Stopped("".join(said))
            if (heard := call.next(_LOOK_SECONDS)) is not _NOTHING:
                if isinstance(heard, BaseException):
                    raise heard
                return heard if isinstance(heard, str) else None
            if self.chain.monotonic() > ends:
                self.chain.leave_alone(call.writer.row, call.thread)
                raise Unavailable(f"{call.writer.row.name} did not answer within {seconds:.0f} s")

    def _stopped(self, row: ModelRow, said: str) -> Written:
        """What was said so far, up to its last whole sentence; the evidence itself where that does not stand up."""
        text = _whole_sentences(_visible(said).strip())
        if text and not self.check(text):
            release_id = self.released.release_id if self.released else ""
            return Written(text, row.name, stopped=True, release_id=release_id)
        self._skip(row, f"{row.name} was stopped")
        return msgspec.structs.replace(self._composed(self.task.fallback), stopped=True)

    def _composed(self, text: str, *, known: bool = True) -> Written:
        return Written(text, COMPOSED, self.withheld, known=known)

    def _skip(self, row: ModelRow, reason: str) -> None:
        self.skipped.append(Skipped(row.name, reason))

    def _told(self, row: ModelRow, said: str) -> str:
        return phrases(self.task.language).replaced.format(model=row.name, said=said)


_NOTHING: Final = object()
_END: Final = object()


class _Call:
    """One question to one model, in a thread of its own."""

    def __init__(self, writer: Writer, prompt: Prompt) -> None:
        self.writer = writer
        self.halt = threading.Event()
        self._prompt = prompt
        self._heard: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name=f"model {writer.row.name}", daemon=True)
        self.thread.start()

    def next(self, seconds: float) -> object:
        """A piece, an error, the end, or `_NOTHING` when none of them came in time."""
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            return _NOTHING

    def _run(self) -> None:
        try:
            for piece in self.writer.write(self._prompt, self.halt):
                self._heard.put(piece)
                if self.halt.is_set():
                    break
        except LinesideError as error:
            self._heard.put(error)
        except Exception as error:
            # A mistake in an adapter must not take the advisor or a conversation with it: the chain goes on without
            # this model, and the reason is told and stored like any other.
            self._heard.put(Unavailable(f"{self.writer.row.name} failed: {type(error).__name__}: {error}"))
        else:
            self._heard.put(_END)


def declines(text: str) -> bool:
    """Whether a model says that the evidence does not answer; it may add a sentence, as it is trained to."""
    return re.match(rf"{NO_ANSWER}(?!\w)", _bare(text)) is not None


def _bare(text: str) -> str:
    return text.strip(" .!*_\"'`\n").upper()


def _visible(text: str) -> str:
    """Without control and invisible characters: what a model writes is shown to people."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C")


def _whole_sentences(text: str) -> str:
    end = max(text.rfind(mark) for mark in (". ", ".\n", "! ", "? ", "。", "！", "？", "\n"))
    return text if text.endswith((".", "!", "?", "。")) else text[: end + 1].strip()
