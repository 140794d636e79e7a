"""Base and candidate answer the same questions with the same passages, asked exactly as operators ask."""

from __future__ import annotations

from lineside.answering.prompt import prompt_for
from lineside.answering.writer import CutShort, Writer
from lineside.releases.evaluation.asking import Asking, Said
from lineside.releases.evaluation.held_out import task_of
from lineside.releases.evaluation.model import Answers, HeldOut


def answer(question: HeldOut, base: Writer, candidate: Writer, asking: Asking) -> Answers:
    """What both say, unchecked and unrepaired: what the number check would withhold is part of what is measured.

    Raises `Misconfigured` where one of them cannot be used at all.
    """
    return answers_of(question, asked(question, base, asking), asked(question, candidate, asking))


def asked(question: HeldOut, writer: Writer, asking: Asking) -> Said:
    try:
        prompt = prompt_for(task_of(question), writer.row)
    except CutShort as error:
        return Said(trouble=str(error))
    return asking.ask(writer, prompt)


def answers_of(question: HeldOut, of_base: Said, of_candidate: Said) -> Answers:
    return Answers(question.question_id, of_base.text, of_candidate.text, of_base.trouble, of_candidate.trouble)
