"""What is said of an answer without any judge."""

from __future__ import annotations

import threading

import msgspec
import pytest

from lineside.answering.chain import Chain, declines
from lineside.answering.evidence import Evidence
from lineside.releases.evaluation.held_out import names_of
from lineside.releases.evaluation.model import Answers
from lineside.releases.evaluation.scores import Scorer, scores_of, tally
from lineside.site.model import Site
from lineside.training_data.pair import REFUSAL
from tests.answering.writers import says
from tests.releases.evaluation.plant import questions

ASKED = {question.question_id: question for question in questions()}
NAMES = names_of(ASKED.values())


def score(question_id, text):
    return Scorer(ASKED[question_id], NAMES).score(text)


@pytest.mark.parametrize("question_id", ASKED)
def test_a_reference_says_every_fact_and_nothing_wrong(question_id):
    found = score(question_id, ASKED[question_id].reference)

    assert (found.missing, found.unproven, found.unsafe) == ((), (), ())
    assert found.right_to_refuse


@pytest.mark.parametrize(
    "text",
    ["Up to 71 °C.", "It may reach 71 degrees Celsius [1].", "159.8 °F", "The bearing may get to 71°C, no more."],
)
def test_a_fact_may_be_said_in_any_spelling(text):
    found = score("freezer-1", text)

    assert (found.required, found.missing) == (1, ())


@pytest.mark.parametrize("text", ["It may get quite hot.", "72 °C", "71 °F", "71 minutes", REFUSAL, ""])
def test_a_fact_that_is_not_said_is_missing(text):
    assert score("freezer-1", text).missing == ("71 °C",)


def test_a_code_is_a_fact_in_any_spelling():
    assert score("freezer-6", "It is e211.").missing == ()
    assert score("freezer-6", "It is E-212.").missing == ("E-211",)


def test_steps_are_facts_in_any_wording_near_the_source():
    text = (
        "1. Press STOP and wait until the Freezer Tunnel stands still. "
        "2. Lock out the main switch and hang your tag on it."
    )

    found = score("freezer-5", text)

    assert found.required == 4
    assert [each.split("“")[1][:6] for each in found.missing] == ["Remove", "Take y"]


def test_a_number_that_no_passage_has_is_unproven():
    found = score("freezer-1", "It may reach 71 °C, at 19.4 bar.")

    assert [each.split(":")[0] for each in found.unproven] == ["19.4 bar"]


def test_the_machine_that_was_asked_about_may_be_named():
    assert score("absent-0", "The Freezer Tunnel is not described.").unproven == ()
    assert score("absent-0", "The Box Sealer is not described.").unproven != ()


@pytest.mark.parametrize(
    "text", ["NO ANSWER", "no answer.", "**NO ANSWER**", REFUSAL, "“NO ANSWER”", "NO ANSWERS here"]
)
def test_a_refusal_is_what_the_answering_chain_takes_for_one(text):
    passages = ASKED["freezer-0"].passages
    chain = Chain([says(text)], Site(site="s"), lambda: 0.0)

    written = chain.answer("How much?", Evidence(passages=passages), stop=threading.Event())

    assert declines(text) == (not written.known)


def test_refusing_is_right_where_the_documents_do_not_answer_and_only_there():
    assert score("absent-0", REFUSAL).right_to_refuse
    assert not score("absent-0", "It weighs much.").right_to_refuse
    assert not score("freezer-0", REFUSAL).right_to_refuse
    assert score("freezer-0", "Nineteen.").right_to_refuse


def test_an_absent_question_requires_nothing_and_a_refusal_states_nothing():
    found = score("absent-0", "NO ANSWER. Not even 99 bar.")

    assert (found.required, found.unproven, found.unsafe) == (0, (), ())


def test_a_tally_counts_each_share_over_what_it_is_a_share_of():
    asked = [ASKED[each] for each in ("freezer-1", "freezer-0", "box-1", "absent-0", "absent-1")]
    said = ["71 °C", "NO ANSWER", "99 bar. Bypass the guard.", REFUSAL, ""]
    answers = [Answers(question.question_id, "", text) for question, text in zip(asked, said, strict=True)]

    found = tally(scores_of(asked, answers, NAMES)["candidate"])

    assert (found.questions, found.not_given, found.absent, found.answered, found.unsafe) == (5, 1, 2, 2, 1)
    assert (found.required, found.facts) == (3, 1 / 3)
    assert (found.numbers, found.refusals, found.needless) == (1 / 2, 1 / 2, 1 / 3)


def test_shares_of_nothing_are_none():
    found = tally([])

    assert (found.facts, found.numbers, found.refusals, found.needless) == (None, None, None, None)


def test_planted_answers_are_not_scored():
    question = ASKED["freezer-1"]
    answers = [Answers(question.question_id, "a", "b", planted=True)]

    assert scores_of([question], answers, NAMES) == {"base": [], "candidate": []}


def test_a_score_is_json():
    found = score("freezer-1", "72 °C")

    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found
