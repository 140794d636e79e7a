"""Two datasets -> what the newer one has, what it no longer has, and what it answers otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from lineside.training_data.pair import Pair, Part

_SHOWN = 40
"""Of each list; the counts say how many there are."""

Parts = Mapping[Part, Sequence[Pair]]


class Change(msgspec.Struct, frozen=True):
    """The same question about the same document, before and after: another answer, revision, or part."""

    before: Pair
    after: Pair
    part_before: Part
    part_after: Part

    @property
    def what(self) -> tuple[str, ...]:
        """Which of them changed: answer, revision, part."""
        compared = (
            ("answer", self.before.answer, self.after.answer),
            ("revision", self.before.revision, self.after.revision),
            ("part", self.part_before, self.part_after),
        )
        return tuple(name for name, before, after in compared if before != after)


class Difference(msgspec.Struct, frozen=True):
    """What lies between two datasets. `same` counts pairs of which nothing changed."""

    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    changed: tuple[Change, ...]
    same: int

    def counts(self) -> dict[str, int]:
        return {
            "added": len(self.added), "removed": len(self.removed), "changed": len(self.changed), "same": self.same,
        }  # fmt: skip

    def by_document(self) -> dict[str, dict[str, int]]:
        """The same counts for each document that has any, by its name."""
        found: dict[str, Counter[str]] = {}
        told = [
            *((pair.document, "added") for pair in self.added),
            *((pair.document, "removed") for pair in self.removed),
            *((change.after.document, "changed") for change in self.changed),
        ]
        for document, what in told:
            found.setdefault(document, Counter())[what] += 1
        return {name: {what: found[name][what] for what in ("added", "removed", "changed")} for name in sorted(found)}


def difference(before: Parts, after: Parts) -> Difference:
    """Pairs are the same question about the same document; a repeated one is matched in its order."""
    old, new = _keyed(before), _keyed(after)
    changes = [Change(old[key][1], new[key][1], old[key][0], new[key][0]) for key in new if key in old]
    changed = tuple(change for change in changes if change.what)
    return Difference(
        added=tuple(pair for key, (_, pair) in new.items() if key not in old),
        removed=tuple(pair for key, (_, pair) in old.items() if key not in new),
        changed=changed,
        same=len(changes) - len(changed),
    )


def difference_markdown(found: Difference) -> str:
    """The difference as a person reads it."""
    return "\n".join(_lines(found)) + "\n"


def _keyed(parts: Parts) -> dict[tuple[str, str, int], tuple[Part, Pair]]:
    found: dict[tuple[str, str, int], tuple[Part, Pair]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for part, pairs in parts.items():
        for pair in pairs:
            key = (pair.document_id, " ".join(pair.question.casefold().split()))
            found[(*key, seen[key])] = (part, pair)
            seen[key] += 1
    return found


def _lines(found: Difference) -> Iterator[str]:
    counts = ", ".join(f"{count} {what}" for what, count in found.counts().items())
    yield from ("# What changed in the dataset", "", f"{counts}.", "")
    yield from ("| document | added | removed | changed |", "|---|---|---|---|")
    for document, count in found.by_document().items():
        yield f"| {_cell(document)} | {count['added']} | {count['removed']} | {count['changed']} |"
    yield from _listed("Added", (f"{pair.document}: {pair.question}" for pair in found.added))
    yield from _listed("Removed", (f"{pair.document}: {pair.question}" for pair in found.removed))
    yield from _listed("Changed", map(_told, found.changed))


def _listed(title: str, texts: Iterable[str]) -> Iterator[str]:
    every = list(texts)
    if every:
        yield from ("", f"## {title}", "", *(f"- {_cell(text)}" for text in every[:_SHOWN]))
        if len(every) > _SHOWN:
            yield f"- and {len(every) - _SHOWN} more"


def _told(change: Change) -> str:
    values = {
        "answer": (change.before.answer, change.after.answer),
        "revision": (change.before.revision, change.after.revision),
        "part": (change.part_before, change.part_after),
    }
    said = "; ".join(f"{what} “{values[what][0]}” is now “{values[what][1]}”" for what in change.what)
    return f"{change.after.document}: {change.after.question} — {said}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
