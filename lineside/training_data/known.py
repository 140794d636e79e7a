"""What the documents say, of each machine, of each task, and at all, so that a gap in them can be proven."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from lineside.manuals.passage import Passage
from lineside.training_data.wording import stems

ANY: Final = ""
"""The machine of a passage that is about no single one, and so about all of them."""


class Known:
    """An index of every passage in force: words, machines and numbers."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._with: dict[str, set[int]] = defaultdict(set)
        self._about: dict[str, set[int]] = defaultdict(set)
        self._sections: dict[tuple[str, str], set[int]] = defaultdict(set)
        self.numbers: set[str] = set()
        for number, passage in enumerate(passages):
            text = "\n".join((passage.text, passage.section, passage.title, passage.document))
            for word in set(stems(text)):
                self._with[word].add(number)
            for machine in passage.machines or (ANY,):
                self._about[machine].add(number)
            self._sections[passage.document_id, passage.section].add(number)
            self.numbers |= set(re.findall(r"\d+", text))
        self._holding = lru_cache(maxsize=None)(self._with_any)

    @property
    def machines(self) -> list[str]:
        return sorted(machine for machine in self._about if machine != ANY)

    def says(self, machines: Iterable[str], words: frozenset[str]) -> bool:
        """Whether any of these words is said of one of these machines, or of any machine."""
        holding = self._holding(words)
        return any(not holding.isdisjoint(self._about.get(machine, ())) for machine in (ANY, *machines))

    def says_of_task(self, passage: Passage, task: Collection[str], words: frozenset[str]) -> bool:
        """Whether any of these words is said in the section of a passage, or where half of its task's words stand."""
        near = self._sections[passage.document_id, passage.section] | self._with_half(task)
        return not near.isdisjoint(self._holding(words))

    def says_together(self, machine: str, words: Collection[str]) -> bool:
        """Whether half of these words stand in one passage about this machine, or about any."""
        about = self._about.get(machine, set()) | self._about.get(ANY, set())
        return not about.isdisjoint(self._with_half(words))

    def _with_half(self, words: Collection[str]) -> set[int]:
        counts = Counter(number for word in words for number in self._with.get(word, ()))
        return {number for number, count in counts.items() if 2 * count >= len(words)}

    def _with_any(self, words: frozenset[str]) -> frozenset[int]:
        return frozenset().union(*(self._with.get(word, ()) for word in words))
