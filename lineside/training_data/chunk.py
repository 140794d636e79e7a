"""Passages -> chunks: as much of one section as a generator is shown at once, with nothing cut in the middle.

A section that fits is one chunk. One that does not is parted between its paragraphs, rows and steps, where a run of
steps stays together if it fits; the last sentences of a chunk then begin the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import groupby

import msgspec

from lineside.answering.prompt import tokens
from lineside.manuals.blocks import sentences
from lineside.manuals.passage import Passage
from lineside.training_data.fields import is_row
from lineside.training_data.pair import Chunk
from lineside.training_data.settings import DatasetSettings

_Unit = tuple[Passage, ...]
"""What is shown together where it fits: a run of steps, or one passage."""


def chunks_of(passages: Sequence[Passage], settings: DatasetSettings) -> list[Chunk]:
    """The chunks of these passages in reading order. A sentence that is longer than the budget is a chunk of its own.

    What one document says twice in the same words is one chunk, so that it is asked about once.
    """
    found: dict[str, Chunk] = {}
    for _, section in groupby(passages, key=lambda each: (each.document_id, each.section)):
        parts = list(_parted(tuple(section), settings))
        for number, (own, before) in enumerate(parts, start=1):
            chunk = _chunk(own, before, goes_on=number < len(parts))
            found.setdefault(chunk.chunk_id, chunk)
    return list(found.values())


def _chunk(own: _Unit, before: _Unit, *, goes_on: bool) -> Chunk:
    shown = (*before, *own)
    chunk_id = _chunk_id(shown, len(before), goes_on=goes_on)
    return Chunk(chunk_id, shown, _tokens(shown), overlapping=len(before), goes_on=goes_on)


def _chunk_id(shown: _Unit, overlapping: int, *, goes_on: bool) -> str:
    """What decides about the text that a generator is shown, and not where in the document it stands."""
    first = shown[0]
    said = [(each.step, each.machines, each.text) for each in shown]
    content = (
        first.document_id,
        first.document,
        first.revision,
        first.title,
        first.section,
        overlapping,
        goes_on,
        said,
    )
    return blake2b(msgspec.json.encode(content), digest_size=12).hexdigest()


def _parted(section: _Unit, settings: DatasetSettings) -> Iterator[tuple[_Unit, _Unit]]:
    """Each chunk's own passages, and those of the one before that it begins with."""
    if _tokens(section) <= settings.chunk_tokens:
        yield section, ()
        return
    own: _Unit = ()
    before: _Unit = ()
    for unit in _units(section, settings.chunk_tokens):
        if own and _tokens((*own, *unit)) > settings.chunk_tokens - _tokens(before):
            yield own, before
            before = _fitting(_last_words(own, settings.overlap_tokens), settings.chunk_tokens - _tokens(unit))
            own = ()
        own = (*own, *unit)
    yield own, before


def _units(section: _Unit, most: int) -> Iterator[_Unit]:
    """Runs of steps that fit, and single passages; one that alone is too long, in its sentences."""
    for run in _runs(section):
        if len(run) > 1 and _tokens(run) <= most:
            yield run
            continue
        for passage in run:
            yield from ((part,) for part in _bounded(passage, most))


def _runs(section: _Unit) -> Iterator[_Unit]:
    for numbered, run in groupby(section, key=lambda each: bool(each.step)):
        found = tuple(run)
        if numbered:
            yield found
        else:
            yield from ((passage,) for passage in found)


def _bounded(passage: Passage, most: int) -> Iterator[Passage]:
    held: list[str] = []
    for sentence in sentences(passage.text) if tokens(passage.text) > most else [passage.text]:
        if held and tokens(" ".join([*held, sentence])) > most:
            yield _saying(passage, held)
            held = []
        held.append(sentence)
    yield _saying(passage, held)


def _last_words(own: _Unit, most: int) -> _Unit:
    """The last passages that fit into the overlap; where not one does, its last sentences. Half a step, or half a row
    of a table, would say something else than the whole."""
    kept: list[Passage] = []
    for passage in reversed(own):
        if _tokens([passage, *kept]) > most:
            break
        kept.insert(0, passage)
    if kept or own[-1].step or is_row(own[-1].text):
        return tuple(kept)
    said: list[str] = []
    for sentence in reversed(sentences(own[-1].text)):
        if tokens(" ".join([sentence, *said])) > most:
            break
        said.insert(0, sentence)
    return (_saying(own[-1], said),) if said else ()


def _fitting(before: _Unit, room: int) -> _Unit:
    """As many of the last ones as there is room for."""
    while before and _tokens(before) > room:
        before = before[1:]
    return before


def _saying(passage: Passage, said: Iterable[str]) -> Passage:
    return msgspec.structs.replace(passage, text=" ".join(said))


def _tokens(passages: Sequence[Passage]) -> int:
    return tokens("\n".join(passage.text for passage in passages)) if passages else 0
