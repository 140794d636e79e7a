"""Rows of `test.jsonl` -> the questions of an evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2s
from typing import Any

from lineside.answering.evidence import Evidence
from lineside.answering.names import Names
from lineside.answering.prompt import ANSWER, Task
from lineside.errors import Malformed
from lineside.releases.evaluation.model import HeldOut
from lineside.site.model import Line, Machine, Site, thing_of
from lineside.training_data.chat import pair_of
from lineside.training_data.pair import Pair


def held_out(rows: Iterable[Mapping[str, Any]]) -> list[HeldOut]:
    """The questions of these rows, in their order. Raises `Malformed` for a row that is none, or that comes twice."""
    found: dict[str, HeldOut] = {}
    for number, row in enumerate(rows, start=1):
        pair = _pair(row, number)
        if pair.pair_id in found:
            raise Malformed(f"row {number} of the test questions has the id {pair.pair_id!r} of an earlier one")
        found[pair.pair_id] = _question(pair)
    return list(found.values())


def chosen(questions: Sequence[HeldOut], most: int) -> list[HeldOut]:
    """So many of them at most, the same ones each time, in their order."""
    drawn = sorted(questions, key=lambda each: blake2s(each.question_id.encode()).digest())[:most]
    kept = {each.question_id for each in drawn}
    return [each for each in questions if each.question_id in kept]


def task_of(question: HeldOut) -> Task:
    """What a model is asked: the same task, and so the same prompt, as when an operator asks."""
    evidence = Evidence(passages=question.passages)
    return Task(ANSWER, question.question, evidence, fallback="", language=question.language)


def names_of(questions: Iterable[HeldOut]) -> Names:
    """The machines that the questions and their passages are about, for checks where no site file is at hand."""
    devices: set[str] = set()
    for question in questions:
        devices.update(question.machines, *(passage.machines for passage in question.passages))
    machines = tuple(Machine(id=device, thing=thing_of(device)) for device in sorted(filter(None, devices)))
    lines = (Line(id="line", machines=machines),) if machines else ()
    return Names(Site(site="held-out", lines=lines))


def _pair(row: Mapping[str, Any], number: int) -> Pair:
    try:
        pair = pair_of(row)
    except Malformed as error:
        raise Malformed(f"row {number} of the test questions: {error}") from error
    if not pair.pair_id or not pair.question.strip() or not pair.answer.strip():
        raise Malformed(f"row {number} of the test questions has no id, no question or no answer")
    return pair


def _question(pair: Pair) -> HeldOut:
    return HeldOut(
        question_id=pair.pair_id,
        question=pair.question,
        reference=pair.answer,
        absent=pair.kind == "refusal",
        category=pair.category,
        severity=pair.severity,
        machines=pair.machines,
        steps=pair.steps,
        passages=pair.passages,
        language=pair.language,
    )
