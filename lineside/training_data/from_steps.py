"""Numbered steps -> how something is done, what comes first, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2s
from typing import Final, NamedTuple

from lineside.manuals.passage import Passage
from lineside.training_data.asking.phrases import PHRASES, said
from lineside.training_data.asking.place import Place, inside, place_of
from lineside.training_data.found import Found
from lineside.training_data.pair import Chunk

_LONGEST_QUOTED: Final = 90
_EVERY_THIRD: Final = 3


class Step(NamedTuple):
    number: str
    text: str
    own: bool
    """False where another chunk is about it."""

    @property
    def written(self) -> str:
        return f"{self.number}. {self.text}"


class Procedure(NamedTuple):
    """Steps in a row. `begins` and `ends` where its first and its last step are surely those of the document."""

    passage: Passage
    steps: tuple[Step, ...]
    begins: bool
    ends: bool


def from_steps(chunk: Chunk, texts: Sequence[str], language: str) -> Iterator[Found]:
    for procedure in procedures(chunk, texts):
        if len(procedure.steps) > 1:
            place = place_of(procedure.passage, language)
            topic = f"{procedure.passage.title} {procedure.passage.section}"
            yield from _whole(procedure, place, topic)
            yield from _in_order(procedure, place, topic)


def procedures(chunk: Chunk, texts: Sequence[str]) -> Iterator[Procedure]:
    """The runs of steps of a chunk; a number that does not rise begins another one."""
    runs: list[list[int]] = []
    for at, passage in enumerate(chunk.passages):
        if not passage.step or not texts[at]:
            continue
        if runs and runs[-1][-1] == at - 1 and _goes_on(chunk.passages[at - 1], passage):
            runs[-1].append(at)
        else:
            runs.append([at])
    for run in runs:
        begins = run[0] >= chunk.overlapping and not _is_left_out(chunk, texts, run[0] - 1)
        parted = chunk.goes_on and run[-1] == len(chunk.passages) - 1
        ends = not parted and not _is_left_out(chunk, texts, run[-1] + 1)
        yield Procedure(chunk.passages[run[0]], _steps(chunk, texts, run), begins, ends)


def _is_left_out(chunk: Chunk, texts: Sequence[str], at: int) -> bool:
    """Whether a step stands there that may not be quoted, so that the others are not all of them."""
    return 0 <= at < len(texts) and bool(chunk.passages[at].step) and not texts[at]


def _goes_on(before: Passage, after: Passage) -> bool:
    """Whether a step follows the one before, or is the rest of it."""
    same = before.machines == after.machines and before.section == after.section
    return same and _order(after.step) >= _order(before.step)


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def _steps(chunk: Chunk, texts: Sequence[str], run: Sequence[int]) -> tuple[Step, ...]:
    """A long step that the library has in several passages is one step again."""
    found: list[Step] = []
    for at in run:
        number = chunk.passages[at].step
        if found and found[-1].number == number:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {texts[at]}")
        else:
            found.append(Step(number, texts[at], at >= chunk.overlapping))
    return tuple(found)


def _whole(procedure: Procedure, place: Place, topic: str) -> Iterator[Found]:
    if not procedure.begins or not place.topic:
        return
    phrases = PHRASES[place.language]
    about = _about(place)
    first = procedure.steps[0]
    if procedure.ends:
        ways = {"task": phrases.task, "when": phrases.when, "name": phrases.name}.get(place.form)
        question = said(ways, **about) if ways else place.topic
        answer = "\n".join(step.written for step in procedure.steps)
        yield Found("procedure", question, answer, topic, tuple(step.text for step in procedure.steps))
    yield Found("first", said(phrases.first, **about), first.written, topic, (first.text,))


def _in_order(procedure: Procedure, place: Place, topic: str) -> Iterator[Found]:
    phrases = PHRASES[place.language]
    about = _about(place)
    for before, after in zip(procedure.steps, procedure.steps[1:], strict=False):
        quoted = before.text.rstrip(" .;")
        ways = phrases.next if place.topic else ()
        if len(quoted) <= _LONGEST_QUOTED:
            ways += phrases.next_quoted
        if after.own and ways:
            question = said(ways, **about, number=before.number, quoted=quoted)
            yield Found("next", question, after.written, topic, (after.text,))
        quoted = after.text.rstrip(" .;")
        if before.own and len(quoted) <= _LONGEST_QUOTED and _is_third(quoted):
            question = said(phrases.before_quoted, **about, quoted=quoted)
            yield Found("before", question, before.written, topic, (before.text,))


def _about(place: Place) -> dict[str, str]:
    phrases = PHRASES[place.language]
    topic = inside(place.topic, place.language)
    where = {"task": phrases.in_task, "when": phrases.in_when}.get(place.form, phrases.in_name)
    named = {"topic": topic, "Topic": place.topic}
    return {**named, "at": place.at, "where": where.format_map(named)}


def _is_third(text: str) -> bool:
    return blake2s(text.encode(), digest_size=1).digest()[0] % _EVERY_THIRD == 0
