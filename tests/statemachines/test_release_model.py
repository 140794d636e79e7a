"""A release from its dataset to the people it answers, and everything taken back where a step goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from lineside.errors import Unavailable
from lineside.releases.record import ModelRelease
from tests.lambdas.aws import Call, permissions
from tests.stacks.releasing import releasing
from tests.statemachines.release_world import (
    ARTIFACTS,
    FUNCTIONS,
    JUDGES,
    LAKE,
    PEOPLE,
    ReleaseWorld,
    name_of,
    release_world,
)

SERVERLESS = {"training": {"way": "serverless"}}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path, request: pytest.FixtureRequest) -> Iterator[ReleaseWorld]:
    """The settings are changed by the test's parameter, where it has one."""
    with release_world(monkeypatch, tmp_path, getattr(request, "param", None)) as made:
        yield made


def the_release(world: ReleaseWorld) -> ModelRelease:
    """The newest one."""
    return world.releases.list(1)[0]


def left_over(world: ReleaseWorld) -> dict[str, Any]:
    """What a release has made and what is still there of it."""
    ours = f"lineside-{the_release(world).release_id}"
    return {
        "model": world.account.models.get(ours),
        "training": [job["TrainingJobStatus"] for job in world.account.jobs.values()].count("InProgress"),
        "import": [job["status"] for job in world.account.imports.values()].count("InProgress"),
        "files": world.keys(ARTIFACTS),
    }


NOTHING = {"model": None, "training": 0, "import": 0, "files": []}


@pytest.mark.parametrize("world", [{"judges": list(JUDGES), "gate": {"least_judges": 2}}], indirect=True)
def test_the_first_release_is_trained_judged_approved_and_answers(world):
    world.asks_models = True

    run = world.run()

    release = the_release(world)
    (job,) = world.account.jobs.values()
    (mail,) = world.mails()
    assert run.output == {"release_id": release.release_id, "released": True}, (run.error, run.cause)
    assert world.means() == (release.release_id, "", "")
    assert (release.status, release.approver, release.dataset_hash) == ("live", "Anna", "5ad1" * 16)
    assert release.model_id == world.account.models[f"lineside-{release.release_id}"]
    assert release.evaluation.passed
    assert release.evaluation.judges == ("claude", "nova")
    assert b"<html" in world.read(LAKE, release.report)
    assert job["OutputDataConfig"]["CompressionType"] == "NONE"
    assert job["HyperParameters"]["accept_licence"] == "true"
    assert "waits for your decision" in mail["Subject"]
    assert "https://lineside.example.com/releases" in mail["Message"]
    assert run.states[-4:] == ("Is there a model to compare with", "Promote", "Delete what nobody means", "Released")


@pytest.mark.parametrize("world", [SERVERLESS], indirect=True)
def test_the_serverless_way_is_polled_and_imports_the_merged_weights(world):
    world.account.looks_until_trained = 3

    run = world.run()

    assert run.status == "SUCCEEDED", run.cause
    (job,), (imported,) = world.account.jobs.values(), world.account.imports.values()
    rows = [json.loads(line) for line in training_rows(world, job)]
    assert world.means()[0] == the_release(world).release_id
    assert job["ServerlessJobConfig"]["AcceptEula"] is True
    assert job["ModelPackageConfig"]["ModelPackageGroupArn"].endswith("model-package-group/lineside")
    assert {"prompt", "completion"} == {key for row in rows for key in row}
    assert imported["modelDataSource"]["s3DataSource"]["s3Uri"].endswith("/checkpoints/hf_merged/")
    assert run.states.count("Wait for the training") == 3


def training_rows(world: ReleaseWorld, job: dict[str, Any]) -> list[bytes]:
    (train,) = [each for each in job["InputDataConfig"] if each["ChannelName"] == "train"]
    prefix = train["DataSource"]["S3DataSource"]["S3Uri"].removeprefix(f"s3://{ARTIFACTS}/")
    return world.read(ARTIFACTS, f"{prefix}train.jsonl").splitlines()


