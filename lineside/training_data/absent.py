"""Questions that the documents do not answer, in their own words: what a model must learn to refuse.

They are made from what is there: a code between two known ones, a limit that a row leaves empty, a step after the last
one, one machine's task asked of another machine, and what manuals often leave out. Each is proven: the words that would
have to stand somewhere stand in nothing that is said of that machine, or of any machine.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2s
from itertools import zip_longest
from typing import Final, NamedTuple

import msgspec

from lineside.manuals.codes import written_codes
from lineside.manuals.passage import Passage
from lineside.manuals.search import ManualSearch
from lineside.training_data.asking.phrases import PHRASES, said
from lineside.training_data.asking.place import Place, inside, place_of
from lineside.training_data.chunk import chunks_of
from lineside.training_data.fields import MACHINE_LABELS, Row, rows_of, words_of
from lineside.training_data.from_rows import ways_of
from lineside.training_data.gaps import GAPS
from lineside.training_data.grading import category_of
from lineside.training_data.known import Known
from lineside.training_data.language import language_of
from lineside.training_data.pair import OFFLINE, REFUSAL, Pair
from lineside.training_data.personal import without_personal_data
from lineside.training_data.refusals import Answerable
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.validate import pair_id
from lineside.training_data.wording import stems

_CUED: Final = re.compile(
    r"\b(?:errors?|faults?|alarms?|codes?|fehler|störung|meldung)\s+(?P<code>[A-Z]{0,4}[-_ ]?\d{2,6})(?![\w-]|[.,]\d)|"
    r"(?:^|[.!?;]\s)(?P<head>[A-Z]{1,4}[-_ ]?\d{2,6})\s?[:—–]",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"(.*?)(\d{2,6})$")
_NEAR: Final = 12
"""How far an unknown code may lie from a known one."""
_STEPS_BEYOND: Final = 3


class _Asked(NamedTuple):
    """A question, the passage that it was made from, and whose words it speaks."""

    question: str
    of: Passage
    place: Place


class _Source(NamedTuple):
    """A chunk, its rows, and what its headings say."""

    passages: tuple[Passage, ...]
    place: Place
    rows: tuple[Row | None, ...]
    """As many as passages; None for what is no row."""

    @property
    def is_procedure(self) -> bool:
        return sum(bool(passage.step) for passage in self.passages) > 1


def absent_questions(passages: Sequence[Passage], wanted: int, seed: int = 0) -> list[Pair]:
    """Refusals, at most `wanted`, the same for the same passages and seed. `passages` are all that are in force.

    `passages` of a refusal is the section that a search finds first for it, as an answer would have its own.
    """
    if wanted < 1 or not passages:
        return []
    chunks = chunks_of(passages, DatasetSettings())
    sources = [_source(chunk.passages) for chunk in chunks]
    known = Known(passages)
    kinds = (
        _unknown_codes(sources, known), _gaps(sources, known), _empty_cells(sources, known),
        _other_machines(sources, known), _steps_beyond(sources),
    )  # fmt: skip
    drawn = (sorted(kind, key=lambda asked: _draw(asked.question, seed)) for kind in kinds)
    in_turn = (asked for turn in zip_longest(*drawn) for asked in turn if asked is not None)
    evidence = _Evidence(passages, [chunk.passages for chunk in chunks])
    answerable = Answerable(passages)
    found: dict[str, Pair] = {}
    for asked in in_turn:
        if len(found) == wanted:
            break
        if asked.question not in found and answerable.by(asked.question) is None:
            found[asked.question] = _pair(asked, evidence)
    return list(found.values())


def _source(passages: tuple[Passage, ...]) -> _Source:
    first = passages[0]
    text = " ".join(passage.text for passage in passages)
    language = language_of(text) or language_of(f"{first.section} {first.title}")
    rows = rows_of(["" if passage.step else passage.text for passage in passages])
    return _Source(passages, place_of(first, language), tuple(rows))


def _asks(sources: Iterable[_Source]) -> Iterator[_Source]:
    """Those in a language that we can ask in."""
    return (source for source in sources if source.place.language in PHRASES)


def _unknown_codes(sources: Iterable[_Source], known: Known) -> Iterator[_Asked]:
    for source in _asks(sources):
        for passage, row in zip(source.passages, source.rows, strict=True):
            place = place_of(passage, source.place.language)
            phrases = PHRASES[place.language]
            ways = phrases.code_meaning + phrases.code_action
            for code in _fault_codes(passage.text, row):
                for other in _near(code, known):
                    yield _Asked(said(ways, code=other, at=_at(place)), passage, place)


def _fault_codes(text: str, row: Row | None) -> Iterator[str]:
    """What a passage calls its faults: a machine's model, FT-200, or a fuse, F4, is none."""
    if row is not None:
        yield from filter(None, [row.code])
    else:
        yield from dict.fromkeys(found["code"] or found["head"] for found in _CUED.finditer(text))


