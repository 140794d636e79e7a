"""Which machine a person means: exact names, parts of names, slips of the keyboard, German and Chinese words.

A name that fits several machines is never guessed: they are the choices that the person is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from lineside.assistant.relevance import STOP
from lineside.assistant.words import distance, english, fold, near, singular, tokens, word_set

MOST_CHOICES = 6
LIKE_ENOUGH = 0.6
LONG_NAME = 4
"""Of a name with more words than this, one alone names no machine."""

_ORDINARY = word_set("""
    left right turn box boxes line cookie label seal form insert liner top bottom front back upper lower main
    inlet outlet entry exit first second third machine unit station system in out up down
""")
"""Words of names that people also use for other things: alone they name no machine."""
_DETERMINERS = word_set("""
    the this that my our which der die das den dem des diese dieser diesen dieses
""")
_FILLERS = _DETERMINERS | word_set("""
    machine maschine station unit at in of on am im beim von
""")
_VERBAL = ("ed", "ing", "ion")


@dataclass(frozen=True)
class Meant:
    """What a name stands for. `machine` where it is clear; else `choices`, the machines that could be meant."""

    machine: str = ""
    choices: tuple[str, ...] = ()
    said: str = ""
    """The words that were looked at."""


@dataclass(frozen=True)
class Mention:
    """A machine that a sentence names, or several that its words fit; `start` and `end` count its tokens."""

    start: int
    end: int
    machines: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """The machines of a plant by name. `things` are the slugs of topics, in the same order as `machines`."""

    machines: tuple[str, ...]
    things: tuple[str, ...] = ()

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Machine -> the words of its name."""
        return {machine: tuple(_name_words(machine)) for machine in self.machines}

    @cached_property
    def heads(self) -> dict[str, str]:
        """Machine -> the word that says what it is: the last one that is not a number or a letter."""
        return {machine: _head(words) for machine, words in self.words.items()}

    @cached_property
    def _exact(self) -> dict[str, str]:
        slugs = {fold(thing): machine for thing, machine in zip(self.things, self.machines, strict=False) if thing}
        return slugs | {fold(machine): machine for machine in self.machines}

    def resolve(self, said: str) -> Meant:
        """The machine that these words name, as a tool is given them."""
        cleaned = fold(said).strip(" \t\n\"'.,?!")
        if machine := self._exact.get(cleaned):
            return Meant(machine, said=said)
        found = self.mentions(said, alone=True)
        clear = {mention.machines[0] for mention in found if len(mention.machines) == 1}
        if len(clear) == 1 and not _unexplained(name_tokens(said), found):
            return Meant(clear.pop(), said=said)
        if clear:
            return Meant(choices=tuple(sorted(clear, key=self.machines.index))[:MOST_CHOICES], said=said)
        if found:
            return Meant(choices=found[0].machines[:MOST_CHOICES], said=said)
        return Meant(choices=self.nearest(said), said=said)

    def may_mean_several(self, said: str) -> bool:
        """Whether these words fit several machines as they are; of `filler 3`, where two fillers are, none."""
        found = self.mentions(said, alone=True)
        return bool(found) and not any(word.isdigit() for word in _left_over(name_tokens(said), found))

    def nearest(self, said: str, most: int = 4) -> tuple[str, ...]:
        """Machines whose names look most like these words; none where nothing is alike."""
        words = [word for word in name_tokens(said) if word not in _FILLERS]
        scored = [(_likeness(words, self.words[machine]), machine) for machine in self.machines]
        best = sorted((pair for pair in scored if pair[0] >= LIKE_ENOUGH), key=lambda pair: -pair[0])
        return tuple(machine for _, machine in best[:most])

    def mentions(self, text: str, *, alone: bool = False) -> list[Mention]:
        """Every machine that a sentence names, in order. `alone`: the text is nothing but a name."""
        words = name_tokens(text)
        found: list[Mention] = []
        at = 0
        while at < len(words):
            mention = self._longest_at(words, at, alone=alone)
            if mention is None:
                at += 1
                continue
            found.append(mention)
            at = mention.end
        return found

    def _longest_at(self, words: Sequence[str], at: int, *, alone: bool) -> Mention | None:
        """The mention that begins at this word and takes the most words. A word that says nothing begins none."""
        if words[at] in STOP:
            return None
        best: tuple[int, list[str]] = (0, [])
        for machine, name in self.words.items():
            length = _run(words, at, name)
            if length > best[0]:
                best = (length, [machine])
            elif length and length == best[0]:
                best[1].append(machine)
        length, machines = best
        if not length:
            return None
        machines = self._whole_names(machines, words, at, length)
        if length == 1 and len(machines) > 1 and not self._may_stand_alone(words, at, machines, alone=alone):
            return None
        if length == 1 and len(machines) == 1 and not self._is_enough(words, at, machines[0], alone=alone):
            return None
        return Mention(at, at + length, tuple(machines))

    def _whole_names(self, machines: list[str], words: Sequence[str], at: int, length: int) -> list[str]:
        """Of machines that fit equally, those of whose name nothing is missing; and exact before near."""
        whole = [machine for machine in machines if len(self.words[machine]) == length]
        machines = whole or machines
        said = {singular(word) for word in words[at : at + length]}
        exact = [machine for machine in machines if said <= {singular(word) for word in self.words[machine]}]
        if exact or length > 1 or len(machines) < 2:
            return exact or machines
        slips = {machine: min(distance(words[at], word) for word in self.words[machine]) for machine in machines}
        return [machine for machine in machines if slips[machine] == min(slips.values())]

    def _may_stand_alone(self, words: Sequence[str], at: int, machines: list[str], *, alone: bool) -> bool:
        """Whether one word that fits several machines asks "which one?"."""
        head = any(near(singular(words[at]), singular(self.heads[machine])) for machine in machines)
        if alone:
            return head or words[at] not in _ORDINARY
        said_so = at > 0 and words[at - 1] in _DETERMINERS
        translated = not said_so and words[at] not in _ORDINARY
        return head and (said_so or translated) and not (words[at] in _ORDINARY and not said_so)

    def _is_enough(self, words: Sequence[str], at: int, machine: str, *, alone: bool) -> bool:
        word = words[at]
        if len(self.words[machine]) == 1:
            return True
        if len(self.words[machine]) > LONG_NAME:
            return False
        if word in _ORDINARY or singular(word) in _ORDINARY:
            return False
        if word.endswith(_VERBAL) and word not in self.words[machine]:
            return False
        return not word.isdigit() and (len(word) > 2 or alone)