def test_a_canary_that_does_well_is_promoted_and_the_oldest_model_makes_room(world):
    oldest, live = world.is_live("r-0"), world.is_live("r-1")
    world.before["watch_canary"] = lambda event: (
        world.answers("r-1", 40),
        world.answers(event["release_id"], 25, alias="canary"),
    )

    run = world.run()

    release = the_release(world)
    assert run.output["released"] is True, run.output
    assert world.means() == (release.release_id, "", "r-1")
    assert release.canary.decision == "promote"
    assert oldest not in world.account.models.values()
    assert {live, release.model_id} == set(world.account.models.values())
    assert (world.releases.get("r-0").status, world.releases.get("r-0").model_id) == ("retired", "")
    assert world.machines.waits.count(300) == 1


def test_without_a_dataset_one_is_prepared_first_and_after_the_check(world):
    run = world.run({})

    assert run.status == "SUCCEEDED", run.cause
    assert run.states[2:6] == ("Check before paying", "Is there a dataset", "Prepare the data", "Check before paying")
    assert the_release(world).dataset == "datasets/5ad1/"
    (prepared,) = world.preparations
    assert (prepared["Name"], prepared["Input"]) == (the_release(world).release_id, {"run": prepared["Name"]})


def no_template(world: ReleaseWorld) -> None:
    del world.account.artifact["tokenizer_config.json"]


def says(**knobs: Any) -> Callable[[ReleaseWorld], None]:
    def change(world: ReleaseWorld) -> None:
        for name, value in knobs.items():
            setattr(world.account, name, value)

    return change


def base_is_forbidden(world: ReleaseWorld) -> None:
    world.asks_models = True
    world.bedrock.route(lambda asked: None if asked.model == "meta.base-v1:0" else world.said(asked))
    world.bedrock.fails("AccessDeniedException", status=403)


def topic_is_gone(world: ReleaseWorld) -> None:
    world.before["request_approval"] = lambda event: boto3.client("sns").delete_topic(TopicArn=world.topic_arn)


def people_table_is_gone(world: ReleaseWorld) -> None:
    world.is_live("r-1")
    world.before["switch_release"] = lambda event: boto3.client("dynamodb").delete_table(TableName=PEOPLE)


def another_canary_runs(world: ReleaseWorld) -> None:
    """Since a moment ago: a person let an earlier release answer once more."""
    world.is_live("r-1")
    world.is_live("r-2")
    world.before["switch_release"] = lambda event: world.desk.promote("r-1", by="Bo", canary_share=0.1)