def _near(code: str, known: Known) -> Iterator[str]:
    """Codes of the same form with a number that stands nowhere in the documents."""
    parts = _PARTS.match(code)
    if parts is None:
        return
    letters, digits = parts.groups()
    number, draw = int(digits), _draw(code, 0)
    for step in (1 + draw % _NEAR, -1 - draw // _NEAR % _NEAR):
        other = f"{number + step:0{len(digits)}d}"
        if number + step > 0 and len(other) == len(digits) and other not in known.numbers:
            yield f"{letters}{other}"


def _gaps(sources: Sequence[_Source], known: Known) -> Iterator[_Asked]:
    for source in _asks(sources):
        place, first = source.place, source.passages[0]
        subjects = {
            "machine": [("", place)] if place.at or not known.machines else [],
            "topic": [("", place)] if source.is_procedure and place.topic and place.form != "question" else [],
            "code": list(_codes_of(source)),
        }
        task = frozenset(stems(place.topic))
        for gap in GAPS:
            words = gap.german if place.language == "de" else gap.english
            for code, of in subjects[gap.of]:
                if gap.of == "topic":
                    told = known.says_of_task(first, task, gap.keys)
                else:
                    told = known.says(of.machines, gap.keys)
                if not told:
                    yield _Asked(words.format(at=_at(of), Topic=of.topic, code=code), first, of)


def _codes_of(source: _Source) -> Iterator[tuple[str, Place]]:
    """The codes of a table, each with its own machine: one table may be that of a whole line."""
    for passage, row in zip(source.passages, source.rows, strict=True):
        if row is not None and row.code:
            yield row.code, place_of(passage, source.place.language)


def _empty_cells(sources: Iterable[_Source], known: Known) -> Iterator[_Asked]:
    """A column that other rows of the same table have, and this one leaves empty."""
    for source in _asks(sources):
        tables: dict[str, list[Row]] = defaultdict(list)
        for row in filter(None, source.rows):
            tables[row.cells[0][0]].append(row)
        for rows in tables.values():
            labels = dict.fromkeys(label for row in rows for label, _ in row.cells[1:] if label)
            for row in rows:
                yield from _missing(row, list(labels), source, known)


def _missing(row: Row, labels: Sequence[str], source: _Source, known: Known) -> Iterator[_Asked]:
    place = source.place
    present = {label for label, _ in row.cells}
    for label in labels:
        words = frozenset(stems(f"{label} {row.name}"))
        elsewhere = any(known.says_together(machine, words) for machine in place.machines) and len(words) < 3
        if label in present or words_of(label) & MACHINE_LABELS or elsewhere or row.code:
            continue
        asked = {"label": inside(label, place.language), "name": inside(row.name, place.language), "Name": row.name}
        yield _Asked(
            said(ways_of(label, place.language)[0], **asked, Label=label, at=_at(place)), source.passages[0], place
        )


def _other_machines(sources: Iterable[_Source], known: Known) -> Iterator[_Asked]:
    """A task of one machine, asked of another that no document says anything like it of."""
    for source in _asks(sources):
        place = source.place
        words = frozenset(stems(place.topic))
        if not source.is_procedure or len(place.machines) != 1 or not words or place.form == "question":
            continue
        phrases = PHRASES[place.language]
        ways = {"task": phrases.task, "when": phrases.when}.get(place.form, phrases.name)
        for machine in known.machines:
            if machine in place.machines or known.says_together(machine, words):
                continue
            other = place._replace(machines=(machine,))
            topic = inside(place.topic, place.language)
            question = said(ways, topic=topic, Topic=place.topic, at=other.at)
            yield _Asked(question, source.passages[0], other)


def _steps_beyond(sources: Iterable[_Source]) -> Iterator[_Asked]:
    """A step after the last one of a document."""
    last: dict[str, int] = defaultdict(int)
    asked = list(_asks(sources))
    for source in asked:
        for passage in source.passages:
            last[passage.document_id] = max(last[passage.document_id], *map(int, re.findall(r"\d+", passage.step)), 0)
    for source in asked:
        place, first = source.place, source.passages[-1]
        if not first.step or not place.topic or place.form == "question":
            continue
        beyond = last[first.document_id] + 1 + _draw(first.passage_id, 0) % _STEPS_BEYOND
        what = f"What is step {beyond} of “{place.topic}”{place.at}?"
        if place.language == "de":
            what = f"Was ist Schritt {beyond} bei „{place.topic}“{place.at}?"
        yield _Asked(what, first, place)


class _Evidence:
    """What a search would show for a question: the section of its best hit."""

    def __init__(self, passages: Sequence[Passage], chunks: Sequence[tuple[Passage, ...]]) -> None:
        # Whoever calls has chosen what is in force; a last day that is written on a passage must not hide it here.
        open_ended = [msgspec.structs.replace(each, effective_from="", superseded_on="") for each in passages]
        self._search = ManualSearch(open_ended)
        self._chunk_of: dict[str, tuple[Passage, ...]] = {}
        for chunk in chunks:
            for passage in chunk:
                self._chunk_of.setdefault(passage.passage_id, chunk)

    def of(self, asked: _Asked) -> tuple[Passage, ...]:
        hits = self._search.search(asked.question, today=date.max, top=1)
        found = hits[0].passage.passage_id if hits else asked.of.passage_id
        return self._chunk_of.get(found, (asked.of,))


def _pair(asked: _Asked, evidence: _Evidence) -> Pair:
    shown = without_personal_data(evidence.of(asked))
    first = shown[0]
    return Pair(
        pair_id=pair_id("refusal", first.passage_id, asked.question, REFUSAL),
        question=asked.question,
        answer=REFUSAL,
        kind="refusal",
        category=category_of(asked.question, "", code=any(written_codes(asked.question))),
        severity="low",
        steps=(),
        document=first.document,
        document_id=first.document_id,
        revision=first.revision,
        page=first.page,
        section=first.section,
        passage_id=first.passage_id,
        passages=shown,
        made_by=OFFLINE,
        reviewed=all(passage.reviewed for passage in shown),
        machines=asked.place.machines,
        language=asked.place.language,
    )


def _at(place: Place) -> str:
    return place.at or PHRASES[place.language].according.format(source=place.source)


def _draw(text: str, seed: int) -> int:
    return int.from_bytes(blake2s(f"{seed}\n{text}".encode(), digest_size=8).digest(), "big")
