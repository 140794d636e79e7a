"""What every store of verdicts promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lineside.api.chat_models import FeedbackView
from lineside.api.ports import feedback_id_of
from lineside.telemetry.timestamps import render
from tests.contracts.people import BOTH, NOW_US, Stores, stores_of

ADA, BOB = "password:ada", "password:bob"


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with stores_of(request.param, tmp_path) as made:
        yield made


def a_verdict(who: str = ADA, about_id: str = "a-1", *, seconds: int = 0, **changes: object) -> FeedbackView:
    said: dict[str, object] = {
        "feedback_id": feedback_id_of(who, about_id),
        "about": "answer",
        "about_id": about_id,
        "verdict": "down",
        "reason": "wrong_step",
        "correction": "Zuerst den Not-Halt prüfen.",
        "by": who.partition(":")[2].title(),
        "given_at": render(NOW_US + seconds * 1_000_000),
    }
    return FeedbackView.model_validate(said | changes)


def test_a_verdict_comes_back_as_it_was_given(stores: Stores) -> None:
    stores.feedback.save(a_verdict())

    assert stores.feedback.recent(10) == [a_verdict()]
    assert stores.feedback.of(ADA, ["a-1", "a-2"]) == {"a-1": a_verdict()}


def test_the_newest_verdict_of_a_person_on_a_thing_counts(stores: Stores) -> None:
    stores.feedback.save(a_verdict(seconds=1))
    better = a_verdict(seconds=9, verdict="up", reason="", correction="")

    stores.feedback.save(better)
    stores.feedback.save(better)

    assert stores.feedback.recent(10) == [better]
    assert stores.feedback.of(ADA, ["a-1"]) == {"a-1": better}


def test_two_people_may_disagree(stores: Stores) -> None:
    stores.feedback.save(a_verdict(ADA, verdict="up"))
    stores.feedback.save(a_verdict(BOB, seconds=1))

    assert [one.by for one in stores.feedback.recent(10)] == ["Bob", "Ada"]
    assert stores.feedback.of(ADA, ["a-1"])["a-1"].verdict == "up"
    assert stores.feedback.of(BOB, ["a-1"])["a-1"].verdict == "down"


def test_the_newest_come_first_and_no_more_than_asked_for(stores: Stores) -> None:
    for second in (3, 1, 2):
        stores.feedback.save(a_verdict(about_id=f"a-{second}", seconds=second))

    assert [one.about_id for one in stores.feedback.recent(2)] == ["a-3", "a-2"]


def test_of_nothing_is_nothing(stores: Stores) -> None:
    assert stores.feedback.of(ADA, []) == {}
    assert stores.feedback.recent(10) == []
