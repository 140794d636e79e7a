"""Documents -> a dataset as the state machine does it: the real definition and functions, and only Bedrock faked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from msgspec.structs import replace

from cloud.dynamodb_verdicts import DynamoDbVerdicts
from lineside.manuals.library import read_library
from lineside.training_data.verdict import Cited, Review, Verdict
from tests.contracts.test_verdicts import GIVEN
from tests.fakes.bedrock import Answer, Asked
from tests.lambdas.aws import PEOPLE_TABLE, allows, permissions
from tests.stacks.preparation import preparation
from tests.statemachines.world import FUNCTIONS, SAMPLES, World, sample_library, world

HEADER = "---\ndocument: {number}\nrevision: {revision}\ntitle: {title}\nstatus: {status}\napproved_by: A. Berg\n" + (
    "effective_from: 2026-01-01\nmachines: [Box Sealer]\n---\n"
)
GLUE = """# Change the glue pot

1. Switch the Box Sealer off and lock the main switch.
2. Wait 15 minutes until the pot is below 40 °C.
3. Lift the pot out with the insulated gloves.
"""
BELT = """# Set the belt

The belt of the Box Sealer runs at 12 m/min. Above 14 m/min the flaps do not close.
"""
PAIRS = {
    "Wait 15 minutes": {
        "question": "How long do I wait before I lift the glue pot of the Box Sealer out?",
        "answer": "Wait 15 minutes until the pot is below 40 °C.",
        "category": "safety",
        "severity": "high",
        "steps": [],
    },
    "runs at 12 m/min": {
        "question": "How fast does the belt of the Box Sealer run?",
        "answer": "The belt of the Box Sealer runs at 12 m/min.",
        "category": "operation",
        "severity": "low",
        "steps": [],
    },
}


def sop(number: str, body: str, *, revision: str = "1", status: str = "current", title: str = "") -> str:
    return HEADER.format(number=number, revision=revision, status=status, title=title or number) + "\n" + body


def writes(asked: Asked) -> Answer:
    """A model that knows one question about each of the texts above."""
    pairs = [pair for phrase, pair in PAIRS.items() if phrase in asked.user_text]
    return Answer([{"toolUse": {"toolUseId": "call-1", "name": "write", "input": {"pairs": pairs}}}], "tool_use")


THROTTLED = Answer(error=(429, "ThrottlingException", "Too many requests"))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """No document in the bundle, and nobody who is paid."""
    with world(monkeypatch, tmp_path) as made:
        yield made


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """No document in the bundle, and a model on Bedrock that writes the questions."""
    with world(monkeypatch, tmp_path, training="training.cloud.yaml") as made:
        made.bedrock.route(writes)
        yield made


def test_the_plant_s_documents_become_a_dataset(monkeypatch, tmp_path):
    with world(monkeypatch, tmp_path, library=sample_library()) as plant:
        plant.upload("sealer/glue.md", sop("SOP-BS-02", GLUE))
        plant.upload("line/packer-alarms.csv", "code,meaning,action\nP-17,Film torn,Thread the film again.\n")
        run = plant.run({"run": "autumn"})
        report, rows = plant.report(run), plant.rows(run)
        files = plant.keys(run.output["dataset"])

    assert (run.status, run.states[-1]) == ("SUCCEEDED", "Completed"), run.cause
    assert run.output["status"] == report["status"] == "completed"
    assert run.output["run"] == "autumn"
    assert report["generated"] == report["accepted"] + report["rejected"]
    assert report["accepted"] == run.output["accepted"] == len(rows) > 50
    assert {Path(each).name for each in files} == {
        *("train.jsonl", "validation.jsonl", "test.jsonl", "rejected.jsonl", "report.json", "README.md")
    }
    learned = {row["pair"]["document"] for row in rows}
    assert {"SOP-BS-02", "FT-200-OM", "SOP-VC-07"} <= learned
    assert any(row["messages"][-1]["content"].startswith(row["pair"]["answer"][:10]) for row in rows)


def test_what_is_not_in_force_is_neither_asked_about_nor_learned(paid):
    paid.upload("old.md", sop("SOP-BS-02", GLUE.replace("15 minutes", "5 minutes"), revision="1"))
    paid.upload("new.md", sop("SOP-BS-02", GLUE, revision="2"))
    paid.upload("draft.md", sop("SOP-BS-09", BELT, status="draft"))
    run = paid.run()

    assert run.status == "SUCCEEDED", run.cause
    told = [asked.user_text for asked in paid.bedrock.asked]
    assert [text for text in told if "Wait 5 minutes" in text or "12 m/min" in text] == []
    assert {row["pair"]["revision"] for row in paid.rows(run)} == {"2"}
    left_out = {(each["document"], each["revision"], each["why"]) for each in paid.report(run)["left_out"]}
    assert left_out == {("SOP-BS-02", "1", "superseded"), ("SOP-BS-09", "1", "draft")}


def test_a_model_of_bedrock_writes_to_a_schema_and_its_words_are_checked(paid):
    invented = {**PAIRS["Wait 15 minutes"], "question": "How hot is the glue pot?", "answer": "The pot is at 180 °C."}

    def both(asked: Asked) -> Answer:
        pairs = [PAIRS["Wait 15 minutes"], invented]
        return Answer([{"toolUse": {"toolUseId": "1", "name": "write", "input": {"pairs": pairs}}}], "tool_use")

    paid.bedrock.route(both)
    paid.upload("glue.md", sop("SOP-BS-02", GLUE))
    run = paid.run({"pairs": 3})

    (asked,) = paid.bedrock.asked
    assert (asked.operation, asked.model) == ("converse", "openai.gpt-oss-120b-1:0")
    assert asked.body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]["properties"]["pairs"]
    rows = [row["pair"] for row in paid.rows(run) if row["pair"]["kind"] == "answer"]
    assert [(row["question"], row["made_by"]) for row in rows] == [
        (PAIRS["Wait 15 minutes"]["question"], "openai.gpt-oss-120b-1:0")
    ]
    assert paid.report(run)["rejected_by_reason"]["number"] == 1


def test_a_broken_document_is_told_and_the_others_are_used(offline):
    offline.upload("glue.md", sop("SOP-BS-02", GLUE))
    offline.upload("broken.pdf", b"%PDF-1.7 and then nothing")
    run = offline.run()

    report = offline.report(run)
    assert (run.status, run.states[-1]) == ("SUCCEEDED", "Completed with failures")
    assert run.output["status"] == report["status"] == "completed with failures"
    (failed,) = run.output["failed"]
    assert failed["document"] == "broken.pdf"
    assert "cannot be read" in failed["problem"]
    assert {row["pair"]["document"] for row in offline.rows(run) if row["pair"]["kind"] == "answer"} == {"SOP-BS-02"}


def test_a_model_that_is_asked_too_often_is_asked_again_later(paid):
    refused = iter([THROTTLED, THROTTLED])
    paid.bedrock.route(lambda asked: next(refused, None) or writes(asked))
    paid.upload("glue.md", sop("SOP-BS-02", GLUE))
    run = paid.run()

    errors = [call.error for call in paid.machines.calls if call.function == "generate_pairs"]
    assert errors == ["Throttled", "Throttled", ""]
    assert len(paid.machines.waits) == 2
    assert all(0 <= seconds <= 60 for seconds in paid.machines.waits)
    assert run.states[-1] == "Completed"


def test_a_run_that_stopped_half_way_goes_on_and_pays_nothing_twice(paid):
    broken = True
    answers: list[str] = []

    def sometimes(asked: Asked) -> Answer:
        if broken and "12 m/min" in asked.user_text:
            return THROTTLED
        answers.append(asked.user_text)
        return writes(asked)

    paid.bedrock.route(sometimes)
    paid.upload("both.md", sop("SOP-BS-02", GLUE + "\n" + BELT))
    first = paid.run({"run": "winter"})
    paid_for = list(answers)
    broken = False
    again = paid.run({"run": "winter"})
    third = paid.run({"run": "spring"})

    assert first.states[-1] == "Completed with failures"
    assert (
        "too often" in first.output["failed"][0]["problem"] or "throttl" in first.output["failed"][0]["problem"].lower()
    )
    # What was written before the trouble is used all the same.
    assert [row["pair"]["answer"] for row in paid.rows(first) if row["pair"]["kind"] == "answer"] == [
        PAIRS["Wait 15 minutes"]["answer"]
    ]
    assert again.states[-1] == "Completed"
    assert len(paid_for) == 1
    assert len(answers) == 2
    assert max(Counter(answers).values()) == 1
    assert third.output["content_sha256"] == again.output["content_sha256"]


def test_a_document_that_takes_longer_than_a_function_may_run_is_gone_on_with(paid):
    paid.remaining_ms = 0
    paid.upload("both.md", sop("SOP-BS-02", GLUE + "\n" + BELT))
    run = paid.run()

    assert [event["first"] for event in paid.machines.events("generate_pairs")] == [0, 1]
    assert len(paid.bedrock.asked) == 2
    assert run.output["status"] == "completed"


def test_a_function_that_ran_out_of_time_is_started_again_and_pays_nothing_twice(paid):
    real, started = paid.machines.functions["generate_pairs"], []
    ran_out = type("Sandbox.Timedout", (Exception,), {})

    def runs_out_once(event):
        started.append(event)
        told = real(event)
        if len(started) == 1:
            raise ran_out("Task timed out after 900.00 seconds")
        return told

    paid.machines.functions["generate_pairs"] = runs_out_once
    paid.upload("both.md", sop("SOP-BS-02", GLUE + "\n" + BELT))
    run = paid.run()

    assert len(started) == 2
    assert len(paid.bedrock.asked) == 2
    assert run.output["status"] == "completed"


def test_an_empty_corpus_ends_in_one_sentence_before_anything_is_paid(paid):
    run = paid.run()

    assert (run.status, run.error, run.states[-1]) == ("FAILED", "Refused", "A person must act")
    assert run.cause == "there is no document to learn from; upload PDF, Markdown, CSV or text files below documents/"
    assert paid.bedrock.asked == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("scan.pdf", b"%PDF-1.7 and then nothing", "none of the 1 documents can be used: scan.pdf cannot be read"),
        ("draft.md", sop("SOP-BS-09", BELT, status="draft").encode(), "drafts, withdrawn and superseded documents"),
    ],
    ids=["unreadable", "a draft"],
)
def test_a_corpus_of_which_nothing_can_be_used_ends_before_anything_is_paid(paid, name, content, sentence):
    paid.upload(name, content)
    run = paid.run()

    assert (run.status, run.error) == ("FAILED", "Refused")
    assert sentence in run.cause
    assert "\n" not in run.cause
    assert paid.bedrock.asked == []


def test_a_run_of_which_every_document_failed_is_no_success(paid):
    paid.bedrock.route(lambda _: Answer(error=(403, "AccessDeniedException", "no access to this model")))
    paid.upload("glue.md", sop("SOP-BS-02", GLUE))
    run = paid.run()

    assert (run.status, run.error) == ("FAILED", "Refused")
    assert run.cause.startswith("none of the 1 documents gave a question and its answer: ")
    assert paid.keys("datasets/") == []


class Crashed(Exception):
    """As the runtime tells of a function that was killed."""


def crashing_for(world: World, verb_noun: str, name: str) -> None:
    """The function dies of everything that names this, unless it is asked to note just that."""
    real = world.machines.functions[verb_noun]

    def function(event):
        if name in json.dumps({**event, "failure": None}) and not event.get("failure"):
            raise Crashed("signal: killed")
        return real(event)

    world.machines.functions[verb_noun] = function


@pytest.mark.parametrize("verb_noun", ["extract_passages", "generate_pairs", "validate_pairs"])
def test_a_function_that_dies_of_a_document_costs_that_document_only(paid, verb_noun):
    paid.upload("glue.md", sop("SOP-BS-02", GLUE))
    paid.upload("belt.md", sop("SOP-BS-03", BELT))
    crashing_for(paid, verb_noun, "belt")
    run = paid.run()

    assert run.states[-1] == "Completed with failures", run.cause
    (failed,) = run.output["failed"]
    assert "signal: killed" in failed["problem"]
    assert {row["pair"]["document"] for row in paid.rows(run) if row["pair"]["kind"] == "answer"} == {"SOP-BS-02"}


def test_accepted_verdicts_join_the_training_part_where_their_document_is_in_force(monkeypatch, tmp_path):
    quote = "Write the cause and the count of bent carriers in the shift log."
    good = a_verdict("f-1", "4", quote, "Where do I note how many carriers are bent?", quote)
    old = "Reach through the service flap and pull the box out."
    gone = a_verdict("f-2", "3", old, "What do I reach through to pull the box out?", old)
    with world(monkeypatch, tmp_path, library=read_library([SAMPLES / "sops"])) as plant:
        verdicts = DynamoDbVerdicts(boto3.resource("dynamodb").Table(PEOPLE_TABLE), "bakery-north")
        for verdict in (good, gone, replace(good, feedback_id="f-3", review=Review())):
            verdicts.save(verdict)
        run = plant.run()
        from_people = {part: people(plant.rows(run, part)) for part in ("train", "validation", "test")}
        told = plant.report(run)["feedback"]

    assert from_people == {"train": [good.review.question], "validation": [], "test": []}
    assert told == {"offered": 2, "accepted": 1, "rejected": 1, "rejected_by_reason": {"superseded": 1}}


def a_verdict(feedback_id: str, revision: str, quote: str, question: str, answer: str) -> Verdict:
    """One on SOP-VC-07 that an engineer has accepted with these words."""
    cited = Cited("", "SOP-VC-07", revision, "Restart", "8", "", quote)
    review = Review("accepted", "Enno", 9, question, answer)
    return replace(GIVEN, feedback_id=feedback_id, cited=(cited,), review=review)


def people(rows: list[dict]) -> list[str]:
    """The questions of the pairs that came from people."""
    return [row["pair"]["question"] for row in rows if row["pair"]["made_by"] == "feedback"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [({"pair": 5}, "pair"), ({"run": "../other"}, "run"), ({"pairs": 0}, "pairs"), ({"today": "soon"}, "today")],
    ids=["a misspelt key", "a path as a run", "no pairs", "no day"],
)
def test_an_input_that_means_nothing_is_refused_in_one_sentence(offline, given, complaint):
    run = offline.run(given)

    assert (run.status, run.error) == ("FAILED", "Malformed")
    assert complaint in run.cause


def test_a_run_may_ask_for_a_number_of_pairs_and_another_seed(offline):
    offline.upload("glue.md", sop("SOP-BS-02", GLUE + "\n" + BELT))
    run = offline.run({"pairs": 3, "seed": 7})

    settings = offline.report(run)["settings"]
    assert (settings["pairs"], settings["seed"]) == (3, 7)
    assert offline.report(run)["requested"] == 3


def test_no_function_does_what_its_role_does_not_allow(paid):
    paid.upload("both.md", sop("SOP-BS-02", GLUE + "\n" + BELT))
    paid.upload("broken.pdf", b"%PDF-1.7 and then nothing")
    paid.upload("table.csv", (SAMPLES / "manuals" / "labeller-alarm-codes.csv").read_bytes())
    paid.upload("table.csv.yaml", (SAMPLES / "manuals" / "labeller-alarm-codes.csv.yaml").read_bytes())
    paid.run()

    allowed = {name: permissions(name, preparation()) for name in FUNCTIONS}
    assert {call.function for call in paid.calls} == set(FUNCTIONS)
    assert [call for call in paid.calls if not allows(allowed[call.function], call)] == []
    assert {call.action for call in paid.calls} >= {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}


def test_only_the_function_that_generates_may_ask_a_model_and_only_this_one(paid):
    paid.upload("glue.md", sop("SOP-BS-02", GLUE))
    paid.run()

    model = "foundation-model/openai.gpt-oss-120b-1:0"
    assert paid.asking == {"generate_pairs"}
    allowed = {
        (name, one.prefix) for name in FUNCTIONS for one in permissions(name, preparation()) if "bedrock" in one.action
    }
    assert {name for name, _ in allowed} == {"generate_pairs"}
    assert all(prefix.endswith(model) for _, prefix in allowed)
