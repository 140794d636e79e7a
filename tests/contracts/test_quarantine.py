from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cloud.s3 import S3Objects
from cloud.s3_quarantine import S3Quarantine
from edge.quarantine import SqliteQuarantine
from lineside.line.quarantine import Quarantine, Quarantined
from tests.lake.readings import SITE, SIX_US

TOPIC = "dt/lineside/bakery-north/line-1/oven"


def entry(raw: bytes = b"\xff\x00 no json", received_us: int = SIX_US, message_id: str = "m-1") -> Quarantined:
    return Quarantined(SITE, TOPIC, raw, "not JSON", "not_json", 3, message_id, received_us)


@pytest.fixture(params=["sqlite", "s3"])
def quarantine(request: pytest.FixtureRequest, tmp_path: Path) -> Quarantine:
    if request.param == "s3":
        return S3Quarantine(S3Objects(*request.getfixturevalue("bucket")))
    return SqliteQuarantine(tmp_path / "quarantine.sqlite")


def test_what_was_kept_waits_with_its_reason_and_its_bytes(quarantine: Quarantine):
    quarantine.keep([entry()])

    assert quarantine.list(SITE) == [entry()]
    assert quarantine.get(SITE, entry().entry_id) == entry()


def test_a_redelivery_is_kept_once_as_it_first_came(quarantine: Quarantine):
    quarantine.keep([entry(), entry()])
    quarantine.keep([entry(received_us=SIX_US + 9, message_id="m-2")])

    assert quarantine.list(SITE) == [entry()]


def test_entries_are_listed_by_site_oldest_first(quarantine: Quarantine):
    quarantine.keep([entry(b"b", SIX_US + 2), entry(b"a", SIX_US + 1)])
    quarantine.keep([msgspec.structs.replace(entry(b"c"), site="bakery-south")])

    assert [one.raw for one in quarantine.list(SITE)] == [b"a", b"b"]
    assert len(quarantine.list(SITE, limit=1)) == 1


def test_what_was_resolved_waits_no_longer_and_stays_on_record(quarantine: Quarantine):
    quarantine.keep([entry()])

    quarantine.resolve(SITE, entry().entry_id, SIX_US + 5)
    quarantine.resolve(SITE, entry().entry_id, SIX_US + 9)
    quarantine.resolve(SITE, "unheard-of", SIX_US + 9)

    assert quarantine.list(SITE) == []
    assert quarantine.get(SITE, entry().entry_id) == msgspec.structs.replace(entry(), resolved_us=SIX_US + 5)
    assert quarantine.get(SITE, "unheard-of") is None


def test_what_was_resolved_and_comes_again_waits_again(quarantine: Quarantine):
    quarantine.keep([entry()])
    quarantine.resolve(SITE, entry().entry_id, SIX_US + 5)

    quarantine.keep([entry(received_us=SIX_US + 7)])

    assert quarantine.list(SITE) == [entry(received_us=SIX_US + 7)]
