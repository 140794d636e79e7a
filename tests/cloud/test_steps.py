"""What a state hands to a function is read strictly, and an error goes out under a name that a definition can catch."""

from __future__ import annotations

import json

import pytest

from cloud.steps import Failure, RunId, StepInput, told_by_class
from lineside.answering.writer import CutShort, Waking
from lineside.errors import LinesideError, Malformed, Misconfigured, Refused, Throttled, Unavailable


class Ask(StepInput):
    run: RunId
    first: int = 0


def test_what_a_state_hands_over_is_read():
    assert Ask.read({"run": "autumn-2026", "first": 3}) == Ask(run="autumn-2026", first=3)


@pytest.mark.parametrize(
    ("event", "complaints"),
    [
        ({}, ["run: "]),
        ({"run": "../etc"}, ["run: "]),
        ({"run": "a", "first": "many", "frist": 1}, ["first: ", "frist: "]),
    ],
    ids=["nothing", "a path", "two mistakes"],
)
def test_every_mistake_is_named_at_once(event, complaints):
    with pytest.raises(Malformed) as told:
        Ask.read(event)

    assert all(complaint in str(told.value) for complaint in complaints)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("raised", "known"),
    [
        (Waking("it wakes up"), Unavailable),
        (CutShort("it was cut"), Refused),
        (Throttled("asked too often"), Throttled),
        (Misconfigured("mend it", ("a", "b")), Misconfigured),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, LinesideError) else "",
)
def test_an_error_goes_out_as_the_class_that_a_definition_names(raised, known):
    with pytest.raises(LinesideError) as told, told_by_class():
        raise raised

    assert type(told.value) is known
    assert str(told.value) == str(raised)


def test_an_error_that_is_none_of_ours_goes_out_as_it_is():
    with pytest.raises(ZeroDivisionError), told_by_class():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("caught", "sentence"),
    [
        ({"Error": "Throttled", "Cause": json.dumps({"errorMessage": "asked too\noften"})}, "asked too often"),
        ({"Error": "States.Timeout"}, "States.Timeout"),
        ({"Error": "States.Timeout", "Cause": "after 960 s"}, "States.Timeout: after 960 s"),
        ({"Error": "Odd", "Cause": "[1]"}, "Odd: [1]"),
    ],
    ids=["a function's", "without a cause", "of Step Functions", "JSON of another kind"],
)
def test_what_was_caught_is_told_in_one_sentence(caught, sentence):
    assert Failure.model_validate(caught).sentence == sentence
