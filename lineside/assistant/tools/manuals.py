"""What the manuals and procedures in force say about something, as passages that can be quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from lineside.advice.text import clean
from lineside.answering.orders import without_orders
from lineside.assistant.found import Found, Item
from lineside.assistant.relevance import Library, codes, content, coverage, relevant
from lineside.assistant.tools.look import Look, speaks_to_an_assistant
from lineside.assistant.words import english, fold
from lineside.manuals.passage import Hit, Passage

TOOL = "search_manuals"
TOP = 12
MOST_PASSAGES = 6
MOST_STEPS = 14
LONGEST_QUERY = 400


def search_manuals(look: Look, query: str, machine: str = "") -> Found:
    """Passages that speak of what was asked. A procedure comes whole, step by step; what is retired is only named."""
    searched = (look.say("looked.manuals"),)
    searcher = look.plant.searcher
    shown = clean(query, 80)
    if searcher is None:
        text = look.say("manual.nolibrary")
        return Found(TOOL, text, searched=searched, nothing=text)
    device = look.plant.names.resolve(machine).machine if machine else ""
    hits = _hits(look, clean(query, LONGEST_QUERY), device)
    retired = _retired(look, query)
    passages = _safe(_passages(look, query, hits) if hits else _of_document(look, query))
    if not passages:
        nothing = look.say("manual.none", query=shown)
        return Found(TOOL, nothing, retired, searched=searched, nothing=nothing)
    summary = look.say("manual.found", count=len(passages), query=shown)
    return Found(TOOL, summary, retired, passages=tuple(passages), searched=searched)


def today_of(look: Look) -> date:
    """The plant's own date."""
    return datetime.fromtimestamp(look.now_us / 1e6, tz=UTC).astimezone(ZoneInfo(look.plant.site.timezone)).date()


def _hits(look: Look, query: str, device: str) -> list[Hit]:
    searcher = look.plant.searcher
    if searcher is None:
        return []
    machines = (device,) if device else ()
    both = query if english(query) == fold(query) else f"{query} {english(query)}"
    hits = searcher.search(both, today=today_of(look), top=TOP, machines=machines)
    names = look.plant.names.words.get(device, ()) if device else ()
    found = relevant(query, hits, look.plant.words, names)
    return [hit for hit in found if relevant(query, [_as_quoted(hit)], look.plant.words, names)]


def _as_quoted(hit: Hit) -> Hit:
    """What will be shown of it: a sentence that is left out makes no passage fit."""
    return replace(hit, passage=replace(hit.passage, text=without_orders(hit.passage.text)))


def _passages(look: Look, query: str, hits: Sequence[Hit]) -> list[Passage]:
    """The hits, and around a step the rest of its procedure, in its order: half a procedure is dangerous."""
    hits = _about_the_rest(query, hits)
    best = hits[0].passage
    found = [hit.passage for hit in hits]
    if look.plant.shelf is None:
        return found[:MOST_PASSAGES]
    document = look.plant.shelf.passages_of(best.document_id)
    asks_how = bool(_HOW.search(english(query))) and not codes_of_faults(query, best)
    pivot = _first_step(document, best) if asks_how and not best.step else best
    if not pivot.step and _spelled(best.document) in _spelled(query):
        pivot = next((passage for passage in found if passage.step), best)
    whole = whole_procedure(document, pivot) if pivot.step else []
    before = [passage for passage in found[:1] if passage not in whole]
    others = _in_reading_order([passage for passage in found[1:] if passage not in whole], look)
    return [*before, *whole, *others][: max(len(before) + len(whole), MOST_PASSAGES)]


def _in_reading_order(passages: Sequence[Passage], look: Look) -> list[Passage]:
    """The same passages; steps of one procedure stand where its first one stood, and in its order."""
    sections: dict[tuple[str, str], list[Passage]] = {}
    for passage in passages:
        key = (passage.document_id, passage.section if passage.step else passage.passage_id)
        sections.setdefault(key, []).append(passage)
    shelf = look.plant.shelf
    at = {
        passage.passage_id: place
        for document in {passage.document_id for passage in passages if passage.step}
        for place, passage in enumerate(shelf.passages_of(document) if shelf else ())
    }
    return [
        passage
        for section in sections.values()
        for passage in sorted(section, key=lambda passage: at.get(passage.passage_id, 0))
    ]


