"""Doing a thing every so often: an overrun skips, and never piles up."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from edge.timer import every
from lineside.errors import Unavailable


def run(seconds: float, act: object, *, for_seconds: float, first_seconds: float | None = None) -> None:
    stop = threading.Event()
    stopper = threading.Timer(for_seconds, stop.set)
    stopper.start()
    try:
        every(seconds, act, stop, name="it", first_seconds=first_seconds)  # type: ignore[arg-type]
    finally:
        stop.set()
        stopper.cancel()
        stopper.join()


def test_an_act_that_overruns_skips_the_beats_it_missed(caplog: pytest.LogCaptureFixture) -> None:
    began: list[float] = []

    def slow() -> None:
        began.append(time.monotonic())
        time.sleep(0.25)

    run(0.1, slow, for_seconds=1.0)

    pauses = [later - earlier for earlier, later in pairwise(began)]
    assert 2 <= len(began) <= 4
    assert min(pauses) >= 0.25
    assert "skipped" in caplog.text


def test_a_neighbour_that_does_not_answer_is_said_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    def failing() -> None:
        calls.append(1)
        raise Unavailable("the lake is away")

    run(0.05, failing, for_seconds=0.5)

    assert len(calls) > 1
    assert "the lake is away" in caplog.text


def test_a_mistake_of_ours_rises() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(0.01, broken, for_seconds=5)


def test_the_first_beat_may_come_sooner() -> None:
    calls: list[int] = []

    run(60, lambda: calls.append(1), for_seconds=0.5, first_seconds=0.01)

    assert calls == [1]
