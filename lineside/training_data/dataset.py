"""Checked pairs -> a dataset: no two alike, three parts that share nothing, and a report of what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from lineside.training_data.card import card
from lineside.training_data.chat import chat_row, jsonl
from lineside.training_data.near import without_near_duplicates
from lineside.training_data.pair import Pair, Part, Rejected
from lineside.training_data.report import Judged, Made, Source, content_hash, report
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.split import apart, held_out_from, split

PARTS: Final[tuple[Part, ...]] = ("train", "validation", "test")
CARD: Final = "README.md"


class Dataset(msgspec.Struct, frozen=True):
    """The parts, what was rejected, and the report. `report` is the content of report.json."""

    parts: Mapping[Part, tuple[Pair, ...]]
    rows: Mapping[Part, bytes]
    """The content of each part's file."""
    rejected: tuple[Rejected, ...]
    report: Mapping[str, Any]

    @property
    def accepted(self) -> int:
        return sum(map(len, self.parts.values()))

    def files(self) -> dict[str, bytes]:
        """Every file of the dataset by its name. The same dataset gives the same bytes."""
        return {
            **{f"{part}.jsonl": self.rows[part] for part in PARTS},
            "rejected.jsonl": jsonl(self.rejected),
            "report.json": msgspec.json.format(msgspec.json.encode(self.report), indent=2) + b"\n",
            CARD: card(self.report).encode(),
        }


def assemble(
    made: Sequence[Made],
    settings: DatasetSettings,
    *,
    refusals: Made | None = None,
    extra: Sequence[Pair | Rejected] = (),
    left_out: Sequence[Source] = (),
) -> Dataset:
    """The dataset of what was made from each document.

    `made` has one entry for each document in force or unreadable; `refusals` are questions that nothing answers.
    `extra` is what operators' reviewed verdicts gave (`feedback.learned`), for training alone; `left_out` names the
    documents not in force.
    """
    everything = [*made, *([refusals] if refusals else [])]
    kept, alike = without_near_duplicates([pair for each in everything for pair in each.pairs], settings.seed)
    parts = {part: tuple(pairs) for part, pairs in split(kept, settings).items()}
    learned, too_near = held_out_from([each for each in extra if isinstance(each, Pair)], parts)
    unlearned = [*(each for each in extra if isinstance(each, Rejected)), *too_near]
    parts["train"] = (*parts["train"], *learned)
    apart(parts)
    rejected = (*(each for one in everything for each in one.rejected), *alike, *unlearned)
    rows = {part: jsonl(map(chat_row, parts[part])) for part in PARTS}
    judged = Judged(parts, alike, unlearned)
    digest = content_hash(rows[part] for part in PARTS)
    return Dataset(parts, rows, rejected, report(made, refusals, extra, judged, settings, left_out, digest))
