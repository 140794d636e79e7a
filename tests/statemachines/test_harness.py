"""The interpreter that the other tests here stand on: what AWS does with a definition, it does too."""

from __future__ import annotations

import json
import threading
from typing import Any

import boto3
import pytest

from lineside.errors import Throttled
from tests.fakes.step_functions import REGION, Run, ServiceError, StepFunctions, evaluate


def machine(first: str, **states: dict[str, Any]) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", "StartAt": first, "States": states}


def invoke(function: str, **more: Any) -> dict[str, Any]:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{function}Arn}}", "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
    }
    return {**task, **(more or {"End": True})}


def run_of(definition: dict[str, Any], given: Any, functions: dict[str, Any], services: Any = None) -> Run:
    with StepFunctions(functions, services) as machines:
        return machines.run(definition, given)


def test_a_task_reaches_our_function_and_its_output_sees_input_and_result():
    both = {"asked": "{% $states.input %}", "answered": "{% $states.result.Payload %}"}
    definition = machine("Count", Count=invoke("CountWords", Output=both, End=True))

    run = run_of(definition, {"text": 'a "quoted" word'}, {"count_words": lambda event: len(event["text"].split())})

    assert run.status == "SUCCEEDED", run.cause
    assert run.output == {"asked": {"text": 'a "quoted" word'}, "answered": 3}
    assert run.states == ("Count",)


def test_strings_with_quotes_and_backslashes_survive_in_variables():
    said = 'a "quote", a back\\slash and a\nline'
    keep = {"Type": "Pass", "Assign": {"said": "{% $states.input.said %}"}, "Next": "Say"}
    say = {"Type": "Pass", "Output": {"said": "{% $said %}"}, "End": True}

    run = run_of(machine("Keep", Keep=keep, Say=say), {"said": said}, {})

    assert run.output == {"said": said}


def test_an_error_is_retried_and_caught_by_the_name_of_its_class():
    def refuse(_: Any) -> None:
        raise Throttled("asked too often")

    definition = machine(
        "Ask",
        Ask=invoke(
            "Ask",
            Retry=[{"ErrorEquals": ["Throttled"], "IntervalSeconds": 30, "BackoffRate": 2, "MaxAttempts": 2}],
            Catch=[
                {"ErrorEquals": ["Unavailable"], "Next": "Wrong"},
                {"ErrorEquals": ["Throttled"], "Output": "{% $parse($states.errorOutput.Cause) %}", "Next": "Right"},
            ],
            End=True,
        ),
        Wrong={"Type": "Fail"},
        Right={"Type": "Pass", "Output": "{% $states.input.errorMessage %}", "End": True},
    )

    with StepFunctions({"ask": refuse}) as machines:
        run = machines.run(definition, {})

    assert (run.status, run.output) == ("SUCCEEDED", "asked too often")
    assert machines.waits == [30, 60]
    assert [call.error for call in machines.calls] == ["Throttled"] * 3


def test_a_map_over_an_object_on_s3_runs_no_more_items_at_once_than_it_says():
    busy, most, lock = 0, 0, threading.Lock()
    meeting = threading.Barrier(3)

    def work(event: dict[str, Any]) -> dict[str, Any]:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        meeting.wait(10)
        with lock:
            busy -= 1
        return {"twice": event["number"] * 2}

    every = {
        "Type": "Map",
        "MaxConcurrency": 3,
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Arguments": {"Bucket": "the-lake", "Key": "{% $states.input.key %}"},
        },
        "ItemSelector": {"number": "{% $states.context.Map.Item.Value.number %}"},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Work",
            "States": {"Work": invoke("Work")},
        },
        "End": True,
    }

    with StepFunctions({"work": work}) as machines:
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="the-lake", CreateBucketConfiguration={"LocationConstraint": REGION})
        items = json.dumps([{"number": number} for number in range(6)])
        s3.put_object(Bucket="the-lake", Key="items.json", Body=items.encode())
        run = machines.run(machine("Every", Every=every), {"key": "items.json"})

    assert run.status == "SUCCEEDED", run.cause
    assert run.output == [{"twice": number} for number in (0, 2, 4, 6, 8, 10)]
    assert most == 3


def test_a_wait_takes_no_time_and_is_noted():
    definition = machine("Hold", Hold={"Type": "Wait", "Seconds": "{% 2 * 1800 %}", "End": True})

    with StepFunctions({}) as machines:
        run = machines.run(definition, {}, seconds=5)

    assert (run.status, machines.waits) == ("SUCCEEDED", [3600])


WAITING = machine(
    "Ask a person",
    **{
        "Ask a person": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {"FunctionName": "${AskArn}", "Payload": {"token": "{% $states.context.Task.Token %}"}},
            "Catch": [{"ErrorEquals": ["Refused"], "Output": "{% $states.errorOutput.Cause %}", "Next": "No"}],
            "End": True,
        },
        "No": {"Type": "Fail", "Error": "Refused", "Cause": "{% $states.input %}"},
    },
)


