"""Reviewed verdicts -> pairs to train on.

Nothing that a model said is trained on unless an engineer accepted those very words; what a verdict itself says is
never used. An accepted answer must be borne out by passages that are in force, like any other: what no document says
belongs into a document first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec
from pydantic import ValidationError

from lineside.answering.prompt import tokens
from lineside.manuals.passage import Passage
from lineside.training_data.draft import Draft
from lineside.training_data.pair import FEEDBACK, Category, Chunk, Pair, Reason, Rejected, Severity
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.validate import check
from lineside.training_data.verdict import Cited, Verdict

ALWAYS_OF_ONE: Final = 5
"""So many of one person are used however few there are in all: a small plant has few people."""


class Learned(msgspec.Struct, frozen=True):
    """What accepted verdicts give, and why the others give nothing. `considered` counts the accepted ones."""

    considered: int
    pairs: tuple[Pair, ...]
    rejected: tuple[Rejected, ...]

    @property
    def given(self) -> tuple[Pair | Rejected, ...]:
        """Everything, as a dataset takes it."""
        return (*self.pairs, *self.rejected)


def learned(
    verdicts: Iterable[Verdict], passages: Sequence[Passage], in_force: Collection[str], settings: DatasetSettings
) -> Learned:
    """The pairs of these verdicts, the newest of each person first, no more of one person than `settings` allow.

    `passages` are those of every document, and `in_force` the ids of the documents that may be quoted.
    """
    accepted = sorted(
        (each for each in verdicts if each.review.state == "accepted"),
        key=lambda each: (-each.given_us, each.feedback_id),
    )
    most = max(ALWAYS_OF_ONE, math.floor(settings.most_of_one_person * len(accepted)))
    used: Counter[str] = Counter()
    pairs: list[Pair] = []
    rejected: list[Rejected] = []
    for verdict in accepted:
        found = _pair(verdict, passages, in_force)
        if isinstance(found, Pair) and used[verdict.person] >= most:
            found = _rejected(verdict, "too_many_of_one_person", f"{verdict.by} gave more than {most} of the verdicts")
        if isinstance(found, Pair):
            used[verdict.person] += 1
            pairs.append(found)
        else:
            rejected.append(found)
    return Learned(len(accepted), tuple(pairs), tuple(rejected))


def _pair(verdict: Verdict, passages: Sequence[Passage], in_force: Collection[str]) -> Pair | Rejected:
    quoted = tuple(dict.fromkeys(passage for cited in verdict.cited for passage in _quoted(cited, passages)))
    if not quoted:
        return _rejected(verdict, "unsupported", "it rests on no passage of the library")
    # Of several documents the one that was quoted first: a pair has one source.
    first = quoted[0].document_id
    own = tuple(passage for passage in quoted if passage.document_id == first)
    chunk = Chunk(f"verdict-{verdict.feedback_id}", own, sum(tokens(passage.text) for passage in own))
    category, severity = _kind(verdict)
    said = verdict.review
    try:
        draft = Draft(question=said.question, answer=said.answer, category=category, severity=severity)
    except ValidationError as error:
        wrong = " and ".join(str(each["loc"][0]) for each in error.errors())
        return _rejected(verdict, "schema", f"its {wrong} is empty or too long")
    checked = check(draft, chunk, FEEDBACK, in_force)
    if isinstance(checked, Rejected):
        return checked
    return msgspec.structs.replace(checked, reviewed=True, language=verdict.language)


def _quoted(cited: Cited, passages: Sequence[Passage]) -> Sequence[Passage]:
    """The whole section that was quoted from: an answer about a step needs the others, too."""
    quote = " ".join(cited.quote.split())
    for passage in passages:
        same = passage.document_id == cited.document_id or (
            passage.document == cited.document and passage.revision == cited.revision
        )
        if same and quote and quote in " ".join(passage.text.split()):
            place = (passage.document_id, passage.section)
            return [each for each in passages if (each.document_id, each.section) == place]
    return ()


def _kind(verdict: Verdict) -> tuple[Category, Severity]:
    if verdict.reason == "unsafe":
        return "safety", "high"
    return ("fault", "medium") if verdict.about == "advisory" else ("operation", "low")


def _rejected(verdict: Verdict, reason: Reason, why: str) -> Rejected:
    return Rejected(
        reason,
        why,
        document=verdict.cited[0].document if verdict.cited else "",
        question=verdict.review.question,
        answer=verdict.review.answer,
        made_by=FEEDBACK,
        chunk_id=f"verdict-{verdict.feedback_id}",
    )
