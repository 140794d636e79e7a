"""The data preparation as it is deployed: who may do what, what is watched, and a definition that is whole."""

from __future__ import annotations

import json
import re
from typing import Any

from stacks.data_preparation import MAPS
from tests.lambdas.aws import permissions
from tests.stacks.preparation import preparation
from tests.stacks.synth import of_type, properties, text
from tests.statemachines.definitions import scopes, states
from tests.statemachines.world import DEFINITION, FUNCTIONS


def machine() -> dict[str, Any]:
    (found,) = properties(preparation(), "AWS::StepFunctions::StateMachine")
    return found


def definition() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine()["DefinitionString"])
    return found


def policies() -> dict[str, list[dict[str, Any]]]:
    found = of_type(preparation(), "AWS::IAM::Policy")
    return {name: each["Properties"]["PolicyDocument"]["Statement"] for name, each in found.items()}


def of_machine() -> list[dict[str, Any]]:
    return [
        each for name, found in policies().items() if name.startswith(("PrepareTraining", "Items")) for each in found
    ]


def test_the_file_is_what_is_deployed_and_every_name_in_it_stands_for_something():
    named = set(re.findall(r"\$\{(\w+)\}", DEFINITION.read_text()))

    assert definition() == json.loads(DEFINITION.read_text())
    assert named == machine()["DefinitionSubstitutions"].keys()


def test_every_function_of_the_definition_is_deployed_and_the_machine_may_invoke_these_alone():
    functions = {each["Handler"] for each in properties(preparation(), "AWS::Lambda::Function")}
    (invoking,) = [each for each in of_machine() if each["Action"] == "lambda:InvokeFunction"]

    assert functions == {f"lambdas.{name}.handler.handler" for name in FUNCTIONS}
    assert len(invoking["Resource"]) == len(FUNCTIONS)
    assert all(set(each) == {"Fn::GetAtt"} for each in invoking["Resource"])


def test_only_one_function_may_ask_a_model_and_only_this_model():
    asking = {
        name: text(each) for name in FUNCTIONS for each in permissions(name, preparation()) if "bedrock" in each.action
    }

    assert asking.keys() == {"generate_pairs"}
    assert "foundation-model/openai.gpt-oss-120b-1:0" in asking["generate_pairs"]


def test_no_policy_means_everything_but_where_aws_knows_no_resource():
    known = ("xray:", "logs:")
    wide = [
        each
        for found in policies().values()
        for each in found
        if each["Resource"] == "*" and not all(action.startswith(known) for action in _listed(each["Action"]))
    ]

    assert wide == []
    assert [
        each for found in policies().values() for each in found if any("*" in one for one in _listed(each["Action"]))
    ] == []


def test_every_object_that_a_function_may_touch_stands_below_a_prefix():
    prefixes = {
        name: {(each.action, each.prefix) for each in permissions(name, preparation()) if each.action in OBJECTS}
        for name in FUNCTIONS
    }

    assert all(prefix for allowed in prefixes.values() for _, prefix in allowed)
    assert prefixes["extract_passages"] == {("s3:GetObject", "documents/"), ("s3:PutObject", "training/")}
    writers = {name for name, allowed in prefixes.items() if ("s3:PutObject", "datasets/") in allowed}
    assert writers == {"assemble_dataset"}
    drafts = {name for name, allowed in prefixes.items() if ("s3:PutObject", "training-drafts/") in allowed}
    assert drafts == {"generate_pairs"}


OBJECTS = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}


def test_the_machine_may_read_its_lists_and_run_the_items_of_its_own_maps():
    maps = {state["Label"] for _, state in states(definition()) if state["Type"] == "Map"}
    said = {action: text(each["Resource"]) for each in of_machine() for action in _listed(each["Action"])}

    assert maps == set(MAPS)
    assert "/training/*" in said["s3:GetObject"]
    assert all(f"/{label}:*" in said["states:DescribeExecution"] for label in MAPS)
    assert "states:RedriveExecution" in said
    assert "PrepareTrainingData" in said["states:StartExecution"]


def test_no_map_asks_more_of_its_neighbours_than_it_says():
    every = {name: state for name, state in states(definition()) if state["Type"] == "Map"}

    assert all(1 <= state["MaxConcurrency"] <= 10 for state in every.values())
    assert {state["ItemProcessor"]["ProcessorConfig"]["Mode"] for state in every.values()} == {"DISTRIBUTED"}


def test_throttling_is_waited_for_longer_each_time_and_not_by_all_at_once():
    retries = dict(states(definition()))["Generate pairs"]["Retry"]
    (throttled,) = [rule for rule in retries if rule["ErrorEquals"] == ["Throttled"]]

    assert throttled["JitterStrategy"] == "FULL"
    assert throttled["IntervalSeconds"] >= 30
    waits = [
        min(throttled["IntervalSeconds"] * throttled["BackoffRate"] ** n, 600) for n in range(throttled["MaxAttempts"])
    ]
    assert sum(waits) > 1_800


def test_every_failure_is_told_to_the_people_who_run_it():
    alarms = {each["MetricName"]: each for each in properties(preparation(), "AWS::CloudWatch::Alarm")}

    assert alarms.keys() == {"ExecutionsFailed", "ExecutionsTimedOut", "DocumentsFailed"}
    assert all(each["AlarmActions"] for each in alarms.values())
    assert alarms["DocumentsFailed"]["Dimensions"] == [{"Name": "service", "Value": "assemble_dataset"}]


def test_a_run_is_logged_without_what_it_says_and_traced():
    logged = machine()["LoggingConfiguration"]

    assert (logged["Level"], logged["IncludeExecutionData"]) == ("ALL", False)
    assert machine()["TracingConfiguration"] == {"Enabled": True}


def test_a_task_waits_longer_than_its_function_may_run():
    longest = max(each["Timeout"] for each in properties(preparation(), "AWS::Lambda::Function"))
    tasks = [state for scope in scopes(definition()) for state in scope.states.values() if state["Type"] == "Task"]
    listing = dict(states(definition()))["List the documents"]

    assert all(state["TimeoutSeconds"] > longest for state in tasks if state is not listing and state != listing)
    assert listing["TimeoutSeconds"] > 60


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
