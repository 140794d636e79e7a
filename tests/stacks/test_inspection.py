"""The stack of images as it is deployed: what is kept how long, who may touch it, and what is watched."""

from __future__ import annotations

from typing import Any

import pytest

import app as cloud_app
from cloud.image_uploads import AT_ONCE
from cloud.images import IMAGES, UPLOADS
from lambdas.inspect_image.settings import RESERVE_MS, Turn
from lineside.answering.models import parse_models
from lineside.inspection.ports import DAY_US, RECORDS_KEPT_US
from lineside.inspection.settings import InspectionSettings
from stacks import inspection
from stacks.models import UsedModels
from tests.lambdas.aws import permissions
from tests.lambdas.uploads import created
from tests.stacks.inspecting import EYE, inspecting, where_a_model_sees
from tests.stacks.synth import Template, of_type, properties, synthesised, text


def images() -> dict[str, Any]:
    (found,) = [each for each in properties(inspecting(), "AWS::S3::Bucket") if "NotificationConfiguration" in each]
    return found


def statements(template: Template, action: str) -> list[Any]:
    """What a template allows an action on."""
    return [
        each["Resource"]
        for policy in properties(template, "AWS::IAM::Policy")
        for each in policy["PolicyDocument"]["Statement"]
        if action in each["Action"] or each["Action"] == action
    ]


def test_every_bucket_is_private_encrypted_and_reached_over_tls_only():
    buckets = of_type(inspecting(), "AWS::S3::Bucket")
    policies = {text(each["Bucket"]): text(each) for each in properties(inspecting(), "AWS::S3::BucketPolicy")}

    for name, bucket in buckets.items():
        assert bucket["Properties"]["BucketEncryption"]
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert '"aws:SecureTransport": "false"' in policies[text({"Ref": name})]
        assert bucket["DeletionPolicy"] == "Retain"
    assert images()["LoggingConfiguration"]
    assert "CorsConfiguration" not in images()


def test_no_image_is_deleted_before_the_site_s_retention_and_none_is_kept_as_an_old_version():
    rules = {each.get("Prefix"): each.get("ExpirationInDays") for each in images()["LifecycleConfiguration"]["Rules"]}
    longest = InspectionSettings(image_days=390, example_days=390)

    assert "VersioningConfiguration" not in images()
    assert rules[f"{inspection.IMAGES}/"] * DAY_US >= RECORDS_KEPT_US > longest.example_days * DAY_US
    assert rules.keys() == {"images/", "uploads/", None}
    assert (f"{inspection.IMAGES}/", f"{inspection.UPLOADS}/") == (IMAGES, UPLOADS)


def test_an_upload_outlives_the_messages_about_it():
    waits = sum(each["MessageRetentionPeriod"] for each in properties(inspecting(), "AWS::SQS::Queue")[:2])
    rules = {each.get("Prefix"): each.get("ExpirationInDays") for each in images()["LifecycleConfiguration"]["Rules"]}

    assert rules["uploads/"] * 86_400 > waits == 2 * 14 * 86_400


def test_what_is_created_below_uploads_reaches_the_queue_and_nothing_else_does():
    (rule,) = properties(inspecting(), "AWS::Events::Rule")
    pattern, said = rule["EventPattern"], created("uploads/bakery-north/line-1/cookie-inspector/1-0123abcd")
    (source,) = properties(inspecting(), "AWS::Lambda::EventSourceMapping")

    assert images()["NotificationConfiguration"]["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    assert (pattern["source"], pattern["detail-type"]) == ([said["source"]], [said["detail-type"]])
    assert pattern["detail"]["object"]["key"] == [{"prefix": "uploads/"}]
    assert "Images" in text(pattern["detail"]["bucket"])
    assert "Uploads" in text(rule["Targets"])
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_waits_longer_than_its_function_and_goes_to_the_last_resort_in_the_end():
    (function,) = properties(inspecting(), "AWS::Lambda::Function")
    (work,) = [each for each in properties(inspecting(), "AWS::SQS::Queue") if "RedrivePolicy" in each]

    assert work["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert work["RedrivePolicy"]["maxReceiveCount"] == 5


def test_a_lease_is_no_shorter_than_the_function_may_run():
    (function,) = properties(inspecting(), "AWS::Lambda::Function")

    assert InspectionSettings().lease_seconds >= function["Timeout"]


def test_there_is_time_for_as_many_images_as_are_begun_together_and_as_much_again_to_begin_them():
    (function,) = properties(inspecting(), "AWS::Lambda::Function")

    assert RESERVE_MS >= AT_ONCE * 30_000
    assert function["Timeout"] * 1_000 >= 2 * RESERVE_MS


def test_records_are_forgotten_in_time_can_be_restored_and_outlive_their_stack():
    (table,) = of_type(inspecting(), "AWS::DynamoDB::GlobalTable").values()
    (replica,) = table["Properties"]["Replicas"]

    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert (replica["DeletionProtectionEnabled"], table["DeletionPolicy"]) == (True, "Retain")


def test_the_models_that_see_may_be_asked_and_no_other():
    (asked,) = statements(where_a_model_sees(), "bedrock:InvokeModel")

    assert text(asked).endswith(f'::foundation-model/{EYE}"]]}}')
    assert "*" not in text(asked)
    assert statements(inspecting(), "bedrock:InvokeModel") == []


def test_which_models_see_stands_in_the_models_file():
    models = parse_models(
        f"""
        models:
          - {{name: eye, provider: bedrock, model: "{EYE}", roles: [vision]}}
          - {{name: words, provider: bedrock, model: "openai.gpt-oss-20b-1:0", roles: [answerer]}}
        """
    )

    assert cloud_app.used_models(models, "vision") == UsedModels(model_ids=(EYE,))
    assert cloud_app.used_models(models) == UsedModels(model_ids=("openai.gpt-oss-20b-1:0",))


@pytest.mark.parametrize("name", ["inspect", "tidy"])
def test_the_clock_asks_for_what_the_function_knows(name: str):
    inputs = {
        each["ScheduleExpression"]: each["Target"]["Input"]
        for each in properties(inspecting(), "AWS::Scheduler::Schedule")
    }

    assert inputs == {"rate(1 minute)": '{"turn":"inspect"}', "rate(1 hour)": '{"turn":"tidy"}'}
    assert Turn.read({"turn": name}).turn == name


def test_the_advisor_reads_records_and_changes_none():
    granted = [
        each
        for policy in properties(synthesised().advisor, "AWS::IAM::Policy")
        for each in policy["PolicyDocument"]["Statement"]
        if "InspectionTable" in text(each["Resource"])
    ]

    assert [each["Action"] for each in granted] == ["dynamodb:Query"]


def test_the_api_shows_images_and_signs_for_uploads_and_writes_no_image():
    allowed = {(each.action, each.prefix) for each in permissions("serve_api")}

    assert {("s3:GetObject", "images/"), ("s3:PutObject", "uploads/")} <= allowed
    assert {prefix for action, prefix in allowed if action == "s3:PutObject"} == {"uploads/"}
    assert "s3:DeleteObject" not in {action for action, _ in allowed}


def test_everything_that_keeps_images_from_being_inspected_is_told_to_the_people_who_run_it():
    alarms = properties(inspecting(), "AWS::CloudWatch::Alarm")

    assert all(each["AlarmActions"] for each in alarms)
    assert sorted(each["MetricName"] for each in alarms) == [
        "ApproximateAgeOfOldestMessage",
        *["ApproximateNumberOfMessagesVisible"] * 2,
        *("ImagesNotInspected", "ImagesRefused", "VisionSkipped"),
    ]
