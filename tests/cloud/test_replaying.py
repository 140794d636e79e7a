"""Replaying the quarantine from the console, at the wire."""

import pytest

from cloud.replaying import ReplayFunction
from lineside.errors import Unavailable
from tests.cloud.wire import Wire


def test_what_the_function_told_is_what_the_console_is_told():
    wire = Wire()
    wire.answers({"requeued": 2, "resolved": 3, "waiting": 1, "readings": 40})

    replayed = ReplayFunction(wire.client("lambda"), "replay")()

    assert (replayed.resolved, replayed.waiting, replayed.outcome.stored) == (3, 1, 40)
    assert wire.sent[0].url.endswith("/functions/replay/invocations")


def test_a_function_that_is_not_there_is_said():
    wire = Wire()
    wire.refuses("ResourceNotFoundException", 404)

    with pytest.raises(Unavailable, match="could not be started: ResourceNotFoundException"):
        ReplayFunction(wire.client("lambda"), "replay")()
