"""What every store of verdicts under review promises, in the plant and in the cloud."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lineside.errors import Conflict, Refused
from lineside.training_data.verdict import Cited, Review, Verdict
from tests.contracts.people import BOTH, NOW_US, Stores, stores_of

SECOND_US = 1_000_000
GIVEN = Verdict(
    feedback_id="f-1",
    about="answer",
    about_id="a-1",
    verdict="down",
    reason="wrong_step",
    correction="Zuerst den Not-Halt prüfen.",
    resolution="",
    person="password:ada",
    by="Ada",
    given_us=NOW_US,
    question="Why is it warm?",
    answer="It is too warm: -17.5 °C.",
    model="fine-tuned",
    release_id="r-2",
    cited=(Cited("sop-ft-02", "SOP-FT-02", "3", "Steps", "2", "4", "Press STOP."),),
    facts=("The Freezer Tunnel is at -17.5 °C",),
)
ACCEPTED = Review("accepted", "Enno", NOW_US + SECOND_US, "Why is it warm?", "Press STOP.", "good")
REJECTED = Review("rejected", "Eva", NOW_US + SECOND_US)


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with stores_of(request.param, tmp_path) as made:
        yield made


def test_a_verdict_comes_back_with_all_that_it_was_about(stores: Stores) -> None:
    stores.verdicts.save(GIVEN)

    assert stores.verdicts.get("f-1") == GIVEN
    assert stores.verdicts.get("f-2") is None
    assert stores.verdicts.list("pending", 10) == [GIVEN]
    assert stores.verdicts.counts() == {"pending": 1}


def test_the_newest_come_first_in_each_state_and_in_all(stores: Stores) -> None:
    verdicts = [replace(GIVEN, feedback_id=f"f-{n}", given_us=NOW_US + n * SECOND_US) for n in range(4)]
    for verdict in verdicts:
        stores.verdicts.save(verdict)
    stores.verdicts.review("f-1", ACCEPTED, verdicts[1].given_us)

    assert [one.feedback_id for one in stores.verdicts.list(None, 3)] == ["f-3", "f-2", "f-1"]
    assert [one.feedback_id for one in stores.verdicts.list("pending", 10)] == ["f-3", "f-2", "f-0"]
    assert [one.review for one in stores.verdicts.list("accepted", 10)] == [ACCEPTED]
    assert stores.verdicts.counts() == {"pending": 3, "accepted": 1}


def test_a_review_is_kept_and_giving_it_twice_is_harmless(stores: Stores) -> None:
    stores.verdicts.save(GIVEN)

    once = stores.verdicts.review("f-1", ACCEPTED, NOW_US)
    twice = stores.verdicts.review("f-1", ACCEPTED, NOW_US)

    assert once == twice == stores.verdicts.get("f-1") == replace(GIVEN, review=ACCEPTED)


def test_a_verdict_that_was_replaced_meanwhile_is_not_reviewed_unread(stores: Stores) -> None:
    stores.verdicts.save(GIVEN)
    stores.verdicts.save(replace(GIVEN, verdict="up", correction="", given_us=NOW_US + SECOND_US))

    with pytest.raises(Conflict, match="Ada has said something else"):
        stores.verdicts.review("f-1", ACCEPTED, NOW_US)

    assert stores.verdicts.counts() == {"pending": 1}


def test_two_engineers_who_disagree_hear_of_it(stores: Stores) -> None:
    stores.verdicts.save(GIVEN)
    stores.verdicts.review("f-1", ACCEPTED, NOW_US)

    with pytest.raises(Conflict, match="Enno has accepted it already"):
        stores.verdicts.review("f-1", REJECTED, NOW_US)
    changed_mind = stores.verdicts.review("f-1", replace(REJECTED, by="Enno"), NOW_US)

    assert changed_mind.review.state == "rejected"
    assert stores.verdicts.list("accepted", 10) == []


def test_other_words_undo_a_review_and_a_resolution_does_not(stores: Stores) -> None:
    stores.verdicts.save(GIVEN)
    stores.verdicts.review("f-1", ACCEPTED, NOW_US)

    stores.verdicts.save(replace(GIVEN, resolution="fixed", given_us=NOW_US + SECOND_US))
    kept = stores.verdicts.get("f-1")
    stores.verdicts.save(replace(GIVEN, correction="Never mind.", given_us=NOW_US + 2 * SECOND_US))
    undone = stores.verdicts.get("f-1")

    assert kept is not None
    assert (kept.resolution, kept.review) == ("fixed", ACCEPTED)
    assert undone is not None
    assert undone.review == Review()
    assert stores.verdicts.list("accepted", 10) == []


def test_no_verdict_is_no_review(stores: Stores) -> None:
    with pytest.raises(Refused, match="no such verdict"):
        stores.verdicts.review("f-9", ACCEPTED, NOW_US)


def test_of_two_reviews_at_the_same_moment_one_stands(stores: Stores) -> None:
    stores.verdicts.save(GIVEN)
    heard: list[str] = []

    def decide(review: Review) -> None:
        try:
            stores.verdicts.review("f-1", review, NOW_US)
            heard.append(review.state)
        except Conflict:
            heard.append("conflict")

    both = [threading.Thread(target=decide, args=(review,)) for review in (ACCEPTED, REJECTED)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    stands = stores.verdicts.get("f-1")
    assert sorted(heard) in (["accepted", "conflict"], ["conflict", "rejected"])
    assert stands is not None
    assert stands.review.state in heard
    assert sum(stores.verdicts.counts().values()) == 1