def test_a_run_waits_until_its_token_is_answered():
    asked: list[str] = []
    with StepFunctions({"ask": lambda event: asked.append(event["token"])}) as machines:
        running = machines.start(WAITING, {})
        while not asked:
            pass
        machines.answer(asked[0], {"approved_by": "engineer"})
        run = running.ended()

    assert (run.status, run.output) == ("SUCCEEDED", {"approved_by": "engineer"})


def test_a_function_may_answer_its_own_token_and_a_refusal_has_a_name():
    with StepFunctions({}) as machines:
        machines.functions["ask"] = lambda event: machines.refuse(event["token"], "Refused", "not on a Friday")
        run = machines.run(WAITING, {})

    assert (run.status, run.error, run.cause) == ("FAILED", "Refused", "not on a Friday")


IMPORT = machine(
    "Import",
    Import={
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:bedrock:createModelImportJob",
        "Arguments": {
            "JobName": "release-1",
            "ImportedModelName": "lineside-1",
            "RoleArn": "arn:aws:iam::123456789012:role/importer",
            "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://the-lake/artifact/"}},
        },
        "Retry": [{"ErrorEquals": ["Bedrock.ThrottlingException"], "MaxAttempts": 2}],
        "Output": "{% $states.result.JobArn %}",
        "End": True,
    },
)
JOB = "arn:aws:bedrock:eu-central-1:123456789012:model-import-job/abcdefghijkl"


def test_a_service_is_asked_as_boto3_would_and_its_errors_are_retried_by_name():
    asked: list[dict[str, Any]] = []

    def import_model(parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters)
        if len(asked) == 1:
            raise ServiceError("Bedrock.ThrottlingException", "slow down")
        return {"jobArn": JOB}

    run = run_of(IMPORT, {}, {}, {("bedrock", "createModelImportJob"): import_model})

    assert (run.status, run.output) == ("SUCCEEDED", JOB)
    assert asked[1]["modelDataSource"] == {"s3DataSource": {"s3Uri": "s3://the-lake/artifact/"}}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"JobNam": "x"}, "JobNam"),
        ({"jobName": "x"}, "jobName"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "securityGroupIds"),
    ],
    ids=["a misspelt argument", "an argument spelled as boto3 spells it", "a missing argument"],
)
def test_arguments_that_the_service_would_not_take_fail_the_run(change, complaint):
    definition = json.loads(json.dumps(IMPORT))
    definition["States"]["Import"]["Arguments"] |= change

    run = run_of(definition, {}, {}, {("bedrock", "createModelImportJob"): lambda _: {"jobArn": JOB}})

    assert (run.status, run.error) == ("FAILED", "States.Runtime")
    assert complaint in run.cause


def test_a_service_without_a_fake_fails_the_run_and_says_which():
    run = run_of(IMPORT, {}, {})

    assert run.status == "FAILED"
    assert "no fake answers for arn:aws:states:::aws-sdk:bedrock:createModelImportJob" in run.cause


def test_a_synchronous_task_gives_the_finished_job():
    train = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Arguments": {
            "TrainingJobName": "release-1",
            "RoleArn": "arn:aws:iam::123456789012:role/trainer",
            "OutputDataConfig": {"S3OutputPath": "s3://the-lake/artifact/"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "HyperParameters": {"epochs": "5"},
        },
        "Output": "{% $states.result.ModelArtifacts.S3ModelArtifacts %}",
        "End": True,
    }

    def finished(parameters: dict[str, Any]) -> dict[str, Any]:
        assert parameters["HyperParameters"] == {"epochs": "5"}
        return {"TrainingJobStatus": "Completed", "ModelArtifacts": {"S3ModelArtifacts": "s3://the-lake/artifact/m"}}

    run = run_of(machine("Train", Train=train), {}, {}, {("sagemaker", "createTrainingJob.sync"): finished})

    assert (run.status, run.output) == ("SUCCEEDED", "s3://the-lake/artifact/m")


def test_the_functions_that_step_functions_adds_are_there_and_eval_is_not():
    assert evaluate("$hash('a', 'SHA-256')").startswith("ca978112")
    assert evaluate("$parse('{\"a\": [1, 2]}').a[1]") == 2
    assert len(evaluate("$uuid()")) == 36
    with pytest.raises(Exception, match=r"no \$eval"):
        evaluate("$eval('1 + 1')")


def test_a_name_that_nothing_stands_for_is_no_definition():
    with StepFunctions({}) as machines, pytest.raises(AssertionError, match="Forgotten"):
        machines.run(machine("A", A={"Type": "Pass", "Output": "${Forgotten}", "End": True}), {})
