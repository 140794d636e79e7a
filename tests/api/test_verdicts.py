"""A verdict keeps what it was about; an answer's outcome goes to the release that wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from lineside.answering.chain import Attempt
from lineside.errors import Unavailable
from lineside.releases.record import Outcome
from lineside.training_data.verdict import Verdict
from tests.api.assistants import REPLY, SAID, Says, chat_with
from tests.api.conftest import PEOPLE, advisory, as_person
from tests.api.test_chat import ask, kept

if TYPE_CHECKING:
    from tests.api.conftest import Plant

ADA = PEOPLE["Ada"]
RELEASED = replace(REPLY, model="fine-tuned", release_id="r-2", attempts=(Attempt("r-2", "canary", "stands", 1.5),))


class Outcomes:
    def __init__(self, *, broken: bool = False) -> None:
        self.recorded: list[Outcome] = []
        self.verdicts: list[tuple[str, str]] = []
        self._broken = broken

    def record(self, outcome: Outcome) -> None:
        if self._broken:
            raise Unavailable("the database is locked")
        self.recorded.append(outcome)

    def judged(self, answer_id: str, verdict: str) -> None:
        self.verdicts.append((answer_id, verdict))


class Verdicts:
    def __init__(self) -> None:
        self.saved: list[Verdict] = []

    def save(self, verdict: Verdict) -> None:
        self.saved.append(verdict)


def answered(plant: Plant, outcomes: Outcomes, reply: object = RELEASED) -> object:
    chat = chat_with(Says((*SAID, reply)), plant.services, outcomes=outcomes)  # type: ignore[arg-type]
    plant.has(chat=chat, outcomes=outcomes)
    ask(plant)
    (answer,) = kept(plant)
    return answer


def test_how_a_release_fared_is_kept_with_its_answer(plant: Plant) -> None:
    outcomes = Outcomes()

    answer = answered(plant, outcomes)

    (outcome,) = outcomes.recorded
    assert (outcome.answer_id, outcome.release_id, outcome.alias) == (answer.answer_id, "r-2", "canary")
    assert (outcome.seconds, outcome.failed, outcome.withheld) == (1.5, False, False)
    assert outcome.conversation == answer.conversation_id
    assert answer.release_id == "r-2"


@pytest.mark.parametrize("how", ["failed", "withheld"])
def test_what_did_not_stand_is_told_apart(plant: Plant, how: str) -> None:
    outcomes = Outcomes()
    reply = replace(REPLY, attempts=(Attempt("r-2", "live", how, 0.0), Attempt("r-1", "previous", "stands", 2.0)))

    answered(plant, outcomes, reply)

    assert [(o.release_id, o.failed, o.withheld) for o in outcomes.recorded] == [
        ("r-2", how == "failed", how == "withheld"),
        ("r-1", False, False),
    ]


def test_an_answer_is_given_also_when_its_outcome_cannot_be_kept(plant: Plant) -> None:
    assert answered(plant, Outcomes(broken=True)).text == REPLY.text


def test_a_question_names_its_conversation_so_that_it_keeps_its_model(plant: Plant) -> None:
    assistant = Says()
    plant.has(chat=chat_with(assistant, plant.services))

    ask(plant)
    (answer,) = kept(plant)
    ask(plant, conversation_id=answer.conversation_id)

    assert [asked.conversation for asked in assistant.asked] == [answer.conversation_id] * 2


def test_a_verdict_keeps_the_question_the_words_and_what_they_rested_on(plant: Plant) -> None:
    outcomes, verdicts = Outcomes(), Verdicts()
    answer = answered(plant, outcomes)
    plant.has(verdicts=verdicts)

    given = {"about": "answer", "about_id": answer.answer_id, "verdict": "down", "correction": "Lock it out."}
    assert plant.client.put("/api/feedback", json=given).status_code == 200

    (verdict,) = verdicts.saved
    assert (verdict.question, verdict.answer) == ("Why is it warm?", REPLY.text)
    assert (verdict.model, verdict.release_id, verdict.person, verdict.by) == ("fine-tuned", "r-2", ADA.key, "Ada")
    assert [(one.document, one.revision, one.quote) for one in verdict.cited] == [("SOP-FT-02", "3", "Press STOP.")]
    assert verdict.facts == ("The Freezer Tunnel is at -17.5 °C",)
    assert outcomes.verdicts == [(answer.answer_id, "down")]


def test_whether_it_helped_is_added_and_takes_nothing_away(plant: Plant) -> None:
    verdicts = Verdicts()
    answer = answered(plant, Outcomes())
    plant.has(verdicts=verdicts)
    about = {"about": "answer", "about_id": answer.answer_id}
    plant.client.put("/api/feedback", json={**about, "verdict": "down", "reason": "wrong_step", "correction": "No."})

    closed = plant.client.put("/api/feedback", json={**about, "verdict": "down", "resolution": "partly"}).json()
    changed = plant.client.put("/api/feedback", json={**about, "verdict": "up"}).json()

    assert (closed["reason"], closed["correction"], closed["resolution"]) == ("wrong_step", "No.", "partly")
    assert (changed["reason"], changed["correction"], changed["resolution"]) == ("", "", "partly")
    assert verdicts.saved[1].resolution == "partly"


def test_an_advisory_tells_what_one_said_of_it_oneself_and_nobody_else(plant: Plant) -> None:
    plant.services.advisories.save(advisory(1))
    given = {"about": "advisory", "about_id": "a-1", "verdict": "up", "resolution": "fixed"}
    plant.client.put("/api/feedback", json=given)

    mine, *_ = plant.client.get("/api/advisories?line=line-1").json()
    another_s, *_ = plant.client.get("/api/advisories?line=line-1", headers=as_person("operator")).json()

    assert (mine["verdict"], mine["resolution"]) == ("up", "fixed")
    assert (another_s["verdict"], another_s["resolution"]) == ("", "")


def test_a_verdict_on_an_advisory_keeps_its_steps_with_the_document_they_stand_in(plant: Plant) -> None:
    verdicts = Verdicts()
    plant.services.advisories.save(advisory(1))
    plant.has(verdicts=verdicts)

    plant.client.put("/api/feedback", json={"about": "advisory", "about_id": "a-1", "verdict": "down"})

    (verdict,) = verdicts.saved
    assert [(one.document, one.step, one.quote) for one in verdict.cited] == [
        (step.document, step.number, step.text) for step in advisory(1).steps
    ]
    assert advisory(1).headline in verdict.question
    assert verdict.device == advisory(1).device
