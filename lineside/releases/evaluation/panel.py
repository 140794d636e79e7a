"""Who judges: every row of the settings whose family is known and is not the candidate's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from lineside.answering.models import ModelRow
from lineside.releases.evaluation.families import families_of, related


class Panel(msgspec.Struct, frozen=True):
    """`judges` may judge. `refused` says of each of the others, in a sentence, why not."""

    judges: tuple[ModelRow, ...] = ()
    refused: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def panel(rows: Sequence[ModelRow], own_ids: Iterable[str], base_model: str) -> Panel:
    """`own_ids` are the ids of base and candidate; where they name no family (an imported model's ARN), `base_model`
    does."""
    own = frozenset[str]().union(*map(families_of, own_ids)) or families_of(base_model)
    kept: list[ModelRow] = []
    refused: list[str] = []
    for row in rows:
        if reason := _unsuitable(row, own, {each.name for each in kept}):
            refused.append(f"{row.name} does not judge: {reason}.")
        else:
            kept.append(row)
    return Panel(tuple(kept), tuple(refused), tuple(_remarks(kept, own)))


def _unsuitable(row: ModelRow, own: frozenset[str], taken: set[str]) -> str:
    families = families_of(row.model)
    if row.name in taken:
        return "another judge has its name"
    if row.provider == "offline":
        return "rules cannot judge"
    if row.alias:
        return "a judge is a fixed model, and an alias changes with every release"
    if not families:
        return f"no family is known for {row.model!r}, so it might be the candidate's own; name the model by its own id"
    if shared := related(families, own):
        return f"it is of the candidate's own family ({', '.join(sorted(shared))}), and would like its own words"
    return ""


def _remarks(kept: Sequence[ModelRow], own: frozenset[str]) -> Iterable[str]:
    if not own:
        yield "No family is known for the models that are compared, so no judge could be held against it."
    families = [families_of(row.model) for row in kept]
    for at, row in enumerate(kept):
        if same := [kept[other].name for other in range(at) if related(families[at], families[other])]:
            yield f"{row.name} and {same[0]} are of one family: their marks are not two independent opinions."
