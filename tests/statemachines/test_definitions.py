"""Every definition can be deployed, names errors that exist, and asks Lambda with patience."""

from __future__ import annotations

import copy

import pytest

from tests.statemachines.definitions import FILES, errors_named, is_known, mistakes, read, states

LAMBDA_MAY_ANSWER = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def definition(request):
    return read(request.param)


def test_a_definition_is_whole_and_every_expression_compiles(definition):
    assert definition["QueryLanguage"] == "JSONata"
    assert list(mistakes(definition)) == []


def test_every_error_that_is_named_exists(definition):
    named = errors_named(definition)

    assert {name for name in named if not is_known(name)} == set()
    assert named


def test_a_function_that_lambda_cannot_start_just_now_is_asked_again(definition):
    invoked = {name: state for name, state in states(definition) if "lambda:invoke" in state.get("Resource", "")}
    patient = {
        name
        for name, state in invoked.items()
        if any(
            {*rule["ErrorEquals"]} >= LAMBDA_MAY_ANSWER or "States.ALL" in rule["ErrorEquals"]
            for rule in state["Retry"]
        )
    }

    assert patient == invoked.keys()


def broken(change):
    whole = copy.deepcopy(read(FILES[0]))
    change(whole["States"])
    return " ".join(mistakes(whole))


def first(machine):
    return next(state for state in machine.values() if state["Type"] == "Task")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda machine: first(machine).update(Next="Nowhere"), "goes to Nowhere, which is no state"),
        (lambda machine: machine.update(Alone={"Type": "Succeed"}), "nothing goes to Alone"),
        (lambda machine: first(machine).pop("Next"), "neither goes on nor ends"),
        (lambda machine: first(machine).update(Output="{% $count( %}"), "$count("),
        (lambda machine: first(machine).update(ResultPath="$.a"), "ResultPath is JSONPath"),
        (
            lambda machine: next(s for s in machine.values() if s["Type"] == "Choice").pop("Default"),
            "without a default",
        ),
    ],
    ids=[
        "a dangling way",
        "an unreached state",
        "an end that is none",
        "a broken expression",
        "JSONPath",
        "no default",
    ],
)
def test_what_would_not_deploy_is_found(change, complaint):
    assert complaint in broken(change)


def test_an_error_that_nobody_raises_is_found():
    assert not is_known("Throtled")
    assert not is_known("Waking")
    assert is_known("Throttled")
    assert is_known("Bedrock.ThrottlingException")
