"""Releases in the cloud: who may do what, whom a release hands its roles to, and what wakes people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stacks.releasing import JUDGES, releasing
from tests.stacks.synth import of_type, properties, text

ROLES = {"training": "sagemaker.amazonaws.com", "import": "bedrock.amazonaws.com"}


def role_for(service: str) -> dict[str, Any]:
    (role,) = [each for each in properties(releasing(), "AWS::IAM::Role") if service in text(each)]
    return role


def statements(prefix: str, **chosen: Any) -> list[dict[str, Any]]:
    """What the policies allow whose logical id begins like this."""
    return [
        statement
        for name, policy in of_type(releasing(**chosen), "AWS::IAM::Policy").items()
        if name.startswith(prefix)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def allowing(found: list[dict[str, Any]], action: str) -> Iterator[dict[str, Any]]:
    for statement in found:
        actions = statement["Action"]
        if action in (actions if isinstance(actions, list) else [actions]):
            yield statement


def test_the_checks_accept_both_ways_of_training():
    script, serverless = releasing(), releasing(serverless=True, weights="s3://weights/llama/")

    assert not of_type(script, "AWS::SageMaker::ModelPackageGroup")
    assert len(of_type(serverless, "AWS::SageMaker::ModelPackageGroup")) == 1


def test_sagemaker_and_bedrock_take_their_roles_for_this_account_alone():
    for service in ROLES.values():
        (trust,) = role_for(service)["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    (bedrock,) = role_for("bedrock.amazonaws.com")["AssumeRolePolicyDocument"]["Statement"]
    assert ":model-import-job/*" in text(bedrock["Condition"]["ArnLike"]["aws:SourceArn"])


def test_roles_are_passed_to_their_own_service_and_to_no_other():
    passed = list(allowing(statements("ReleaseModelRole"), "iam:PassRole"))

    assert {each["Condition"]["StringEquals"]["iam:PassedToService"] for each in passed} == set(ROLES.values())
    assert all("*" not in text(each["Resource"]) for each in passed)


def test_the_import_reads_the_artifacts_and_nothing_else():
    found = statements("ImportRole")

    assert {each["Action"] for each in found} == {"s3:ListBucket", "s3:GetObject"}
    assert all("Artifacts" in text(each["Resource"]) for each in found)
    assert all(each["Condition"]["StringEquals"]["aws:ResourceAccount"] for each in found)


def test_bedrocks_own_evaluation_has_a_role_only_where_an_evaluator_is_named():
    evaluator = "us.amazon.nova-pro-v1:0"
    found = statements("OpinionRole", second_opinion=evaluator)
    weighing = statements("weighrelease", second_opinion=evaluator)
    (passed,) = allowing(weighing, "iam:PassRole")

    assert statements("OpinionRole") == []
    assert list(allowing(statements("weighrelease"), "bedrock:CreateEvaluationJob")) == []
    assert len(list(allowing(weighing, "bedrock:CreateEvaluationJob"))) == 1
    assert passed["Condition"]["StringEquals"] == {"iam:PassedToService": "bedrock.amazonaws.com"}
    assert "OpinionRole" in text(passed["Resource"])
    (objects,) = allowing(found, "s3:PutObject")
    assert "/releases/*/second-opinion/*" in text(objects["Resource"])
    (asked,) = allowing(found, "bedrock:InvokeModel")
    assert f"inference-profile/{evaluator}" in text(asked["Resource"])


def test_the_training_reads_neither_the_lake_nor_the_tables():
    found = statements("TrainingRole")

    assert "dynamodb" not in text(found)
    assert "ImportValue" not in text(found)
    (secret,) = allowing(found, "secretsmanager:GetSecretValue")
    assert ":secret:hf-token-??????" in text(secret["Resource"])


def test_a_secret_and_weights_are_readable_only_where_they_are_named():
    without = statements("TrainingRole", token_secret="", weights="")
    with_weights = statements("TrainingRole", weights="s3://weights/llama/")

    assert list(allowing(without, "secretsmanager:GetSecretValue")) == []
    assert ":s3:::weights/llama/*" in text(list(allowing(with_weights, "s3:GetObject")))


def test_the_machine_touches_the_jobs_of_releases_alone():
    found = statements("ReleaseModelRole")
    (train,) = allowing(found, "sagemaker:CreateTrainingJob")
    (invoke,) = allowing(found, "lambda:InvokeFunction")

    assert "training-job/lineside-*" in text(train["Resource"])
    assert len(invoke["Resource"]) == 8
    assert ":*" not in text(invoke["Resource"])


def test_who_waits_is_answered_by_the_console_and_by_nobody_else():
    (statement,) = statements("ApproverMayAnswer")
    (policy,) = [
        each["Properties"]
        for name, each in of_type(releasing(), "AWS::IAM::Policy").items()
        if name.startswith("ApproverMayAnswer")
    ]

    assert set(statement["Action"]) == {"states:SendTaskSuccess", "states:SendTaskFailure"}
    assert "ReleaseModel" in text(statement["Resource"])
    assert len(policy["Roles"]) == 1


def test_only_who_takes_back_may_delete_a_model_and_stop_a_training():
    policies = of_type(releasing(), "AWS::IAM::Policy")

    for action in ("bedrock:DeleteImportedModel", "s3:DeleteObject"):
        may = {name for name, each in policies.items() if f'"{action}"' in text(each)}
        assert {name[:14] for name in may} <= {"abandonrelease", "TrainingRoleDe"}, action
    may_stop = {name[:14] for name, each in policies.items() if "sagemaker:StopTrainingJob" in text(each)}
    assert may_stop == {"abandonrelease", "ReleaseModelRo"}


def test_an_evaluation_asks_the_models_that_are_named_through_their_profiles():
    found = text(statements("evaluateanswers"))

    assert all(model.removeprefix("us.") in found for model in JUDGES)
    assert "inference-profile/us.anthropic" in found
    assert ":imported-model/*" in found


def test_an_execution_that_is_stopped_or_runs_out_of_time_is_handed_to_another_one():
    (rule,) = properties(releasing(), "AWS::Events::Rule")
    (target,) = rule["Targets"]

    assert rule["EventPattern"]["detail"]["status"] == ["ABORTED", "TIMED_OUT"]
    assert "ReleaseModel" in text(rule["EventPattern"]["detail"]["stateMachineArn"])
    assert target["InputTransformer"]["InputPathsMap"] == {
        "detail-name": "$.detail.name",
        "detail-executionArn": "$.detail.executionArn",
    }
    assert target["InputTransformer"]["InputTemplate"] == (
        '{"abandoned":{"release_id":<detail-name>,"execution":<detail-executionArn>}}'
    )


def test_the_definition_is_filled_in_completely():
    (machine,) = properties(releasing(), "AWS::StepFunctions::StateMachine")

    given = set(machine["DefinitionSubstitutions"])
    named = {part.partition("}")[0] for part in machine["DefinitionString"].split("${")[1:]}

    assert named == given
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_weights_are_encrypted_private_and_not_kept_after_their_deletion():
    buckets = properties(releasing(), "AWS::S3::Bucket")
    (artifacts,) = [each for each in buckets if "LoggingConfiguration" in each]

    assert artifacts["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True
    assert "VersioningConfiguration" not in artifacts
    assert artifacts["BucketEncryption"]


def test_the_people_who_decide_get_a_mail_under_the_key_of_all_topics():
    (topic,) = properties(releasing(), "AWS::SNS::Topic")
    (subscription,) = properties(releasing(), "AWS::SNS::Subscription")

    assert "ImportValue" in text(topic["KmsMasterKeyId"])
    assert subscription["Endpoint"] == "quality@example.com"


@pytest.mark.parametrize("metric", ["ExecutionsFailed", "ExecutionsTimedOut", "CanariesTakenBack"])
def test_people_are_told_when_a_release_goes_wrong(metric):
    alarms = properties(releasing(), "AWS::CloudWatch::Alarm")

    (alarm,) = [each for each in alarms if each["MetricName"] == metric]
    assert alarm["AlarmActions"]
    assert alarm["AlarmDescription"]


def test_a_week_passes_between_two_questions_whether_enough_was_learned():
    (schedule,) = properties(releasing(), "AWS::Scheduler::Schedule")

    assert schedule["ScheduleExpression"] == "rate(7 days)"
    assert schedule["Target"]["DeadLetterConfig"]


def test_without_the_training_s_code_a_template_asks_for_its_place():
    parameters = releasing()["Parameters"]

    assert {"TrainingCodeBucket", "TrainingCodeKey"} <= set(parameters)
    assert all("Default" not in parameters[name] for name in ("TrainingCodeBucket", "TrainingCodeKey"))


def test_with_it_the_code_is_uploaded_under_its_own_hash(tmp_path):
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "finetune.py").write_text("print('hello')\n")

    template = releasing(training_code=tmp_path)

    (check,) = [
        each["Environment"]["Variables"]
        for each in properties(template, "AWS::Lambda::Function")
        if "check_release" in each["Handler"]
    ]
    assert check["CODE_VERSION"] in text(check["TRAINING_CODE"])
    assert len(check["CODE_VERSION"]) == 64
