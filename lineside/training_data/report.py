"""What became of everything that was asked for, as counts. `generated` is always `accepted` and `rejected` together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from lineside.training_data.pair import Pair, Part, Rejected
from lineside.training_data.settings import DatasetSettings

COMPLETED: Final = "completed"
WITH_FAILURES: Final = "completed with failures"
_CROWDED: Final = 0.6
"""A part that is smaller than this share of what was wished for is told."""


class Source(msgspec.Struct, frozen=True):
    """A revision of a document. `why` says why it is not used, where it is not."""

    document: str
    document_id: str
    revision: str = ""
    reviewed: bool = True
    why: str = ""


class Made(msgspec.Struct, frozen=True):
    """What was made from one document, before anything is compared across documents.

    `problem` says why nothing, or not everything, could be made of it. `failed`: it, or a part of it, was given up.
    """

    source: Source
    requested: int = 0
    pairs: tuple[Pair, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    problem: str = ""
    failed: bool = False

    @property
    def generated(self) -> int:
        return len(self.pairs) + len(self.rejected)


class Judged(msgspec.Struct, frozen=True):
    """What was decided across documents: the parts, what was too near to something else, and verdicts not used."""

    parts: Mapping[Part, Sequence[Pair]]
    alike: Sequence[Rejected]
    unlearned: Sequence[Rejected]


def report(
    made: Sequence[Made],
    refusals: Made | None,
    extra: Sequence[Pair | Rejected],
    judged: Judged,
    settings: DatasetSettings,
    left_out: Sequence[Source],
    digest: str,
) -> dict[str, Any]:
    """The content of report.json."""
    everything = [*made, *([refusals] if refusals else [])]
    counts = [_counted(each, lost) for each, lost in zip(everything, _lost(everything, judged.alike), strict=True)]
    rejected = [*(one for each in everything for one in each.rejected), *judged.alike, *judged.unlearned]
    accepted = sum(map(len, judged.parts.values()))
    failures = [each for each in made if each.failed]
    return {
        "status": WITH_FAILURES if failures else COMPLETED,
        "requested": settings.pairs if settings.pairs is not None else sum(each.requested for each in everything),
        "not_asked": max(0, (settings.pairs or 0) - sum(each.requested for each in everything)),
        "generated": sum(each.generated for each in everything) + len(extra),
        "accepted": accepted,
        "rejected": len(rejected),
        "rejected_by_reason": _by_reason(rejected),
        "parts": {part: _part(pairs) for part, pairs in judged.parts.items()},
        "refusals": counts[-1] if refusals else _counted(Made(Source("", "")), []),
        "feedback": {
            "offered": len(extra),
            "accepted": len(extra) - len(judged.unlearned),
            "rejected": len(judged.unlearned),
            "rejected_by_reason": _by_reason(judged.unlearned),
        },
        "made_by": _made_by(judged.parts),
        "documents": [
            {**msgspec.to_builtins(each.source), **count, "problem": each.problem, "failed": each.failed}
            for each, count in zip(made, counts, strict=False)
        ],
        "left_out": msgspec.to_builtins(list(left_out)),
        "warnings": list(_warnings(made, judged.parts, settings, accepted)),
        "seed": settings.seed,
        "settings": settings.model_dump(mode="json"),
        "content_sha256": digest,
    }


def content_hash(parts: Iterable[bytes]) -> str:
    """One digest over the rows of all parts, in the order train, validation, test."""
    digest = sha256()
    for content in parts:
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


def _lost(everything: Sequence[Made], alike: Sequence[Rejected]) -> list[list[Rejected]]:
    """Which of its pairs each document lost to one that is as good as the same. A pair's id is its passage's, too, so
    it belongs to one document."""
    left = Counter(each.pair_id for each in alike)
    by_id = {each.pair_id: each for each in alike}
    lost: list[list[Rejected]] = []
    for made in everything:
        own = {pair.pair_id for pair in made.pairs}
        lost.append([by_id[each] for each in own & left.keys() for _ in range(left.pop(each))])
    return lost


def _counted(made: Made, lost: Sequence[Rejected]) -> dict[str, Any]:
    rejected = [*made.rejected, *lost]
    return {
        "requested": made.requested,
        "generated": made.generated,
        "accepted": len(made.pairs) - len(lost),
        "rejected": len(rejected),
        "rejected_by_reason": _by_reason(rejected),
    }


def _by_reason(rejected: Iterable[Rejected]) -> dict[str, int]:
    return dict(sorted(Counter(each.reason for each in rejected).items()))


def _part(pairs: Sequence[Pair]) -> dict[str, int]:
    refusals = sum(pair.kind == "refusal" for pair in pairs)
    return {"pairs": len(pairs), "answers": len(pairs) - refusals, "refusals": refusals}


def _made_by(parts: Mapping[Part, Sequence[Pair]]) -> dict[str, int]:
    return dict(sorted(Counter(pair.made_by for pairs in parts.values() for pair in pairs).items()))


def _warnings(
    made: Sequence[Made], parts: Mapping[Part, Sequence[Pair]], settings: DatasetSettings, accepted: int
) -> Iterable[str]:
    yield from (_told(each) for each in made if each.problem)
    if accepted < settings.least_pairs:
        yield (
            f"{accepted} pairs are too few to train on: a release asks for {settings.least_pairs}; "
            "add documents or ask for more pairs"
        )
    asked = settings.pairs
    if asked is not None and sum(each.requested for each in made) < round(asked * (1 - settings.refusal_share)):
        yield f"the documents do not carry the {asked} pairs that were asked for"
    silent = [each.source.document for each in made if not each.requested and not each.problem and asked is None]
    if silent:
        yield (
            f"nothing was found to ask about in {', '.join(dict.fromkeys(silent))}: without a model, questions "
            "are made in English and German, from steps, rows and plain sentences"
        )
    shares: dict[Part, float] = {"validation": settings.validation_share, "test": settings.test_share}
    for part, share in shares.items():
        wished, got = share * accepted, len(parts[part])
        if round(wished) and got < _CROWDED * wished:
            yield (
                f"{part} holds {got} pairs where {wished:.0f} were wished for: the pairs share too many sections, "
                "passages or wordings to be parted further"
            )
    unreviewed = [each.source.document for each in made if each.pairs and not each.source.reviewed]
    if unreviewed:
        yield f"not reviewed by anybody: {', '.join(dict.fromkeys(unreviewed))}"


def _told(made: Made) -> str:
    name = made.source.document
    return made.problem if made.problem.startswith(name) else f"{name}: {made.problem}"
