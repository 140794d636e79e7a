"""The stack of commands as it is deployed: who may send to which things, where answers go, and what is watched."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

from app import ROOT
from cloud.dynamodb_commands import TTL_ATTRIBUTE
from cloud.iot_commands import PARAMETER, SHADOW
from edge.aws_topics import command_filters, shadow_filters, shadow_topic, status_topic
from lineside.control.filing import HOUR_US
from lineside.site import read_site
from stacks import control_rule
from tests.lambdas.aws import permissions
from tests.stacks.controlling import THINGS, controlling
from tests.stacks.synth import of_type, properties, synthesised, text
from tests.statemachines.definitions import read, states

DEFINITION = ROOT / "statemachines" / "run_command.asl.json"
FUNCTIONS = ("send_command", "watch_command", "hear_command")


def statements() -> dict[str, list[dict[str, Any]]]:
    found = of_type(controlling(), "AWS::IAM::Policy")
    return {name: each["Properties"]["PolicyDocument"]["Statement"] for name, each in found.items()}


def whose(action: str) -> dict[str, list[str]]:
    """Policy -> the ends of the resources for which it allows an action."""
    return {
        name: [_end(resource) for resource in _listed(each["Resource"])]
        for name, found in statements().items()
        for each in found
        if action in _listed(each["Action"])
    }


def test_only_send_command_may_tell_machines_and_only_those_that_the_site_file_names():
    (sender, told), *others = whose("iot:StartCommandExecution").items()
    (desirer, desired), *more = whose("iot:UpdateThingShadow").items()

    assert others == more == []
    assert sender == desirer
    assert sender.startswith("sendcommand")
    (command,) = of_type(controlling(), "AWS::IoT::Command")
    assert told == [command, *(f":thing/{each}" for each in THINGS.commands)]
    assert desired == [f":thing/{each}/{SHADOW}" for each in THINGS.shadows]
    assert "*" not in text([told, desired])


def test_the_things_are_those_of_the_demo_site():
    machines = [machine for line in read_site(ROOT / "samples" / "site.yaml").lines for machine in line.machines]

    def by(way: str) -> tuple[str, ...]:
        return tuple(one.thing for one in machines if any(point.transport == way for point in one.commands))

    assert (by("command"), by("shadow")) == (THINGS.commands, THINGS.shadows)


def test_the_audit_log_may_be_added_to_and_never_shortened():
    for verb_noun in FUNCTIONS:
        (found,) = [each for name, each in statements().items() if name.startswith(verb_noun.replace("_", ""))]
        keys = {
            action: each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            for each in found
            for action in _listed(each["Action"])
            if "Condition" in each
        }

        assert keys == {
            "dynamodb:PutItem": ["COMMAND#*", "COMMAND-LINE#*", "AUDIT#*"],
            "dynamodb:DeleteItem": ["COMMAND#*", "COMMAND-LINE#*"],
        }
        allowed = {each.action for each in permissions(verb_noun, controlling()) if each.action.startswith("dynamodb:")}
        assert allowed == {*keys, "dynamodb:GetItem", "dynamodb:Query"}


def test_the_table_forgets_commands_by_the_attribute_that_the_store_writes():
    (table,) = properties(synthesised().lake, "AWS::DynamoDB::GlobalTable")

    assert table["TimeToLiveSpecification"] == {"AttributeName": TTL_ATTRIBUTE, "Enabled": True}


def test_nobody_of_this_stack_starts_the_machine():
    assert whose("states:StartExecution") == {}


def test_only_who_acts_by_itself_tells_people_and_on_the_topic_of_advisories_alone():
    ((teller, told),) = whose("sns:Publish").items()

    assert teller.startswith("sendcommand")
    assert len(told) == 1
    assert "Advisories" in told[0]
    (granted,) = [each for each in statements()[teller] if "kms:GenerateDataKey" in _listed(each["Action"])]
    assert sorted(_listed(granted["Action"])) == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_the_file_is_what_is_deployed_and_the_machine_may_invoke_the_two_functions_alone():
    (machine,) = properties(controlling(), "AWS::StepFunctions::StateMachine")
    (invoked,) = [each for name, each in whose("lambda:InvokeFunction").items() if name.startswith("RunCommand")]

    assert json.loads(machine["DefinitionString"]) == read(DEFINITION)
    named = set(re.findall(r"\$\{(\w+)\}", DEFINITION.read_text()))
    assert named == machine["DefinitionSubstitutions"].keys() == {"SendCommandArn", "WatchCommandArn"}
    assert len(invoked) == 2
    logged = machine["LoggingConfiguration"]
    assert (logged["Level"], logged["IncludeExecutionData"]) == ("ALL", False)


def test_a_task_waits_longer_than_its_function_and_an_execution_longer_than_any_command():
    definition = read(DEFINITION)
    longest = max(each["Timeout"] for each in properties(controlling(), "AWS::Lambda::Function"))
    tasks = [state for _, state in states(definition) if state["Type"] == "Task"]

    assert all(state["TimeoutSeconds"] > longest for state in tasks)
    # A command waits an hour at most to be sent, and then for the slowest read-back.
    assert definition["TimeoutSeconds"] > 2 * HOUR_US / 1_000_000


def test_the_declared_command_passes_the_message_on_as_its_one_parameter():
    (command,) = properties(controlling(), "AWS::IoT::Command")

    template = json.loads(command["PayloadTemplate"])
    assert template == {PARAMETER: f"${{aws:iot:commandexecution::parameter:{PARAMETER}}}"}
    assert [each["Name"] for each in command["MandatoryParameters"]] == [PARAMETER]
    assert (control_rule.PARAMETER, control_rule.SHADOW) == (PARAMETER, SHADOW)


def test_answers_of_this_site_go_to_the_queue_byte_for_byte_and_else_to_the_lake():
    (rule,) = properties(controlling(), "AWS::IoT::TopicRule")
    payload = rule["TopicRulePayload"]

    assert payload["Sql"].endswith("FROM 'cmd/lineside/bakery-north/+/+/response'")
    assert "encode(*, 'base64') AS payload, topic() AS topic" in payload["Sql"]
    assert set(payload["Actions"][0]) == {"Sqs"}
    assert payload["ErrorAction"]["S3"]["Key"].startswith("undelivered-answers/")
    (source,) = properties(controlling(), "AWS::Lambda::EventSourceMapping")
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_thing_hears_its_own_commands_and_answers_on_its_own_topic_alone():
    policy = next(iter(properties(controlling(), "AWS::IoT::Policy")))
    by = {each["Action"]: each["Resource"] for each in policy["PolicyDocument"]["Statement"]}

    own = "${iot:Connection.Thing.ThingName}"
    assert by.keys() == {"iot:Subscribe", "iot:Receive", "iot:Publish"}
    assert all(own in text(each) for resources in by.values() for each in resources)
    assert any(text(each).endswith(f'/{own}/response"]]}}') for each in by["iot:Publish"])
    assert "request" not in text(by["iot:Publish"])


def test_a_plant_speaks_for_the_things_that_are_commanded_and_for_no_other():
    found = of_type(controlling(), "AWS::IoT::Policy")
    policies = [each["Properties"]["PolicyDocument"] for name, each in found.items() if name.startswith("Bridge")]
    filters = command_filters, shadow_filters
    named = dict.fromkeys((*THINGS.commands, *THINGS.shadows))
    allowed = [_end(each) for policy in policies for one in policy["Statement"] for each in _listed(one["Resource"])]

    for thing in named:
        for each in [topic for make in filters for topic in make(thing)]:
            assert any(fnmatchcase(f":topicfilter/{each}", end) for end in allowed), each
        for each in (status_topic(thing, "e-1"), shadow_topic(thing, "get"), shadow_topic(thing, "update")):
            assert any(fnmatchcase(f":topic/{each}", end) for end in allowed), each
    of_others = [end for end in allowed if not any(f"/{thing}/" in end for thing in named)]
    assert of_others == [":client/lineside-bakery-north", ":topic/cmd/lineside/bakery-north/*/response"]
    assert all(len(re.sub(r"\s", "", _written_out(policy))) < 2_048 for policy in policies)
    assert 1 < len(policies) <= 10


def test_the_longest_names_fit_into_a_policy_too():
    groups = control_rule._fitting(["x" * 128] * 5)

    assert [len(group) for group in groups] == [2, 2, 1]
    assert all(4 * len(group) * (95 + 128) <= 2_048 for group in groups)


def test_the_clock_turns_each_minute_and_a_turn_that_fails_is_kept_and_told():
    (schedule,) = properties(controlling(), "AWS::Scheduler::Schedule")
    (invoked,) = properties(controlling(), "AWS::Lambda::EventInvokeConfig")

    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["Input"] == "{}"
    assert "Unturned" in text(schedule["Target"]["DeadLetterConfig"])
    assert "Unturned" in text(invoked["DestinationConfig"])


def test_everything_that_keeps_commands_from_moving_is_told_to_the_people_who_run_it():
    alarms = properties(controlling(), "AWS::CloudWatch::Alarm")

    assert all(each["AlarmActions"] for each in alarms)
    assert sorted(each["MetricName"] for each in alarms) == [
        *("AnswersDropped", "ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesVisible"),
        *("CommandsHeldUp", "ExecutionsFailed", "ExecutionsTimedOut", "Failure"),
    ]


def _end(resource: Any) -> str:
    """`:thing/cookie-former` of an ARN; the name of what it refers to where it ends with that."""
    parts = resource.get("Fn::Join", ["", [resource]])[1]
    last = parts[-1]
    return last if isinstance(last, str) else str(last.get("Ref", last))


def _written_out(policy: dict[str, Any]) -> str:
    """A policy as AWS IoT stores it, in a partition and a region with long names."""
    longest = {"AWS::Partition": "aws-us-gov", "AWS::Region": "ap-southeast-1", "AWS::AccountId": "123456789012"}

    def arn(resource: Any) -> str:
        return "".join(part if isinstance(part, str) else longest[part["Ref"]] for part in resource["Fn::Join"][1])

    statements = [one | {"Resource": list(map(arn, _listed(one["Resource"])))} for one in policy["Statement"]]
    return json.dumps(policy | {"Statement": statements})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_who_serves_the_api_may_start_what_was_approved_and_nothing_else_of_it():
    granted = [
        statement
        for policy in properties(synthesised().console, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "states:StartExecution" in text(statement["Action"])
    ]

    assert len(granted) == 1
    assert "RunCommand" in text(granted[0]["Resource"])
    assert "*" not in text(granted[0]["Resource"])
    assert not any("iot" in text(statement["Action"]) for statement in granted)