FAILURES = {
    "a dataset that is not there": (lambda world: world.forget_dataset(), "has no train.jsonl"),
    "a quota that is full": (lambda world: [world.account.import_by_hand(f"m-{n}") for n in range(3)], "L-45B04988"),
    "an import job that runs": (lambda world: world.account.start_importing("other"), "an import job still runs"),
    "no instance to train on": (
        says(refusals={"create_training_job": "ResourceLimitExceeded"}),
        "the test says so",
    ),
    "a training that fails": (says(training_ends="Failed", training_reason="CUDA out of memory"), "CUDA out of memory"),
    "an artifact without a template": (no_template, "tokenizer_config.json is missing"),
    "an import that may not start": (says(refusals={"create_model_import_job": "AccessDeniedException"}), "says so"),
    "an import that fails": (says(import_ends="Failed", import_reason="unsupported rope"), "unsupported rope"),
    "a template that Bedrock cannot use": (says(converses=False), "chat template is not usable"),
    "a base that may not be asked": (base_is_forbidden, "may not be used"),
    "a topic that is gone": (topic_is_gone, "approval topic refused"),
    "another canary": (another_canary_runs, "r-1 is the canary already"),
    "outcomes that cannot be read": (people_table_is_gone, "the table"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_release_that_fails_takes_back_what_it_made_and_says_why(world, name):
    break_it, reason = FAILURES[name]
    break_it(world)
    models, means = dict(world.account.models), world.means()

    run = world.run(approved=None if name == "a topic that is gone" else True)

    release = the_release(world)
    assert (run.status, run.states[-1]) == ("FAILED", "Failed"), run.cause
    assert reason in run.cause
    assert (release.status, release.reason) == ("failed", run.cause)
    assert (release.model_id, release.artifact) == ("", "")
    assert left_over(world) == NOTHING | {"import": name.count("import job that runs")}
    assert world.account.models == models
    assert (world.means()[0], world.means()[2]) == (means[0], means[2])
    assert release.release_id not in world.means()


@pytest.mark.parametrize("world", [{"training": {"accept_licence": False, "token_secret": ""}}], indirect=True)
def test_what_speaks_against_a_release_is_told_at_once_and_nothing_is_paid(world):
    run = world.run()

    assert run.status == "FAILED"
    assert "Read the Llama 3.2 Community License" in run.cause
    assert "training.token_secret" in run.cause
    assert run.states[-4:] == ("Check before paying", "Take back what was made", "How did it end", "Failed")
    assert not {"create_training_job", "create_model_import_job"} & set(world.account.asked)
    assert world.bedrock.asked == []


@pytest.mark.parametrize("world", [SERVERLESS], indirect=True)
def test_a_serverless_training_that_fails_is_taken_back(world):
    world.account.training_ends, world.account.training_reason = "Failed", "the dataset is not accepted"

    run = world.run()

    assert (run.error, run.cause) == ("TrainingFailed", "the dataset is not accepted")
    assert left_over(world) == NOTHING


@pytest.mark.parametrize("world", [SERVERLESS], indirect=True)
def test_a_training_that_runs_while_the_release_fails_is_stopped(world):
    world.account.looks_until_trained = 50
    world.account.refusals["describe_training_job"] = "AccessDeniedException"

    run = world.run()

    (job,) = world.account.jobs.values()
    assert run.status == "FAILED"
    assert job["TrainingJobStatus"] == "Stopped"
    assert left_over(world) == NOTHING


def test_an_import_that_runs_while_the_release_fails_is_waited_for_and_its_model_deleted(world):
    world.account.looks_until_imported = 6
    world.account.refusals["get_model_import_job"] = "AccessDeniedException"

    run = world.run()

    assert run.status == "FAILED"
    assert world.machines.waits.count(60.0) >= 2
    assert left_over(world) == NOTHING


@pytest.mark.parametrize("world", [{}, SERVERLESS], indirect=True, ids=["script", "serverless"])
def test_a_step_whose_answer_got_lost_trains_and_imports_nothing_twice(world):
    world.account.answers_get_lost = True

    run = world.run()

    assert run.status == "SUCCEEDED", run.cause
    assert world.account.asked.count("create_training_job") == 1
    assert world.account.asked.count("create_model_import_job") == 1
    assert len(world.account.models) == 1


def no_better(world: ReleaseWorld) -> bool | None:
    world.candidate_says, world.base_says = world.base_says, world.candidate_says
    return True


def person_says_no(world: ReleaseWorld) -> bool | None:
    return False


def nobody_answers(world: ReleaseWorld) -> bool | None:
    world.approval_seconds = 1
    return None


NOT_RELEASED = {
    "a candidate that is no better": (no_better, "interval begins at"),
    "a person who says no": (person_says_no, "as discussed"),
    "nobody who decides": (nobody_answers, "nobody decided on it in time"),
}


@pytest.mark.parametrize("name", NOT_RELEASED)
def test_a_release_that_is_not_wanted_ends_quietly_and_leaves_nothing(world, name):
    arrange, reason = NOT_RELEASED[name]
    live = world.is_live("r-1")
    approved = arrange(world)

    run = world.run(approved=approved)

    release = the_release(world)
    assert (run.status, run.states[-1]) == ("SUCCEEDED", "Not released")
    assert run.output["released"] is False
    assert reason in run.output["reason"]
    assert (release.status, release.reason) == ("refused", run.output["reason"])
    assert release.report
    assert left_over(world) == NOTHING
    assert list(world.account.models.values()) == [live]
    assert world.means() == ("r-1", "", "")


def test_a_canary_that_does_worse_is_taken_back_by_itself_with_its_figures(world):
    live = world.is_live("r-1")
    world.before["watch_canary"] = lambda event: (
        world.answers("r-1", 60),
        world.answers(event["release_id"], 25, alias="canary", failed=True),
    )

    run = world.run()

    release = the_release(world)
    assert (run.states[-1], run.output["released"]) == ("Not released", False)
    assert "Worse than live" in run.output["reason"]
    assert release.status == "rolled_back"
    assert release.canary.figures["failed_canary"] == 1.0
    assert world.means() == ("r-1", "", "")
    assert left_over(world) == NOTHING
    assert list(world.account.models.values()) == [live]


def test_a_canary_that_a_person_ends_is_taken_back(world):
    world.is_live("r-1")
    world.before["watch_canary"] = lambda event: world.desk.roll_back(by="Bo", reason="rude to the night shift")

    run = world.run()

    assert (run.states[-1], the_release(world).status) == ("Not released", "rolled_back")
    assert "rude to the night shift" in run.output["reason"]
    assert left_over(world) == NOTHING


def test_a_canary_that_a_person_promotes_is_released(world):
    world.is_live("r-1")
    world.before["watch_canary"] = lambda event: world.desk.promote(event["release_id"], by="Bo")

    run = world.run()

    assert run.output["released"] is True
    assert world.means() == (the_release(world).release_id, "", "r-1")


def test_who_becomes_live_meanwhile_is_not_pushed_aside(world):
    def somebody_is_faster(event: dict[str, Any]) -> None:
        if event["to"] == "live" and not world.means()[0]:
            world.is_live("r-1")

    world.before["switch_release"] = somebody_is_faster

    run = world.run()

    assert run.status == "FAILED"
    assert "r-1 became live meanwhile" in run.cause
    assert world.means() == ("r-1", "", "")
    assert left_over(world) == NOTHING


def test_a_release_that_answers_people_is_never_taken_back(world):
    def fails_after_the_switch(event: dict[str, Any]) -> None:
        if event["to"] == "live":
            world.desk.promote(event["release_id"], by="the first try")
            raise ValueError("the answer got lost")

    world.before["switch_release"] = fails_after_the_switch

    run = world.run()

    release = the_release(world)
    assert run.states[-1] == "Released"
    assert (release.status, world.means()[0]) == ("live", release.release_id)
    assert list(world.account.models.values()) == [release.model_id]


def test_of_two_releases_at_once_the_later_one_is_refused_and_touches_nothing_of_the_first(world):
    first = world.start()
    world.wait_until("waiting", first)

    second = world.run()
    world.decide_when_asked(first, True)

    assert second.status == "FAILED"
    assert f"another release is under way ({name_of(first)})" in second.cause
    assert first.ended().output["released"] is True
    assert world.means()[0] == name_of(first)


def test_an_execution_that_a_person_stops_is_taken_back_by_another_one(world):
    stopped = world.start()
    world.wait_until("waiting", stopped)
    stopped.client.stop_execution(executionArn=stopped.arn)

    run = world.run({"abandoned": {"release_id": name_of(stopped), "execution": stopped.arn}})

    release = world.releases.get(name_of(stopped))
    assert (run.status, run.error) == ("FAILED", "Stopped")
    assert (release.status, "somebody stopped" in release.reason) == ("failed", True)
    assert left_over(world) == NOTHING


def test_an_execution_takes_back_nothing_of_another_one(world):
    live = world.is_live("r-1")
    somebodys = world.is_approved("r-2")

    run = world.run({"abandoned": {"release_id": "r-2", "execution": "arn:of:another"}})

    assert run.error == "Stopped"
    assert set(world.account.models.values()) == {live, somebodys}
    assert world.releases.get("r-2").status == "approved"


def test_a_batch_that_is_tried_again_pays_for_nothing_twice(world):
    world.asks_models = True
    lost: list[str] = []

    def first_answer_gets_lost(event: dict[str, Any]) -> None:
        if event.get("batch") == "0001" and not lost:
            lost.append("0001")
            raise Unavailable("the answer got lost")

    world.after["evaluate_answers"] = first_answer_gets_lost

    run = world.run()

    woken = [each for each in world.bedrock.asked if "there?" in each.user_text]
    asked = [(each.model, json.dumps(each.body)) for each in world.bedrock.asked if each not in woken]
    assert run.status == "SUCCEEDED", run.cause
    assert lost
    assert len(asked) == len(set(asked))
    assert len(woken) == 3  # once for each batch of five questions


def test_every_call_that_a_function_makes_is_one_that_its_role_allows(world):
    world.asks_models = True
    world.is_live("r-0")
    world.is_live("r-1")
    world.before["watch_canary"] = lambda event: (
        world.answers("r-1", 40),
        world.answers(event["release_id"], 25, alias="canary", failed=True),
    )

    world.run()

    made = {call.function for call in world.calls}
    refused = {call for call in world.calls if not is_allowed(call)}
    assert made == set(FUNCTIONS)
    assert refused == set()


def is_allowed(call: Call) -> bool:
    """Keys of objects are held against the prefixes; what a release names is allowed by its beginning."""
    allowed = permissions(call.function, releasing())
    return any(each.action == call.action and (not call.key or call.key.startswith(each.prefix)) for each in allowed)
