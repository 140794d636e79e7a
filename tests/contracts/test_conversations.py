"""What every store of conversations promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.people import BOTH, DAY_US, NOW_US, Stores, an_answer, stores_of

ADA, BOB = "password:ada", "oidc:https://id.example/#bob"


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with stores_of(request.param, tmp_path) as made:
        yield made


def test_an_answer_comes_back_exactly_as_it_was_kept(stores: Stores) -> None:
    answer = an_answer(choices=("Filler 1", "Filler 2"), known=False, question="Wie heiß ist es? 多少度？")

    stores.conversations.save(ADA, answer)

    kept = stores.conversations.get(ADA, "c-1")
    assert kept is not None
    assert kept.answers == (answer,)
    assert stores.conversations.answer(ADA, "a-1") == answer


def test_a_conversation_has_its_answers_in_order_and_the_first_question_as_title(stores: Stores) -> None:
    stores.conversations.save(ADA, an_answer(2, seconds=60))
    stores.conversations.save(ADA, an_answer(1, question="  Why did\nit stop? " + "word " * 40))

    kept = stores.conversations.get(ADA, "c-1")

    assert kept is not None
    assert [one.answer_id for one in kept.answers] == ["a-1", "a-2"]
    assert kept.title.startswith("Why did it stop? word")
    assert len(kept.title) <= 80
    assert kept.began_at == "2025-03-03T06:00:00Z"


def test_saving_the_same_answer_twice_changes_nothing(stores: Stores) -> None:
    stores.conversations.save(ADA, an_answer())
    stores.conversations.save(ADA, an_answer(text="something else"))

    (summary,) = stores.conversations.list(ADA, 10)
    assert summary.answers == 1
    assert stores.conversations.answer(ADA, "a-1") == an_answer()


def test_conversations_are_listed_newest_first(stores: Stores) -> None:
    stores.conversations.save(ADA, an_answer(1, conversation="old"))
    stores.conversations.save(ADA, an_answer(2, conversation="new", seconds=60))
    stores.conversations.save(ADA, an_answer(3, conversation="old", seconds=30))

    new, old = stores.conversations.list(ADA, 10)

    assert (new.conversation_id, new.answers) == ("new", 1)
    assert (old.conversation_id, old.title, old.answers) == ("old", "Question 1?", 2)
    assert (old.began_at, old.last_at) == ("2025-03-03T06:00:00Z", "2025-03-03T06:00:32Z")
    assert stores.conversations.list(ADA, 1) == [new]


def test_nobody_finds_what_another_person_asked(stores: Stores) -> None:
    stores.conversations.save(ADA, an_answer())

    assert stores.conversations.list(BOB, 10) == []
    assert stores.conversations.get(BOB, "c-1") is None
    assert stores.conversations.answer(BOB, "a-1") is None
    assert not stores.conversations.delete(BOB, "c-1")
    assert stores.conversations.answer(ADA, "a-1") is not None


def test_two_people_may_use_the_same_id(stores: Stores) -> None:
    stores.conversations.save(ADA, an_answer(text="for Ada"))
    stores.conversations.save(BOB, an_answer(text="for Bob"))

    found = [stores.conversations.answer(who, "a-1") for who in (ADA, BOB)]

    assert [one.text for one in found if one] == ["for Ada", "for Bob"]


def test_a_deleted_conversation_is_gone_with_its_answers(stores: Stores) -> None:
    for number in (1, 2):
        stores.conversations.save(ADA, an_answer(number))
    stores.conversations.save(ADA, an_answer(3, conversation="other"))

    assert stores.conversations.delete(ADA, "c-1")

    assert stores.conversations.get(ADA, "c-1") is None
    assert stores.conversations.answer(ADA, "a-2") is None
    assert not stores.conversations.delete(ADA, "c-1")
    assert [one.conversation_id for one in stores.conversations.list(ADA, 10)] == ["other"]


def test_an_answer_is_forgotten_after_ninety_days_and_a_conversation_with_its_last(stores: Stores) -> None:
    stores.conversations.save(ADA, an_answer(1, conversation="old"))
    stores.conversations.save(ADA, an_answer(2, conversation="kept"))
    stores.conversations.save(ADA, an_answer(3, conversation="kept", seconds=2 * 86_400))

    stores.clock[0] = NOW_US + 91 * DAY_US

    (summary,) = stores.conversations.list(ADA, 10)
    assert (summary.conversation_id, summary.answers, summary.title) == ("kept", 1, "Question 3?")
    assert stores.conversations.get(ADA, "old") is None
    assert [stores.conversations.answer(ADA, f"a-{number}") is None for number in (1, 2, 3)] == [True, True, False]
    kept = stores.conversations.get(ADA, "kept")
    assert kept is not None
    assert [one.answer_id for one in kept.answers] == ["a-3"]


def test_a_long_conversation_comes_back_whole(stores: Stores) -> None:
    for number in range(103):
        stores.conversations.save(ADA, an_answer(number, seconds=number))

    kept = stores.conversations.get(ADA, "c-1")

    assert kept is not None
    assert [one.answer_id for one in kept.answers] == [f"a-{number}" for number in range(103)]


def test_an_unknown_id_is_simply_not_there(stores: Stores) -> None:
    assert stores.conversations.get(ADA, "c-9#../x") is None
    assert stores.conversations.answer(ADA, "") is None
