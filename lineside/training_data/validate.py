"""A draft -> a pair that its source bears out, or the reason why not."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b

import msgspec

from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.pair import Chunk, Kind, Pair, Rejected


def check(
    draft: Draft | Misfit, chunk: Chunk, made_by: str, in_force: Collection[str] | None = None
) -> Pair | Rejected:
    """The pair, or the first reason against it. `in_force` are the ids of the documents that may be quoted."""
    first = chunk.passages[0]
    if isinstance(draft, Misfit):
        return Rejected(
            "schema", draft.why, first.document, answer=draft.wrote, made_by=made_by, chunk_id=chunk.chunk_id
        )
    if in_force is not None and first.document_id not in in_force:
        why = f"{first.document} {first.revision} is not in force"
        return Rejected(
            "superseded", why, first.document, draft.question, draft.answer, made_by, chunk_id=chunk.chunk_id
        )
    return Pair(
        pair_id=pair_id("answer", first.passage_id, draft.question, draft.answer),
        question=draft.question,
        answer=draft.answer,
        kind="answer",
        category=draft.category,
        severity=draft.severity,
        steps=draft.steps,
        document=first.document,
        document_id=first.document_id,
        revision=first.revision,
        page=first.page,
        section=first.section,
        passage_id=first.passage_id,
        passages=chunk.passages,
        made_by=made_by,
        reviewed=all(passage.reviewed for passage in chunk.passages),
        machines=tuple(dict.fromkeys(machine for passage in chunk.passages for machine in passage.machines)),
    )


def pair_id(kind: Kind, passage_id: str, question: str, answer: str) -> str:
    """The same for the same pair, in every build."""
    return blake2b(msgspec.json.encode((kind, passage_id, question, answer)), digest_size=10).hexdigest()
