"""Which release answers a conversation, and how the chain says that it fared."""

from __future__ import annotations

import time

import pytest

from lineside.answering.chain import COMPOSED, Attempt, Chain
from lineside.answering.prompt import NO_ANSWER
from lineside.answering.writer import CutShort, FixedAliases, Released, Waking, released_of
from lineside.errors import Unavailable
from tests.answering.cases import SITE
from tests.answering.test_chain import EVIDENCE, RIGHT, WRONG
from tests.answering.writers import a_row, says


class Canary:
    """Gives the canary to the conversations that it was told of."""

    def __init__(self, *conversations: str) -> None:
        self._conversations = conversations

    def released(self, alias: str, conversation: str = "") -> Released | None:
        if conversation in self._conversations:
            return Released("model-new", "r-2", "canary")
        return Released("model-old", "r-1", alias)


def released_writer(*answers: object, name: str = "small"):
    writer = says(*answers, name=name)
    writer.row = a_row(name=name, model="", alias="live")
    return writer


def ask(*writers: object, conversation: str = "c-1", aliases: object = Canary("c-2")):
    chain = Chain(writers, SITE, time.monotonic, aliases)  # type: ignore[arg-type]
    return chain.answer("Why did it stop?", EVIDENCE, budget_seconds=5.0, conversation=conversation)


def test_a_canary_answers_its_conversations_and_no_other():
    writer = released_writer(RIGHT)

    others, its = ask(writer, conversation="c-1"), ask(writer, conversation="c-2")

    assert [prompt.model_id for prompt in writer.asked] == ["model-old", "model-new"]
    assert (others.release_id, its.release_id) == ("r-1", "r-2")
    assert [(a.release_id, a.alias, a.how) for a in (*others.attempts, *its.attempts)] == [
        ("r-1", "live", "stands"), ("r-2", "canary", "stands"),
    ]  # fmt: skip


def test_withheld_words_and_errors_are_the_releases_own():
    withheld, failed = ask(released_writer(WRONG)), ask(released_writer(CutShort("too long")))

    assert (withheld.model, withheld.release_id, [a.how for a in withheld.attempts]) == (COMPOSED, "", ["withheld"])
    assert (failed.model, failed.release_id, [a.how for a in failed.attempts]) == (COMPOSED, "", ["failed"])


def test_waking_says_nothing_of_a_release():
    assert ask(released_writer(Waking("small is waking up"))).attempts == ()


def test_a_refusal_is_the_releases_answer_and_stands_also_with_a_sentence_after_it():
    for said in (NO_ANSWER, f"{NO_ANSWER}. The documents do not say this."):
        written = ask(released_writer(said))

        assert (written.known, written.model, written.release_id) == (False, COMPOSED, "r-1")
        assert [attempt.how for attempt in written.attempts] == ["stands"]


def test_words_that_only_begin_like_the_sign_are_no_refusal():
    assert ask(released_writer(f"{NO_ANSWER}S came from the Vertical Conveyor.")).known


def test_the_next_model_answers_and_the_release_that_failed_is_still_counted():
    written = ask(released_writer(Unavailable("gone")), says(RIGHT, name="second"))

    assert (written.model, written.release_id) == ("second", "")
    assert written.attempts == (Attempt("r-1", "live", "failed", 0.0),)


def test_a_row_without_an_alias_is_never_compared():
    assert ask(says(RIGHT)).attempts == ()


def test_the_time_that_is_compared_is_that_of_writing():
    clock = iter(range(1_000))
    chain = Chain([released_writer(RIGHT)], SITE, lambda: float(next(clock)), Canary())  # type: ignore[list-item]

    (attempt,) = chain.answer("Why?", EVIDENCE, budget_seconds=500.0, conversation="c-1").attempts

    assert 0 < attempt.seconds < 100


def test_nothing_released_is_said_in_a_sentence():
    with pytest.raises(Unavailable, match="no model is released as live yet"):
        released_of(a_row(model="", alias="live"), FixedAliases())


def test_nobody_reads_the_sign_for_no_answer_nor_the_sentence_after_it():
    heard: list[str] = []
    chain = Chain([released_writer(f"{NO_ANSWER}. The documents do not say this.")], SITE, time.monotonic)  # type: ignore[list-item]

    chain.answer("Why?", EVIDENCE, budget_seconds=5.0, on_piece=heard.append)

    assert heard == []
