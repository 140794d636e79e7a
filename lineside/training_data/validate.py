"""A draft -> a pair that its source bears out, or the first reason against it. Deterministic: no model is asked.

What is looked at, in this order: whether its source counts, what a model must not write at all, what it is about,
numbers with their units, codes and names, steps, and at last every sentence's words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from lineside.answering.orders import without_orders
from lineside.answering.prompt import NO_ANSWER
from lineside.answering.sense import nonsense
from lineside.training_data.binding import binding_of
from lineside.training_data.cite import rests_on
from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.grounds import Fault, Grounds, grounds_of
from lineside.training_data.language import language_of
from lineside.training_data.opposites import opposites_of
from lineside.training_data.pair import Chunk, Kind, Pair, Rejected
from lineside.training_data.personal import personal_data, without_personal_data
from lineside.training_data.procedure import numbered_steps, procedure_of
from lineside.training_data.support import asked_elsewhere, foreign_names, unsupported

SHORTEST_QUESTION: Final = 8
LONGEST_QUESTION: Final = 300
LONGEST_ANSWER: Final = 2_000
"""Characters. A question is one sentence that somebody types at a machine; the longest answers are whole procedures."""
ENOUGH_TO_TELL: Final = 12
"""From so many words on, a text whose language is not known is taken for a foreign one."""
_CITED: Final = re.compile(r"\s?\[\d{1,3}(?:[,;]\s*\d{1,3})*\]")
_TEMPLATE: Final = re.compile(r"<\|[^|>]{1,40}\|>|\[/?INST\]|</?s>|<</?SYS>>", re.IGNORECASE)
"""What a chat template writes around its parts: whose turn it is must not be written by a question."""
_CJK: Final = re.compile(r"[\u3400-\u9fff]")


def check(
    draft: Draft | Misfit, chunk: Chunk, made_by: str, in_force: Collection[str] | None = None
) -> Pair | Rejected:
    """The pair, or the first reason against it. `in_force` are the ids of the documents that may be quoted."""
    document = chunk.passages[0].document
    if isinstance(draft, Misfit):
        return Rejected("schema", draft.why, document, answer=draft.wrote, made_by=made_by, chunk_id=chunk.chunk_id)
    if "[" in draft.answer and (answer := _CITED.sub("", draft.answer).strip()) != draft.answer:
        draft = draft.model_copy(update={"answer": answer})
    fault = next(_faults(draft, chunk, in_force), None)
    if fault is None:
        return _pair(draft, chunk, made_by)
    return Rejected(
        fault.reason,
        fault.why,
        document,
        draft.question,
        draft.answer,
        made_by,
        pair_id("answer", chunk.passages[0].passage_id, draft.question, draft.answer),
        chunk.chunk_id,
    )


def pair_id(kind: Kind, passage_id: str, question: str, answer: str) -> str:
    """The same for the same pair, in every build."""
    return blake2b(msgspec.json.encode((kind, passage_id, question, answer)), digest_size=10).hexdigest()


def fault_of_form(question: str, answer: str) -> Fault | None:
    """What is wrong with a question and its answer, whatever they are about: their length, persons in them."""
    if not SHORTEST_QUESTION <= _width(question) <= LONGEST_QUESTION:
        return Fault(
            "length", f"a question has {SHORTEST_QUESTION} to {LONGEST_QUESTION} characters, not {len(question)}"
        )
    if len(answer) > LONGEST_ANSWER:
        return Fault("length", f"an answer has at most {LONGEST_ANSWER:,} characters, not {len(answer):,}")
    if without_orders(question).strip() != question.strip() or _speaks_for_another(question):
        return Fault("not_from_source", "the question gives orders to an assistant")
    if found := personal_data(question) or personal_data(answer):
        return Fault("personal_data", f"it holds {found}")
    return None


def _speaks_for_another(question: str) -> bool:
    return ("<" in question or "[" in question) and _TEMPLATE.search(question) is not None


def _faults(draft: Draft, chunk: Chunk, in_force: Collection[str] | None) -> Iterator[Fault]:
    yield from _of_source(chunk, in_force)
    yield from _of_form(draft)
    grounds = grounds_of(chunk.passages)
    yield from _of_language(draft, grounds.language)
    yield from filter(None, [asked_elsewhere(draft.question, grounds)])
    yield from _of_claims(draft, grounds)
    yield from _of_steps(draft, grounds)
    yield from filter(
        None,
        [
            binding_of(grounds).fault(draft.question, draft.answer),
            opposites_of(grounds).fault(draft.answer),
            unsupported(draft.answer, grounds),
        ],
    )


def _of_source(chunk: Chunk, in_force: Collection[str] | None) -> Iterator[Fault]:
    for passage in chunk.passages if in_force is not None else ():
        if passage.document_id not in (in_force or ()):
            revision = f" revision {passage.revision}" if passage.revision else ""
            yield Fault("superseded", f"{passage.document}{revision} is not in force")
            return


def _of_form(draft: Draft) -> Iterator[Fault]:
    if draft.answer.startswith(NO_ANSWER) or not draft.answer:
        yield Fault("not_from_source", "the answer is that there is none")
    if fault := fault_of_form(draft.question, draft.answer):
        yield fault
    if why := nonsense(draft.answer):
        yield Fault("unsupported", f"the answer {why}")
    if found := next(filter(None, map(personal_data, (step for step in draft.steps if step not in draft.answer))), ""):
        yield Fault("personal_data", f"a step holds {found}")


def _of_language(draft: Draft, source: str) -> Iterator[Fault]:
    for what, text in (("question", draft.question), ("answer", draft.answer)):
        said = language_of(text)
        unknown = not said and len(text.split()) >= ENOUGH_TO_TELL
        if source and said != source and (said or unknown):
            yield Fault("language", f"the {what} is not in the language of its source ({source})")


def _of_claims(draft: Draft, grounds: Grounds) -> Iterator[Fault]:
    for text in (draft.question, draft.answer, *(step for step in draft.steps if step not in draft.answer)):
        yield from grounds.faults(text)
    for text in (draft.question, draft.answer):
        yield from foreign_names(text, grounds)


def _of_steps(draft: Draft, grounds: Grounds) -> Iterator[Fault]:
    procedure = procedure_of(grounds)
    lists = dict.fromkeys((draft.steps, tuple(numbered_steps(draft.answer))))
    found = (procedure.fault(steps) for steps in lists if steps)
    yield from filter(None, [*found, procedure.disordered(draft.answer), procedure.denies(draft.answer)])


def _pair(draft: Draft, chunk: Chunk, made_by: str) -> Pair:
    first = chunk.passages[rests_on(draft.answer, chunk.passages)]
    return Pair(
        pair_id=pair_id("answer", first.passage_id, draft.question, draft.answer),
        question=draft.question,
        answer=draft.answer,
        kind="answer",
        category=draft.category,
        severity=draft.severity,
        steps=draft.steps,
        document=first.document,
        document_id=first.document_id,
        revision=first.revision,
        page=first.page,
        section=first.section,
        passage_id=first.passage_id,
        passages=without_personal_data(chunk.passages),
        made_by=made_by,
        reviewed=all(passage.reviewed for passage in chunk.passages),
        machines=tuple(dict.fromkeys(machine for passage in chunk.passages for machine in passage.machines)),
        language=grounds_of(chunk.passages).language or language_of(f"{draft.question} {draft.answer}") or "en",
    )


def _width(text: str) -> int:
    """Characters, where a Chinese one says as much as three others."""
    return len(text) if text.isascii() else len(text) + 2 * len(_CJK.findall(text))
