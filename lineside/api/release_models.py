"""Releases of the fine-tuned model, and verdicts under review, as bytes. JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lineside.api.models import Body, View
from lineside.releases.record import Status
from lineside.training_data.verdict import Resolution, State

Note = Annotated[str, Field(max_length=500)]


class EvaluatedView(View):
    """Shares are 0..1; `improvement` 0.14 is 14 % better than the base model. `low`, `high`: its 95 % interval."""

    passed: bool
    improvement: float
    low: float
    high: float
    questions: int
    judges: tuple[str, ...]
    unfit: tuple[str, ...]
    reasons: tuple[str, ...]


class CanaryView(View):
    decision: Literal["wait", "promote", "roll_back"]
    why: str
    at: str
    figures: dict[str, float]


class ReleaseView(View):
    """One version of the model. `alias` is the one that means it now, or empty."""

    release_id: str
    made_at: str
    status: Status
    alias: Literal["", "live", "canary", "previous"]
    base_model: str
    dataset_hash: str
    code_version: str
    hyperparameters: dict[str, str]
    artifact: str
    model_id: str
    evaluation: EvaluatedView | None
    has_report: bool
    """`/api/releases/{release_id}/report` shows it."""
    approver: str
    approved_at: str | None
    canary: CanaryView | None
    reason: str


class ChangeView(View):
    at: str
    by: str
    what: Literal["canary", "promote", "rollback", "end_canary"]
    reason: str
    live: str
    canary: str
    previous: str


class ReleasesView(View):
    """Every release, the newest first, and what the aliases mean now. `version` counts the switches."""

    releases: tuple[ReleaseView, ...]
    live: str
    canary: str
    previous: str
    canary_share: float
    version: int
    history: tuple[ChangeView, ...]
    """The newest first."""


class DecideRelease(Body):
    approved: bool
    note: Note = ""


Seen = Annotated[int | None, Field(ge=0)]
"""The `version` of the aliases that the person looked at: who saw another one than there is now gets a 409."""


class PromoteRelease(Body):
    """With a share of the conversations (above 0) as a canary, else for everybody."""

    canary_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    reason: Note = ""
    version: Seen = None


class RollBack(Body):
    """With `version`, two people who end the same canary do not end what comes after it as well."""

    version: Seen = None
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class CitedView(View):
    document_id: str
    document: str
    revision: str
    section: str
    step: str
    page: str
    quote: str


class ReviewView(View):
    """A verdict with what it was about. `question` and `answer` are what was said then; `reviewed_*` what is kept."""

    feedback_id: str
    about: Literal["answer", "advisory"]
    verdict: Literal["up", "down"]
    reason: str
    correction: str
    resolution: Resolution
    by: str
    given_at: str
    question: str
    answer: str
    model: str
    release_id: str
    device: str
    cited: tuple[CitedView, ...]
    facts: tuple[str, ...]
    state: State
    reviewed_by: str
    reviewed_at: str | None
    reviewed_question: str
    reviewed_answer: str
    note: str


class ReviewsView(View):
    """`accepted_since` counts those that no release has learned from yet; `needed` of them start one by itself, and
    where that is 0 none does and none are counted."""

    reviews: tuple[ReviewView, ...]
    pending: int
    accepted: int
    rejected: int
    accepted_since: int
    needed: int


class GiveReview(Body):
    """`given_at` is the verdict's, so that one that was replaced meanwhile is not reviewed unread. To accept needs the
    question and the answer that may be trained on."""

    state: Literal["accepted", "rejected"]
    given_at: str
    question: Annotated[str, Field(max_length=1_000)] = ""
    answer: Annotated[str, Field(max_length=4_000)] = ""
    note: Note = ""
