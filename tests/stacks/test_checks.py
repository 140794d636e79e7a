"""The checks can fail: a synth that accepts everything would prove nothing."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

import app as cloud_app
from tests.stacks.synth import synthesised


def findings(outdir, build) -> list[str]:
    """What the checks say about one stack with something wrong in it."""
    app = cloud_app.strict_app(cloud_app.context_of_cdk_json(), outdir=str(outdir))
    build(cdk.Stack(app, "broken"))

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = json.loads((outdir / "validation-report.json").read_text())
    return [violation["ruleName"] for plugin in report["pluginReports"] for violation in plugin["violations"]]


def test_a_bucket_without_tls_fails_the_synth(tmp_path):
    found = findings(tmp_path, lambda stack: s3.Bucket(stack, "Open"))

    assert any("AwsSolutions-S10" in rule for rule in found)


def test_a_property_that_cloudformation_does_not_know_fails_the_synth(tmp_path):
    found = findings(
        tmp_path,
        lambda stack: cdk.CfnResource(
            stack, "Odd", type="AWS::SQS::Queue", properties={"VisibilityTimeout": 999_999, "Colour": "blue"}
        ),
    )

    assert any(rule.startswith(("F3002", "E3002")) for rule in found)
    assert any(rule.startswith(("F3034", "E3034")) for rule in found)


def test_our_own_stacks_leave_nothing_to_say():
    report = json.loads((synthesised().folder / "validation-report.json").read_text())

    assert [plugin for plugin in report["pluginReports"] if plugin["violations"]] == []


def test_a_template_without_code_cannot_be_deployed_by_mistake():
    for name in ("ingestion", "advisor", "manuals", "console", "inspection"):
        parameters = synthesised().all[name]["Parameters"]
        code = [parameter for parameter in parameters.values() if "Default" not in parameter]
        resources = synthesised().all[name]["Resources"].values()
        functions = [each for each in resources if "Handler" in each.get("Properties", {})]

        assert len(code) == 2 * len(functions)


def test_the_feature_flags_of_cdk_json_are_in_force():
    context = cloud_app.context_of_cdk_json()

    assert context["@aws-cdk/core:validateAgainstDefaultRules"] is True
    assert context["@aws-cdk/core:defaultCrossStackReferences"] == "strong"
    assert "Fn::ImportValue" in json.dumps(synthesised().advisor)
