"""Blocks of one document -> passages: whole sentences, one step, or one row of a table, each under its section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lineside.manuals.blocks import Block, ends_a_sentence, sentences, tidy
from lineside.manuals.header import ANY, DocumentHeader
from lineside.manuals.passage import Passage

ENOUGH_CHARACTERS = 500
"""A passage of sentences that has so many ends with the sentence; the next begins another."""
MOST_CHARACTERS = 900
LONGEST_SENTENCE = 2_000
LONGEST_SECTION = 120


@dataclass
class _Gathered:
    """Sentences of one section and page that make the next passage."""

    section: str = ""
    page: str = ""
    sentences: list[str] = field(default_factory=list)

    @property
    def characters(self) -> int:
        return sum(map(len, self.sentences))


@dataclass(frozen=True)
class _Piece:
    text: str
    page: str
    section: str
    step: str = ""
    machines: tuple[str, ...] | None = None


def passages_of(document_id: str, header: DocumentHeader, blocks: Iterable[Block]) -> tuple[Passage, ...]:
    """The passages of one revision in reading order. What is demanded by `compliance` is one of them."""
    pieces = [*_pieces(blocks), *(_Piece(tidy(rule), "", "Compliance") for rule in header.compliance)]
    machines = () if ANY in header.machines else header.machines
    return tuple(
        Passage(
            passage_id=f"{document_id}.{number}",
            document_id=document_id,
            document=header.document,
            title=header.title,
            text=piece.text,
            revision=header.revision,
            effective_from=header.effective_from.isoformat() if header.effective_from else "",
            superseded_on=header.superseded_on.isoformat() if header.superseded_on else "",
            page=piece.page,
            section=piece.section,
            step=piece.step,
            machines=machines if piece.machines is None else piece.machines,
            reviewed=header.reviewed,
        )
        for number, piece in enumerate(pieces, 1)
    )


def _pieces(blocks: Iterable[Block]) -> Iterator[_Piece]:
    gathered = _Gathered()
    for block in blocks:
        if block.kind == "heading":
            yield from _done(gathered)
            gathered.section = tidy(block.text)[:LONGEST_SECTION]
        elif block.kind in {"step", "row"}:
            yield from _done(gathered)
            yield from _alone(block, gathered.section)
        else:
            yield from _gather(gathered, block)
    yield from _done(gathered)


def _alone(block: Block, section: str) -> Iterator[_Piece]:
    """A step or a row is quoted by itself; one that is very long is parted between sentences."""
    own = section if block.section is None else block.section
    for text in _portions(sentences(tidy(block.text)), MOST_CHARACTERS, MOST_CHARACTERS):
        yield _Piece(text, block.page, own, block.step, block.machines)


def _gather(gathered: _Gathered, block: Block) -> Iterator[_Piece]:
    if gathered.page != block.page:
        yield from _done(gathered)
        gathered.page = block.page
    said = sentences(tidy(block.text))
    if said and not ends_a_sentence(said[-1]):
        said[-1] += ";"  # so that what stood on lines of its own stays apart
    gathered.sentences += said


def _done(gathered: _Gathered) -> Iterator[_Piece]:
    if gathered.sentences:
        gathered.sentences[-1] = gathered.sentences[-1].removesuffix(";")
    for text in _portions(gathered.sentences, ENOUGH_CHARACTERS, MOST_CHARACTERS):
        yield _Piece(text, gathered.page, gathered.section)
    gathered.sentences = []


def _portions(said: list[str], enough: int, most: int) -> Iterator[str]:
    """Neighbouring sentences together until there are enough characters; a sentence is never cut, unless it is so long
    that it can be none."""
    held: list[str] = []
    for sentence in (part for each in said for part in _bounded(each)):
        length = sum(map(len, held)) + len(held)
        if held and (length >= enough or length + len(sentence) > most):
            yield " ".join(held)
            held = []
        held.append(sentence)
    if held:
        yield " ".join(held)


def _bounded(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST_SENTENCE:
        cut = sentence.rfind(" ", 0, LONGEST_SENTENCE)
        cut = cut if cut > 0 else LONGEST_SENTENCE
        yield sentence[:cut]
        sentence = sentence[cut:].lstrip()
    yield sentence