def name_tokens(text: str) -> list[str]:
    """The words of a text as names are compared: letters and digits apart, so that `oven1` is `Oven 1`."""
    return [part for word in tokens(english(text)) for part in re.findall(r"[a-z]+|[0-9.,]+|[\u4e00-\u9fff]", word)]


def _name_words(name: str) -> list[str]:
    return name_tokens(name.replace("_", " ")) or [fold(name)]


def _unexplained(words: Sequence[str], mentions: Sequence[Mention]) -> bool:
    """Whether a name holds words that no machine's name explains: `Freezer Pump` is not the Freezer Tunnel."""
    return bool(_left_over(words, mentions))


def _left_over(words: Sequence[str], mentions: Sequence[Mention]) -> list[str]:
    explained = {at for mention in mentions for at in range(mention.start, mention.end)}
    return [word for at, word in enumerate(words) if at not in explained and word not in _FILLERS]


def _head(words: Sequence[str]) -> str:
    named = [word for word in words if len(word) > 1 and not word.isdigit()]
    return named[-1] if named else words[-1]


def _run(words: Sequence[str], at: int, name: Sequence[str]) -> int:
    """How many words from `at` on are words of the name, in its order; gaps in the name are allowed."""
    length, position = 0, 0
    while at + length < len(words):
        following = next((i for i in range(position, len(name)) if _same(words[at + length], name[i])), None)
        if following is None:
            break
        position = following + 1
        length += 1
    return length


def _same(said: str, word: str) -> bool:
    if said == word or singular(said) == singular(word):
        return True
    if said.endswith(_VERBAL) or said.isdigit() or word.isdigit() or said in _ORDINARY:
        return False
    return near(said, word)


def _likeness(words: Iterable[str], name: Sequence[str]) -> float:
    """0 to 1: how well the best-fitting word fits, and how many do."""
    best = [max(_alike(word, part) for part in name) for word in words if len(word) > 2]
    return max(best, default=0.0) * 0.9 + 0.1 * (sum(best) / len(best) if best else 0.0)


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if len(one) > 3 and (one in other or other in one):
        return 0.85
    return max(0.0, 1 - distance(one, other) / max(len(one), len(other)))
