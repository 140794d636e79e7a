"""The inbox: nothing acknowledged is lost, and a full disk or a locked file stops acknowledging, not the plant."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from edge.inbox import Inbox, InboxLimits
from lineside.errors import Unavailable

TOPIC = "dt/lineside/plant/line-1/press"


class Acknowledged:
    """Counts what has become durable; `wait_for` a number of them."""

    def __init__(self) -> None:
        self._count = threading.Semaphore(0)
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        self._count.release()

    def wait_for(self, number: int) -> None:
        for _ in range(number):
            assert self._count.acquire(timeout=10)


def put(inbox: Inbox, number: int, acknowledged: Acknowledged, payload: bytes = b"{}") -> None:
    for received_us in range(number):
        inbox.put(TOPIC, payload, received_us, acknowledged)


def test_what_is_acknowledged_is_still_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    inbox, acknowledged = Inbox(tmp_path / "inbox.db"), Acknowledged()
    put(inbox, 3, acknowledged)
    acknowledged.wait_for(3)
    inbox.close()

    again = Inbox(tmp_path / "inbox.db")

    assert again.backlog == 3
    assert again.wait_for_backlog(0)
    again.close()


def test_messages_leave_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    inbox, acknowledged = Inbox(tmp_path / "inbox.db"), Acknowledged()
    put(inbox, 50, acknowledged)
    acknowledged.wait_for(50)

    claim = inbox.claim()

    assert claim is not None
    assert [message.received_us for message in claim.messages] == list(range(50))
    inbox.close()


def test_a_batch_that_a_crash_interrupted_comes_again_exactly_as_it_was(tmp_path: Path) -> None:
    inbox, acknowledged = Inbox(tmp_path / "inbox.db"), Acknowledged()
    put(inbox, 2, acknowledged)
    acknowledged.wait_for(2)
    interrupted = inbox.claim()
    put(inbox, 5, acknowledged)
    acknowledged.wait_for(5)
    inbox.close()

    again = Inbox(tmp_path / "inbox.db")

    assert again.claim() == interrupted
    again.close()


def test_a_finished_batch_is_gone_and_counted_and_its_sequences_never_come_back(tmp_path: Path) -> None:
    inbox, acknowledged = Inbox(tmp_path / "inbox.db"), Acknowledged()
    put(inbox, 2, acknowledged)
    acknowledged.wait_for(2)
    claim = inbox.claim()
    assert claim is not None
    inbox.finish(claim, {"received": 2, "stored": 2})
    inbox.close()

    again = Inbox(tmp_path / "inbox.db")
    sequence = again.put(TOPIC, b"{}", 0, acknowledged)

    assert again.counters() == {"received": 2, "stored": 2}
    assert sequence > claim.last
    again.close()


def test_a_batch_is_bounded_in_messages_and_in_bytes(tmp_path: Path) -> None:
    limits = InboxLimits(batch_messages=10, batch_bytes=250)
    inbox, acknowledged = Inbox(tmp_path / "inbox.db", limits=limits), Acknowledged()
    put(inbox, 4, acknowledged, payload=b"x" * 100)
    acknowledged.wait_for(4)

    claim = inbox.claim()

    assert claim is not None
    assert len(claim.messages) == 2
    inbox.close()


def test_a_locked_file_delays_the_acknowledgement_and_loses_nothing(tmp_path: Path) -> None:
    inbox, acknowledged = Inbox(tmp_path / "inbox.db"), Acknowledged()
    other = sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    put(inbox, 5, acknowledged)
    wait_until(lambda: bool(inbox.trouble))
    while_locked = acknowledged.count

    other.execute("ROLLBACK")
    acknowledged.wait_for(5)

    assert while_locked == 0
    assert inbox.trouble == ""
    assert inbox.backlog == 5
    other.close()
    inbox.close()


def test_a_full_disk_delays_the_acknowledgement_and_loses_nothing(tmp_path: Path) -> None:
    inbox, acknowledged = Inbox(tmp_path / "inbox.db", max_pages=20), Acknowledged()
    put(inbox, 10, acknowledged, payload=b"x" * 20_000)
    wait_until(lambda: bool(inbox.trouble))
    while_full = acknowledged.count

    inbox._database.execute("PRAGMA max_page_count = 100000")  # room again
    acknowledged.wait_for(10)

    assert while_full == 0
    assert "full" not in inbox.trouble
    assert inbox.backlog == 10
    inbox.close()


def test_the_tap_closes_while_too_much_waits_and_opens_again(tmp_path: Path) -> None:
    limits = InboxLimits(backlog_bytes=1_000)
    inbox, acknowledged = Inbox(tmp_path / "inbox.db", limits=limits), Acknowledged()
    put(inbox, 2, acknowledged, payload=b"x" * 600)
    acknowledged.wait_for(2)
    full = inbox.room

    claim = inbox.claim()
    assert claim is not None
    inbox.finish(claim, {})

    assert not full
    assert inbox.room
    inbox.close()


def test_a_closing_inbox_takes_nothing_more(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    inbox.close()

    with pytest.raises(Unavailable, match="closing"):
        inbox.put(TOPIC, b"{}", 0, Acknowledged())


def wait_until(true: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)
