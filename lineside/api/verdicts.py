"""What was said of an answer or an advisory, kept with everything that it was about as it stood then."""

from __future__ import annotations

from collections.abc import Iterable

from lineside.advice.model import Advisory
from lineside.api.access import Person
from lineside.api.chat_models import AnswerView, DocumentView, FeedbackView
from lineside.telemetry.timestamps import parse
from lineside.training_data.verdict import Cited, Verdict


def verdict_on_answer(feedback: FeedbackView, person: Person, answer: AnswerView) -> Verdict:
    """With the question, the words, the passages and the facts of that answer."""
    cited = tuple(
        Cited(one.document_id, one.document, one.revision, one.section, one.step, one.page, one.quote)
        for one in answer.citations
    )
    return _verdict(
        feedback,
        person,
        question=answer.question,
        answer=answer.text,
        model=answer.model,
        release_id=answer.release_id,
        cited=cited,
        facts=tuple(fact.text for fact in answer.facts),
    )


def verdict_on_advisory(
    feedback: FeedbackView, person: Person, advisory: Advisory, documents: Iterable[DocumentView] = ()
) -> Verdict:
    """With what the advisory said happened, what to do, and the evidence for it. `documents` are the library's."""
    steps = [f"{step.number}. {step.text}" for step in advisory.steps]
    ids = {(each.document, each.revision): each.document_id for each in documents}
    cited = tuple(
        Cited(
            ids.get((step.document, step.revision), ""),
            *(step.document, step.revision, step.section, step.number, "", step.text),
        )
        for step in advisory.steps
    )
    return _verdict(
        feedback,
        person,
        question=f"{advisory.headline} What is to be done?",
        answer="\n".join([advisory.what_happened, *advisory.check_first, *steps]),
        model=advisory.composed_by,
        release_id="",
        cited=cited,
        facts=(advisory.headline,),
        device=advisory.device,
    )


def _verdict(
    feedback: FeedbackView,
    person: Person,
    *,
    question: str,
    answer: str,
    model: str,
    release_id: str,
    cited: tuple[Cited, ...],
    facts: tuple[str, ...],
    device: str = "",
) -> Verdict:
    return Verdict(
        feedback_id=feedback.feedback_id,
        about=feedback.about,
        about_id=feedback.about_id,
        verdict=feedback.verdict,
        reason=feedback.reason,
        correction=feedback.correction,
        resolution=feedback.resolution,
        person=person.key,
        by=person.name,
        given_us=parse(feedback.given_at),
        question=question,
        answer=answer,
        model=model,
        release_id=release_id,
        cited=cited,
        facts=facts,
        device=device,
        language=person.language,
    )
