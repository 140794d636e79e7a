"""The forty questions, and twenty in a stranger's words, against what the run truly held."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.answering.evidence import Evidence
from lineside.answering.names import Names
from lineside.answering.numbers import Grounds
from lineside.assistant.agent import Assistant
from lineside.assistant.events import Question, Reply
from lineside.assistant.plant import Plant
from lineside.assistant.scoring import Answered, Asked, Checker, Questions, read_questions
from lineside.manuals.passage import Passage
from tests.assistant.altered import altered_numbers, invented_step, swapped_machines
from tests.assistant.conftest import events_of, reply_of
from tests.assistant.demo_plant import Run

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def replies(questions: Questions, run: Run, plant: Plant) -> dict[str, Reply]:
    return {asked.id: _ask(asked, run, plant) for asked in questions.questions}


def test_the_offline_model_answers_nine_of_ten_of_the_forty_questions(
    questions: Questions, replies: dict[str, Reply], checker: Checker
) -> None:
    scores = [checker.score(asked, _answered(replies[asked.id])) for asked in questions.questions]

    wrong = [f"{score.question}: {score.missing} {score.false}" for score in scores if not score.is_right]
    assert len(scores) == 40
    assert len(wrong) <= 4, "\n".join(wrong)


@pytest.mark.parametrize(("file", "most_wrong"), [("strangers.yaml", 2), ("newcomers.yaml", 6)])
def test_questions_in_other_words_are_mostly_answered(
    file: str, most_wrong: int, run: Run, plant: Plant, checker: Checker
) -> None:
    asked = read_questions(HERE / file).questions

    scores = [checker.score(each, _answered(_ask(each, run, plant))) for each in asked]

    wrong = [f"{score.question}: {score.missing} {score.false}" for score in scores if not score.is_right]
    assert len(asked) == 20
    assert len(wrong) <= most_wrong, "\n".join(wrong)


def test_a_quarter_of_the_questions_ask_for_what_is_not_there(questions: Questions) -> None:
    absent = [asked for asked in questions.questions if asked.unknown or asked.choices]

    assert len(absent) * 4 >= len(questions.questions)


def test_every_reply_says_that_no_model_server_answered(replies: dict[str, Reply]) -> None:
    assert {(reply.model, reply.router) for reply in replies.values()} == {("offline", "offline")}


def test_the_checker_finds_an_altered_number_in_every_answer_that_has_one(
    questions: Questions, replies: dict[str, Reply], checker: Checker
) -> None:
    altered = [(asked, text) for asked in _right(questions, replies, checker)
               for text in altered_numbers(replies[asked.id].text)]  # fmt: skip

    caught = [not checker.score(asked, Answered(text=text)).is_right for asked, text in altered]

    assert len(altered) > 100
    assert sum(caught) / len(caught) >= 0.95, _missed(altered, caught)


def test_the_checker_finds_a_swapped_machine(questions: Questions, replies: dict[str, Reply], checker: Checker) -> None:
    right = _right(questions, replies, checker)
    about_machines = [asked for asked in right if any(each.names or each.first for each in asked.requires)]
    swapped = [
        (asked, text) for asked in about_machines for text in swapped_machines(replies[asked.id].text, checker.site)
    ]

    caught = [not checker.score(asked, Answered(text=text)).is_right for asked, text in swapped]

    assert len(swapped) > 20
    # What slips through: one machine of a long list of those that wait, where the list is not what was asked for.
    assert sum(caught) / len(caught) >= 0.9, _missed(swapped, caught)


def test_the_checker_finds_an_invented_step(questions: Questions, replies: dict[str, Reply], checker: Checker) -> None:
    invented = [(asked, text) for asked in questions.questions
                if any(requirement.in_order for requirement in asked.requires)
                for text in invented_step(replies[asked.id].text)]  # fmt: skip

    caught = [not checker.score(asked, Answered(text=text)).is_right for asked, text in invented]

    assert len(invented) >= 6
    assert all(caught), _missed(invented, caught)


def test_the_checker_refuses_an_answer_to_what_nobody_can_know(questions: Questions, checker: Checker) -> None:
    absent = [asked for asked in questions.questions if asked.unknown]

    scores = [checker.score(asked, Answered(text="It is 42 Nm; call +45 12 34 56 78.")) for asked in absent]

    assert not any(score.is_right for score in scores)


def test_the_number_check_of_the_models_also_passes_what_is_quoted_here(
    questions: Questions, replies: dict[str, Reply], run: Run
) -> None:
    names = Names(run.site)

    withheld = {
        asked.id: Grounds(Evidence(reply.facts, _passages(reply)), names).unproven(_unquoted(reply))
        for asked in questions.questions
        if (reply := replies[asked.id]).known
    }

    assert not {question: unproven for question, unproven in withheld.items() if unproven}


def _ask(asked: Asked, run: Run, plant: Plant) -> Reply:
    question = Question(asked.ask, run.now_us, history=asked.turns, language=asked.language)
    return reply_of(events_of(Assistant(plant), question))


def _answered(reply: Reply) -> Answered:
    return Answered(text=reply.text, known=reply.known, choices=reply.choices)


def _right(questions: Questions, replies: dict[str, Reply], checker: Checker) -> list[Asked]:
    return [
        asked
        for asked in questions.questions
        if not asked.unknown and not asked.choices and checker.score(asked, _answered(replies[asked.id])).is_right
    ]


def _passages(reply: Reply) -> tuple[Passage, ...]:
    return tuple(citation.passage for citation in reply.citations)


def _unquoted(reply: Reply) -> str:
    text = reply.text
    for citation in reply.citations:
        text = text.replace(citation.passage.text, " ")
    return text


def _missed(made: list[tuple[Asked, str]], caught: list[bool]) -> str:
    return "\n\n".join(
        f"{asked.id}: {text}" for (asked, text), found in zip(made, caught, strict=True) if not found
    )  # fmt: skip
