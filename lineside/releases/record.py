"""A release of a model, and which release an alias means: what both runtimes store.

The aliases are one record, so that every switch is one conditional write: nobody ever sees half of it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal[
    "training",
    "importing",
    "evaluating",
    "refused",         # the gate did not let it pass, or a person said no
    "waiting",         # for a person's approval
    "approved",
    "canary",          # answers a share of the conversations
    "live",
    "retired",         # was live, and a newer one is
    "rolled_back",
    "failed",          # a step went wrong; `reason` says which, and everything it made was deleted
]  # fmt: skip
Alias = Literal["live", "canary", "previous"]
ALIASES: tuple[Alias, ...] = ("live", "canary", "previous")


class Evaluated(msgspec.Struct, frozen=True):
    """What an evaluation found, in the figures that a person decides by. Shares are 0..1; 0.14 is 14 % better."""

    passed: bool
    improvement: float
    low: float
    high: float
    """The 95 % bootstrap interval of the improvement."""
    questions: int
    judges: tuple[str, ...]
    unfit: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it did not pass, a sentence each."""


class CanaryVerdict(msgspec.Struct, frozen=True):
    """What the comparison of a canary with the live release found. `figures` are those that it was decided by."""

    decision: Literal["wait", "promote", "roll_back"]
    why: str
    at_us: int
    figures: dict[str, float] = {}


class ModelRelease(msgspec.Struct, frozen=True):
    """One version of the model, from its training to its end. Times are microseconds since 1970, 0 for not yet."""

    release_id: str
    made_us: int
    status: Status
    base_model: str
    dataset_hash: str = ""
    dataset: str = ""
    """Where the dataset lies."""
    code_version: str = ""
    hyperparameters: dict[str, str] = {}
    artifact: str = ""
    """Where the merged weights lie."""
    model_id: str = ""
    """What answers: the imported model's ARN, or its name on the plant's server."""
    evaluation: Evaluated | None = None
    report: str = ""
    """The evaluation's report: a key in the lake, or a file's path in the plant."""
    approver: str = ""
    approved_us: int = 0
    canary: CanaryVerdict | None = None
    reason: str = ""
    """Why it was refused, rolled back or failed, in one sentence."""
    execution: str = ""
    version: int = 0
    """Counts the writes; a write names the version that it read."""


class Change(msgspec.Struct, frozen=True):
    """One switch of the aliases, as history keeps it. "" is no release."""

    at_us: int
    by: str
    what: Literal["canary", "promote", "rollback", "end_canary"]
    reason: str
    live: str = ""
    canary: str = ""
    previous: str = ""


class Target(msgspec.Struct, frozen=True):
    """A release and what its server calls it."""

    release_id: str
    model_id: str


class AliasTable(msgspec.Struct, frozen=True):
    """Which release each alias means, and how that came about. `version` counts the switches."""

    version: int = 0
    live: Target | None = None
    canary: Target | None = None
    previous: Target | None = None
    canary_share: float = 0.0
    """Share of the conversations that the canary answers, 0..1."""
    canary_since_us: int = 0
    history: tuple[Change, ...] = ()
    """The newest last; the oldest are dropped after the hundredth."""


class Outcome(msgspec.Struct, frozen=True):
    """How one answer of a released model went. `seconds` is how long the model took; a verdict may come later."""

    answer_id: str
    release_id: str
    alias: str
    at_us: int
    seconds: float
    failed: bool = False
    """It did not answer: an error, or out of time."""
    withheld: bool = False
    """Its words did not stand up to the number check."""
    verdict: Literal["", "up", "down"] = ""
    conversation: str = ""
    """Answers of one conversation are compared as one: who is annoyed once is soon annoyed again."""
