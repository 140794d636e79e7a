"""The advisor stack: every line is judged every five minutes, and nobody is told twice or late."""

import json
from functools import cache
from typing import Any

import pytest

import app as cloud_app
from app import ROOT
from stacks.advisor import AdvisorStack
from stacks.bundling import NoCode
from stacks.lake import LakeStack
from stacks.models import UsedModels
from tests.stacks.synth import demo_site, everywhere, function, of_type, properties, synthesised, text


def ticks() -> list[dict[str, object]]:
    return properties(synthesised().advisor, "AWS::Scheduler::Schedule")


def test_every_line_of_the_site_has_its_own_tick_and_so_has_what_nobody_assigned():
    told = [json.loads(tick["Target"]["Input"]) for tick in ticks()]

    assert {each["line"] for each in told} == {line.id for line in demo_site().lines} | {"unassigned"}
    assert {each["site"] for each in told} == {"bakery-north"}
    assert {tick["ScheduleExpression"] for tick in ticks()} == {"rate(5 minutes)"}


def test_a_tick_carries_its_time_so_that_a_retry_judges_the_same_window():
    assert all(
        json.loads(tick["Target"]["Input"])["scheduled_at"] == "<aws.scheduler.scheduled-time>" for tick in ticks()
    )


def test_a_late_tick_is_dropped_and_kept_for_a_person_rather_than_stacked_on_the_next():
    (on_call,) = properties(synthesised().advisor, "AWS::Lambda::EventInvokeConfig")

    for tick in ticks():
        assert tick["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 300
        assert tick["Target"]["DeadLetterConfig"]["Arn"]
    assert on_call["MaximumEventAgeInSeconds"] <= 300
    assert on_call["DestinationConfig"]["OnFailure"]["Destination"]


def test_mail_gets_every_advisory_and_a_phone_the_urgent_ones():
    by_protocol = {each["Protocol"]: each for each in properties(synthesised().advisor, "AWS::SNS::Subscription")}

    assert "FilterPolicy" not in by_protocol["email"]
    assert by_protocol["sms"]["FilterPolicy"] == {"severity": ["critical", "high"]}


def test_an_advisory_that_sns_gives_up_on_is_kept_for_a_person():
    kept = [each["RedrivePolicy"] for each in properties(synthesised().advisor, "AWS::SNS::Subscription")]

    assert len(kept) == 3
    assert all("Untold" in text(each["deadLetterTargetArn"]) for each in kept)


def test_people_are_told_when_the_ticks_stop():
    alarms = {alarm["MetricName"]: alarm for alarm in properties(synthesised().advisor, "AWS::CloudWatch::Alarm")}

    assert alarms["Invocations"]["TreatMissingData"] == "breaching"
    assert alarms["Invocations"]["EvaluationPeriods"] * alarms["Invocations"]["Period"] == 900
    assert alarms["NumberOfNotificationsFailed"]["Threshold"] == 0


def test_the_scheduler_may_call_this_account_s_advisor_only():
    roles = of_type(synthesised().advisor, "AWS::IAM::Role")
    (role,) = [role["Properties"] for name, role in roles.items() if name.startswith("SchedulerRole")]

    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_every_function_is_arm64_on_python_3_13_traced_and_logs_json():
    functions = everywhere("AWS::Lambda::Function")

    assert len(functions) == len(list((ROOT / "lambdas").glob("*/handler.py")))
    for each in functions:
        assert each["Architectures"] == ["arm64"]
        assert each["Runtime"] == "python3.13"
        assert each["TracingConfig"] == {"Mode": "Active"}
        assert each["LoggingConfig"]["LogFormat"] == "JSON"


def test_the_advisor_may_publish_to_its_topic_and_touch_its_own_objects_and_table_only():
    policies = of_type(synthesised().advisor, "AWS::IAM::Policy")
    (policy,) = [each["Properties"] for name, each in policies.items() if name.startswith("advise")]
    allowed = [
        statement for statement in policy["PolicyDocument"]["Statement"] if "xray" not in text(statement["Action"])
    ]

    assert "s3:*" not in text(allowed)
    assert "dynamodb:*" not in text(allowed)
    assert not [statement for statement in allowed if statement["Resource"] == "*"]
    assert function("advise_line")["Timeout"] <= 300


@cache
def worded_by(models_file: str, models: UsedModels | None) -> dict[str, Any]:
    """The advisor's template with these models. cdk-nag refuses to write one that it does not like."""
    app = cloud_app.strict_app(cloud_app.context_of_cdk_json())
    lake = LakeStack(app, "lake", site="s", lines=["line-1"], operations_email="")
    common = {"lake": lake, "code": NoCode(), "site": "s", "lines": ["line-1"], "site_file": "plant/site.yaml"}
    stack = AdvisorStack(app, "advisor", **common, inspection_table=lake.table, models_file=models_file, models=models)
    written: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template
    return written


def model_statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    policies = properties(template, "AWS::IAM::Policy")
    statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    return [each for each in statements if "bedrock:" in text(each["Action"])]


def environment(template: dict[str, Any]) -> dict[str, str]:
    (variables,) = [each["Environment"]["Variables"] for each in properties(template, "AWS::Lambda::Function")]
    return variables


def test_an_advisory_may_be_worded_by_the_models_of_the_file_and_by_imported_ones_and_by_no_others():
    template = worded_by("plant/models.yaml", UsedModels(("openai.gpt-oss-20b-1:0",), imported=True))

    (statement,) = model_statements(template)
    assert statement["Action"] == ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    imported, general = sorted(map(text, statement["Resource"]), key=lambda resource: "foundation-model" in resource)
    assert "::foundation-model/openai.gpt-oss-20b-1:0" in general
    assert ":imported-model/*" in imported
    assert "AWS::AccountId" in imported
    assert environment(template)["MODELS_FILE"] == "plant/models.yaml"


def test_without_an_alias_no_imported_model_may_be_asked():
    (statement,) = model_statements(worded_by("plant/models.yaml", UsedModels(("openai.gpt-oss-20b-1:0",))))

    assert "imported-model" not in text(statement)


@pytest.mark.parametrize("models", [None, UsedModels()])
def test_without_models_none_may_be_asked(models):
    assert model_statements(worded_by("", models)) == []
    assert "MODELS_FILE" not in environment(worded_by("", models))
