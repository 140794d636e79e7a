"""What a release asks SageMaker and Bedrock for, at the wire; who is told what; and when one starts by itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.validate import ParamValidator
from moto import mock_aws
from msgspec.structs import replace

from cloud.imported_models import ImportedModels
from cloud.release_end import reason_of
from cloud.release_evaluation import chosen, wake
from cloud.release_learning import Learning
from cloud.release_start import look_seconds
from cloud.training_job import START, TrainingJobs, TrainingPlace, bucket_and_key, job_name, request_of
from edge.sqlite_people import People, SqliteVerdicts
from lineside.answering.models import ModelRow
from lineside.errors import Misconfigured, Refused, Throttled, Unavailable
from lineside.releases.costs import read_prices
from lineside.releases.course import Course
from lineside.releases.evaluation.model import HeldOut
from lineside.releases.mail import approval_subject, approval_text
from lineside.releases.record import ModelRelease
from lineside.releases.settings import LearningSettings, TrainingSettings
from lineside.training_data.verdict import Review, Verdict
from tests.cloud.wire import Wire
from tests.contracts.releases import stores_of
from tests.fakes.bedrock import FakeBedrock
from tests.releases.builders import NOW_US, PASSED, a_release

PLACE = TrainingPlace(
    region="us-east-1",
    role_arn="arn:aws:iam::123456789012:role/training",
    code="s3://assets/1f2e.zip",
    code_version="1f2e",
    output="s3://artifacts/",
    model_package_group_arn="arn:aws:sagemaker:us-east-1:123456789012:model-package-group/lineside",
)
ROWS = {"train": "s3://artifacts/r-1/rows/train/", "validation": "s3://artifacts/r-1/rows/validation/"}


def channels(request: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["ChannelName"]: each["DataSource"]["S3DataSource"] for each in request["InputDataConfig"]}


@pytest.mark.parametrize("way", ["script", "serverless"])
def test_sagemaker_would_take_the_request(way):
    training = TrainingSettings(way=way, accept_licence=True, weights="s3://weights/llama/", token_secret="hf")

    request = request_of("r-1", training, ROWS, PLACE)

    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob")
    report = ParamValidator().validate(request, shape.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert request["TrainingJobName"] == job_name("r-1") == "lineside-r-1"


def test_the_licence_is_accepted_only_where_a_person_said_so():
    for way in ("script", "serverless"):
        said, unsaid = (
            request_of("r-1", TrainingSettings(way=way, accept_licence=accepted), ROWS, PLACE)
            for accepted in (True, False)
        )
        assert "true" in json.dumps(said).lower()
        assert '"AcceptEula": true' not in json.dumps(unsaid)
        assert "accept_licence" not in json.dumps(unsaid)


def test_the_script_is_given_its_rows_its_code_and_plain_hyperparameters():
    training = TrainingSettings(epochs=3, hyperparameters={"lora_rank": 8, "packing": False}, token_secret="hf")

    request = request_of("r-1", training, ROWS, PLACE)

    assert set(channels(request)) == {"train", "validation", "code"}
    assert request["HyperParameters"]["epochs"] == "3"
    assert request["HyperParameters"]["lora_rank"] == "8"
    assert request["HyperParameters"]["code_version"] == "1f2e"
    assert json.loads(request["Environment"]["SM_HPS"]) == request["HyperParameters"]
    assert request["Environment"]["LINESIDE_TOKEN_SECRET"] == "hf"
    assert request["OutputDataConfig"] == {"S3OutputPath": "s3://artifacts/r-1", "CompressionType": "NONE"}
    assert request["StoppingCondition"]["MaxRuntimeInSeconds"] == 6 * 3_600
    assert "us-east-1" in request["AlgorithmSpecification"]["TrainingImage"]


def test_gated_weights_come_with_the_accepted_licence():
    request = request_of("r-1", TrainingSettings(accept_licence=True, weights="s3://weights/llama/"), ROWS, PLACE)

    assert channels(request)["model"]["ModelAccessConfig"] == {"AcceptEula": True}
    assert "LINESIDE_TOKEN_SECRET" not in request["Environment"]


def test_the_start_is_something_that_bash_can_read_and_no_token_stands_in_it():
    read = subprocess.run(["bash", "-n", "-c", START], capture_output=True, text=True, check=False)

    assert (read.returncode, read.stderr) == (0, "")
    assert "--require-hashes" in START
    assert START.endswith("exec python3 -m training.finetune")


def jobs(*answers: dict[str, Any]) -> tuple[TrainingJobs, Wire]:
    wire = Wire()
    for answer in answers:
        wire.answers(answer)
    return TrainingJobs(wire.client("sagemaker")), wire


def test_a_job_that_runs_is_stopped_and_one_that_has_ended_is_left():
    running, wire = jobs({"TrainingJobStatus": "InProgress"}, {})
    ended, quiet = jobs({"TrainingJobStatus": "Completed"})

    assert running.stop("lineside-r-1") is True
    assert ended.stop("lineside-r-1") is False
    assert [request.headers["X-Amz-Target"] for request in wire.sent][-1].endswith(b"StopTrainingJob")
    assert len(quiet.sent) == 1


def test_a_job_that_was_never_there_is_nothing_to_stop():
    wire = Wire()
    wire.refuses("ResourceNotFound")

    assert TrainingJobs(wire.client("sagemaker")).stop("lineside-r-1") is False


def test_an_artifact_is_where_plain_files_lie():
    files = {
        "TrainingJobStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://artifacts/r-1/output/model"},
    }
    packed = {"TrainingJobStatus": "Completed", "ModelArtifacts": {"S3ModelArtifacts": "s3://artifacts/model.tar.gz"}}
    failed = {"TrainingJobStatus": "Failed", "FailureReason": "out of memory"}

    assert jobs(files)[0].artifact("j") == "s3://artifacts/r-1/output/model/"
    with pytest.raises(Refused, match="left no plain files"):
        jobs(packed)[0].artifact("j")
    with pytest.raises(Refused, match="out of memory"):
        jobs(failed)[0].artifact("j")


def test_an_address_in_s3_is_taken_apart():
    assert bucket_and_key("s3://bucket/a/b/") == ("bucket", "a/b/")
    with pytest.raises(Refused, match="no address"):
        bucket_and_key("https://example.com/a")


def test_what_bedrock_refuses_says_who_must_act():
    for code, kind in (
        ("AccessDeniedException", Misconfigured),
        ("ThrottlingException", Throttled),
        ("InternalServerException", Unavailable),
    ):
        wire = Wire()
        wire.refuses(code)
        with pytest.raises(kind):
            ImportedModels(wire.client("bedrock")).names()


def test_a_failure_is_told_in_the_words_of_who_failed():
    ours = json.dumps({"errorType": "Misconfigured", "errorMessage": "no release is started:\n  a\n  b"})
    job = json.dumps({"TrainingJobStatus": "Failed", "FailureReason": "CUDA out of memory"})

    assert reason_of("Misconfigured", ours) == "no release is started: a b"
    assert reason_of("States.TaskFailed", job) == "CUDA out of memory"
    assert reason_of("ImportFailed", "unsupported rope") == "unsupported rope"
    assert reason_of("States.Timeout", "") == "States.Timeout"
    assert reason_of("States.Runtime", "[1]") == "[1]"
    assert reason_of("", "") == "it failed, and nothing says why"
    assert len(reason_of("E", "x" * 2_000)) == 500


def test_a_model_that_sleeps_is_no_bad_model_and_is_asked_again_later():
    row = ModelRow(name="candidate", provider="bedrock", model="arn:aws:bedrock:us-east-1:1:imported-model/a")
    asleep, awake = FakeBedrock(), FakeBedrock()
    asleep.fails("ModelNotReadyException", status=429)
    awake.says("Yes.")

    with pytest.raises(Unavailable, match="waking up") as error:
        wake(_writer(row, asleep))
    wake(_writer(row, awake))

    assert type(error.value) is Unavailable
    assert len(awake.asked) == 1


def _writer(row: ModelRow, bedrock: FakeBedrock) -> Any:
    from cloud.bedrock import BedrockWriter

    clock = iter(range(0, 100_000, 60))
    return BedrockWriter(
        row, bedrock.client(), streams=False, monotonic=lambda: float(next(clock)), sleep=lambda seconds: None
    )


def test_of_many_questions_the_same_ones_are_paid_for_each_time():
    questions = [HeldOut(f"q-{number}", "?", "!", False, "operation", "low", (), (), ()) for number in range(100)]

    some = chosen(questions, 10)

    assert len(some) == 10
    assert some == chosen(list(reversed(questions)), 10)[::-1]
    assert [each.question_id for each in some] != [f"q-{number}" for number in range(10)]
    assert chosen(questions, 1_000) == questions


@pytest.mark.parametrize(("hours", "seconds"), [(0.5, 300), (72, 300), (720, 1_296)])
def test_a_canary_is_looked_at_often_and_not_more_often_than_a_machine_can_remember(hours, seconds):
    assert look_seconds(hours) == seconds
    assert hours * 3_600 / look_seconds(hours) <= 2_000


def test_the_mail_says_what_how_good_what_it_costs_and_where_and_holds_no_way_to_approve():
    release = a_release(status="waiting", approver="")

    text = approval_text(release, PASSED, console="https://lineside.example.com/", units=2, prices=read_prices())

    assert approval_subject(release) == "Lineside: r-1 waits for your decision"
    assert "+14.0 %" in text
    assert "+9.0 % to +19.0 %" in text
    assert "60 questions" in text
    assert "about 147 dollars a month" in text  # two models of two units kept, 8 windows a day of two units
    assert "https://lineside.example.com/releases" in text
    assert text.count("http") == 1
    assert "token" not in text


def test_without_an_address_the_mail_names_the_page():
    text = approval_text(a_release(), PASSED, console="", units=1, prices=read_prices())

    assert "the console, page Releases" in text


# Learning on by itself


@pytest.fixture
def machine() -> Iterator[tuple[Any, str]]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": False}}):
        states = boto3.client("stepfunctions", region_name="eu-central-1")
        made = states.create_state_machine(
            name="release",
            definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}),
            roleArn="arn:aws:iam::123456789012:role/machine",
        )
        yield states, made["stateMachineArn"]


def verdict(number: int, accepted_us: int) -> Verdict:
    return Verdict(
        feedback_id=f"f-{number}",
        about="answer",
        about_id=f"a-{number}",
        verdict="down",
        reason="",
        correction="",
        resolution="",
        person=f"p-{number}",
        by="Bo",
        given_us=accepted_us - 1,
        question="?",
        answer="!",
        model="m",
        release_id="r-1",
        review=Review("accepted", "Eva", accepted_us, "?", "!"),
    )


@pytest.fixture
def learning(machine: tuple[Any, str], tmp_path: Path) -> Iterator[Learning]:
    """Three verdicts start a release; one release was live since `NOW_US`."""
    with stores_of("sqlite", tmp_path) as stores:
        stores.releases.put(a_release("r-1", status="live"))
        people = People(tmp_path / "verdicts.db")
        verdicts = SqliteVerdicts(people)
        yield Learning(LearningSettings(least_new_pairs=3), stores.releases, verdicts, *machine)
        people.close()


def accept(learning: Learning, *at_us: int) -> None:
    for number, when in enumerate(at_us):
        learning.verdicts.save(verdict(number, when))


TODAY = datetime(2026, 11, 29, 3, tzinfo=UTC)


def running(learning: Learning) -> list[str]:
    found = learning.states.list_executions(stateMachineArn=learning.machine_arn)
    return [each["name"] for each in found["executions"]]


def test_enough_accepted_verdicts_since_the_last_release_start_one(learning):
    accept(learning, NOW_US + 1, NOW_US + 2, NOW_US + 3)

    considered = learning.consider(TODAY)

    assert considered.started == "learned-2026-11-29"
    assert running(learning) == ["learned-2026-11-29"]


def test_verdicts_of_before_the_last_release_do_not_count(learning):
    accept(learning, NOW_US - 1, NOW_US + 2, NOW_US + 3)

    considered = learning.consider(TODAY)

    assert considered.started == ""
    assert considered.why == "2 of 3 verdicts were accepted since the last release"
    assert running(learning) == []


def test_a_release_that_failed_has_learned_nothing(learning):
    learning.releases.put(a_release("r-2", status="failed", made_us=NOW_US + 100))
    accept(learning, NOW_US + 1, NOW_US + 2, NOW_US + 3)

    assert learning.consider(TODAY).started == "learned-2026-11-29"


def test_never_two_at_once(learning):
    accept(learning, NOW_US + 1, NOW_US + 2, NOW_US + 3)
    learning.releases.put(a_release("r-2", status="waiting", made_us=NOW_US - 100))

    considered = learning.consider(TODAY)

    assert considered == type(considered)("", "the release r-2 is under way")


def test_never_two_in_one_day(learning):
    accept(learning, NOW_US + 1, NOW_US + 2, NOW_US + 3)
    learning.consider(TODAY)

    again = learning.consider(TODAY)

    assert again.started == ""
    assert len(running(learning)) == 1


def test_it_is_off_unless_somebody_says_how_many(learning):
    accept(learning, NOW_US + 1, NOW_US + 2, NOW_US + 3)
    off = Learning(LearningSettings(), learning.releases, learning.verdicts, learning.states, learning.machine_arn)

    assert off.consider(TODAY).started == ""
    assert "least_new_pairs" in off.consider(TODAY).why


# The course of a release


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    with stores_of("sqlite", tmp_path) as stores:
        yield Course(stores.releases)


def begun(release_id: str = "r-1", execution: str = "e-1", made_us: int = NOW_US) -> ModelRelease:
    return ModelRelease(release_id, made_us, "training", "meta-llama/Llama-3.2-3B-Instruct", execution=execution)


def test_a_release_begins_once_and_a_second_try_goes_on_with_it(course):
    first = course.begin(begun())

    again = course.begin(begun(made_us=NOW_US + 5))

    assert again == first
    with pytest.raises(Refused, match="there is a release r-1 already"):
        course.begin(begun(execution="e-2"))


def test_a_release_that_has_ended_is_not_brought_back_by_a_late_step(course):
    course.begin(begun())
    course.end("r-1", "failed", "the training failed")

    with pytest.raises(Refused, match="has ended already"):
        course.note("r-1", status="importing")
    assert course.get("r-1").status == "failed"


def test_a_release_that_has_ended_has_no_model_and_no_files_and_ending_it_again_writes_nothing(course):
    course.begin(begun())
    course.note("r-1", model_id="arn", artifact="s3://artifacts/r-1/")

    ended = course.end("r-1", "refused", "Anna said no")
    again = course.end("r-1", "refused", "Anna said no")

    assert (ended.status, ended.reason, ended.model_id, ended.artifact) == ("refused", "Anna said no", "", "")
    assert again == ended == course.get("r-1")


def test_of_two_that_begin_at_once_exactly_one_goes_on(course):
    one, other = course.begin(begun("r-1")), course.begin(begun("r-2", "e-2"))

    assert (course.others(one), course.others(other)) == ((), ("r-1",))


def test_a_note_is_written_on_what_somebody_else_wrote_meanwhile(course):
    course.begin(begun())
    kept = course.get("r-1")
    course.store.put(replace(kept, report="theirs", version=kept.version + 1))

    course.note("r-1", artifact="ours")

    assert (course.get("r-1").report, course.get("r-1").artifact) == ("theirs", "ours")
