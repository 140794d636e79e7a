"""Which release a conversation gets: for as long as the aliases stay, and for at most half a minute longer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import pytest

from lineside.answering.writer import Released
from lineside.errors import Unavailable
from lineside.releases.aliases import KEPT_SECONDS, MOST_STALE_SECONDS, RETRY_SECONDS, CachedAliases
from lineside.releases.record import AliasTable
from tests.releases.builders import a_table

LIVE = Released("model-of-r-1", "r-1", "live")
CANARY = Released("model-of-r-2", "r-2", "canary")


@dataclass
class Store:
    """A store's table that a test changes, and a clock that it moves."""

    table: AliasTable = field(default_factory=AliasTable)
    broken: bool = False
    reads: int = 0
    now: float = 1000.0

    def read(self) -> AliasTable:
        self.reads += 1
        if self.broken:
            raise Unavailable("the table did not answer")
        return self.table

    def aliases(self) -> CachedAliases:
        return CachedAliases(self.read, lambda: self.now)


def conversations(number: int) -> list[str]:
    return [f"c-{each}" for each in range(number)]


def test_an_alias_means_its_release_and_none_before_there_is_one() -> None:
    store = Store(a_table("r-1", "r-2", "r-0"))

    assert store.aliases().released("live") == LIVE
    assert store.aliases().released("canary") == CANARY
    assert store.aliases().released("previous") == Released("model-of-r-0", "r-0", "previous")
    assert Store().aliases().released("live") is None
    assert store.aliases().released("history") is None


def test_a_share_of_the_conversations_gets_the_canary_and_keeps_it() -> None:
    aliases = Store(a_table("r-1", "r-2", canary_share=0.1)).aliases()

    first = {each: aliases.released("live", each) for each in conversations(5_000)}
    again = {each: aliases.released("live", each) for each in conversations(5_000)}

    assert first == again
    assert set(first.values()) == {LIVE, CANARY}
    assert 0.08 < list(first.values()).count(CANARY) / len(first) < 0.12


def test_every_function_gives_the_same_conversation_the_same_release() -> None:
    store = Store(a_table("r-1", "r-2", canary_share=0.5))
    one, other = store.aliases(), store.aliases()

    assert all(one.released("live", each) == other.released("live", each) for each in conversations(200))


def test_a_wider_share_takes_more_and_leaves_those_that_it_has() -> None:
    narrow = Store(a_table("r-1", "r-2", canary_share=0.1)).aliases()
    wide = Store(a_table("r-1", "r-2", canary_share=0.4)).aliases()

    had = {each for each in conversations(2_000) if narrow.released("live", each) == CANARY}
    has = {each for each in conversations(2_000) if wide.released("live", each) == CANARY}

    assert had < has


def test_another_canary_gets_other_conversations() -> None:
    one = Store(a_table("r-1", "r-2", canary_share=0.2)).aliases()
    other = Store(a_table("r-1", "r-3", canary_share=0.2)).aliases()

    both = [
        each
        for each in conversations(2_000)
        if one.released("live", each) != LIVE and other.released("live", each) != LIVE
    ]

    assert 0.02 < len(both) / 2_000 < 0.06, "a fifth of a fifth"


def test_who_has_no_conversation_gets_live() -> None:
    aliases = Store(a_table("r-1", "r-2", canary_share=0.5)).aliases()

    assert {aliases.released("live", "") for _ in range(50)} == {LIVE}
    assert aliases.released("previous", "c-1") is None


def test_a_rollback_is_seen_within_half_a_minute_and_not_asked_for_at_every_answer() -> None:
    store = Store(a_table("r-2", previous="r-1"))
    aliases = store.aliases()
    assert aliases.released("live") == Released("model-of-r-2", "r-2", "live")

    store.table = a_table("r-1", version=2)
    store.now += KEPT_SECONDS - 0.1
    soon = aliases.released("live")
    store.now += 0.2

    assert soon is not None
    assert soon.release_id == "r-2"
    assert store.reads == 1
    assert aliases.released("live") == LIVE
    assert KEPT_SECONDS + 10 <= 30, "ten seconds are left for reading"


def test_the_last_known_table_is_used_while_the_store_does_not_answer() -> None:
    store = Store(a_table("r-1"))
    aliases = store.aliases()
    aliases.released("live")
    store.broken = True

    store.now += MOST_STALE_SECONDS
    still = aliases.released("live")
    store.now += RETRY_SECONDS + 1

    assert still == LIVE
    with pytest.raises(Unavailable, match="did not answer"):
        aliases.released("live")


def test_a_store_that_did_not_answer_is_left_alone_for_some_seconds_and_then_believed_again() -> None:
    store = Store(a_table("r-1"), broken=True)
    aliases = store.aliases()

    for _ in range(3):
        with pytest.raises(Unavailable):
            aliases.released("live")
    assert store.reads == 1

    store.broken = False
    store.now += RETRY_SECONDS
    assert aliases.released("live") == LIVE


def test_many_who_ask_at_once_read_once() -> None:
    store = Store(a_table("r-1"))

    def slow() -> AliasTable:
        time.sleep(0.05)
        return store.read()

    aliases, found = CachedAliases(slow, lambda: 0.0), list[Released | None]()
    threads = [threading.Thread(target=lambda: found.append(aliases.released("live"))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [LIVE] * 8
    assert store.reads == 1
