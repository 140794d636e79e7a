"""What an operator said of an answer or an advisory, what it was about, and what an engineer made of it."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from lineside.errors import Conflict, Refused

State = Literal["pending", "accepted", "rejected"]
Resolution = Literal["", "fixed", "partly", "not_fixed"]


class Cited(msgspec.Struct, frozen=True):
    """A passage that the answer rested on, as it was quoted then."""

    document_id: str
    document: str
    revision: str
    section: str
    step: str
    page: str
    quote: str


class Review(msgspec.Struct, frozen=True):
    """An engineer's decision. `question` and `answer` are the words to train on; nothing else of the verdict is."""

    state: State = "pending"
    by: str = ""
    at_us: int = 0
    question: str = ""
    answer: str = ""
    note: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """One per person and thing, the newest counts. `person` is their key, for the limit; `by` is their name."""

    feedback_id: str
    about: Literal["answer", "advisory"]
    about_id: str
    verdict: Literal["up", "down"]
    reason: str
    correction: str
    resolution: Resolution
    """Whether it helped, said when the alarm was closed out."""
    person: str
    by: str
    given_us: int
    question: str
    answer: str
    model: str
    release_id: str
    cited: tuple[Cited, ...] = ()
    facts: tuple[str, ...] = ()
    device: str = ""
    language: str = "en"
    review: Review = Review()


def said_again(was: Verdict | None, now: Verdict) -> Verdict:
    """What is kept when a person says it again: a review stands as long as the words that were reviewed do."""
    if was is None or _words(was) != _words(now):
        return now
    return msgspec.structs.replace(now, review=was.review)


def reviewed(was: Verdict | None, review: Review, given_us: int) -> Verdict:
    """The verdict with an engineer's decision. Raises as `VerdictStore.review` does."""
    if was is None:
        raise Refused("there is no such verdict")
    if was.given_us != given_us:
        raise Conflict(f"{was.by} has said something else since; read it again, then decide")
    decided = was.review
    if decided.state != "pending" and decided.by != review.by and decided.state != review.state:
        raise Conflict(f"{decided.by} has {decided.state} it already; talk to each other, then decide")
    return msgspec.structs.replace(was, review=review)


def _words(verdict: Verdict) -> tuple[str, ...]:
    return (verdict.verdict, verdict.reason, verdict.correction, verdict.question, verdict.answer)


class VerdictStore(Protocol):
    """Verdicts and their reviews. Both runtimes bring their own, held to the same contract tests."""

    def save(self, verdict: Verdict) -> None:
        """Replaces the person's earlier one about the same thing; where its words changed, its review is undone."""
        ...

    def get(self, feedback_id: str) -> Verdict | None: ...

    def list(self, state: State | None, limit: int) -> list[Verdict]:
        """The newest first."""
        ...

    def review(self, feedback_id: str, review: Review, given_us: int) -> Verdict:
        """Decide on the verdict that was given at `given_us`. `Conflict` where it has been replaced since or was
        reviewed with another result by somebody else, `Refused` where there is none."""
        ...

    def counts(self) -> dict[State, int]: ...