def codes_of_faults(query: str, passage: Passage) -> list[str]:
    """The codes of a question that are not the number of the document itself."""
    return [code for code in codes(query) if code not in codes(passage.document)]


def _about_the_rest(query: str, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Of a document that is asked for by its number, first what speaks of the rest of the question."""
    asked = _spelled(query)
    if _spelled(hits[0].passage.document) not in asked:
        return hits
    wanted = [word for word in content(query) if word not in _spelled(hits[0].passage.document)]
    steps = sorted(hits, key=lambda hit: (-coverage(wanted, hit.passage, Library()), not hit.passage.step))
    return steps if wanted else sorted(hits, key=lambda hit: not hit.passage.step)


def _first_step(document: Sequence[Passage], beside: Passage) -> Passage:
    """Where the procedure begins that a paragraph belongs to: in its own section, else in a document that is one."""
    steps = [passage for passage in document if passage.step and passage.machines == beside.machines]
    section = [passage for passage in steps if passage.section == beside.section]
    numbers = [passage.step for passage in steps]
    return next(iter(section or (steps if len(numbers) == len(set(numbers)) else [])), beside)


def whole_procedure(document: Sequence[Passage], of: Passage) -> list[Passage]:
    """The steps that belong together with one step, in order: those of its section.

    Where the numbers count on from section to section, the sections are one procedure.
    """
    steps = [passage for passage in document if passage.step and passage.machines == of.machines]
    numbers = [passage.step for passage in steps]
    if len(numbers) != len(set(numbers)):
        steps = [passage for passage in steps if passage.section == of.section]
    return steps[:MOST_STEPS] if of in steps[:MOST_STEPS] else [of]


def _safe(passages: Sequence[Passage]) -> list[Passage]:
    """Without sentences that address an assistant instead of the operator."""
    cleaned = [replace(passage, text=without_orders(passage.text)) for passage in passages]
    return [passage for passage in cleaned if passage.text.strip() and not speaks_to_an_assistant(passage.text)]


_HOW = re.compile(
    r"\bhow (do|to|can|should|is|are|must|does)\b(?! .*\b(often|long|much|many|hot|cold)\b)"
    r"|\bwhat (do|should|must|can) (i|we|one|you)\b.* do\b|\bwhat to do\b|was (soll|muss|kann|mache) ich"
    r"|\bsteps?\b|\bprocedure\b|\binstructions?\b"
    r"|\bwie .*\b(ich|man|wird|werden)\b(?<!oft)|怎么|如何|步骤"
)


def _of_document(look: Look, query: str) -> list[Passage]:
    """The document in force that the question names by its number."""
    if look.plant.shelf is None:
        return []
    asked = _spelled(query)
    found = [
        passage for passage in look.plant.shelf.passages() if passage.document and _spelled(passage.document) in asked
    ]
    return found[:MOST_STEPS]


def _retired(look: Look, query: str) -> tuple[Item, ...]:
    """A sentence for each retired revision that the question names; its text stays where it is."""
    if look.plant.shelf is None:
        return ()
    asked = _spelled(query)
    items = []
    for document, revision, why in look.plant.shelf.not_in_force():
        named = len(_spelled(document)) > 3 and _spelled(document) in asked
        if named and (_names_revision(query, revision) or not _current(look, document)):
            text = look.say("manual.retired", document=clean(document, 60), revision=clean(revision, 20), why=why)
            items.append(look.item("retired", TOOL, text))
            items += _current(look, document)
    return tuple(items)


def _current(look: Look, document: str) -> list[Item]:
    passages = look.plant.shelf.passages() if look.plant.shelf else ()
    standing = [p for p in passages if _spelled(p.document) == _spelled(document)]
    if not standing:
        return []
    revision = clean(standing[0].revision, 20)
    return [look.item("retired", TOOL, look.say("manual.inforce", document=clean(document, 60), revision=revision))]


def _names_revision(query: str, revision: str) -> bool:
    return bool(revision) and bool(
        re.search(rf"\b(?:rev\w*|version|ausgabe|stand)\.?\s*{re.escape(fold(revision))}\b", fold(query))
    )


def _spelled(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))
