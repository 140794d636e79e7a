"""The audit log: what was changed, removed, inserted, cut off or written anew is found, at its entry."""

from __future__ import annotations

import json

import msgspec
import pytest

from lineside.control.audit import (
    FIRST,
    Anchor,
    anchor_from,
    anchor_of,
    decoded,
    encoded,
    following,
    hash_of,
    note,
    verify,
)
from lineside.errors import Malformed
from tests.control.commands import NOW_US


def a_log(length: int = 5, site: str = "bakery") -> list[bytes]:
    entries: list[bytes] = []
    for number in range(length):
        new = note(NOW_US + number, "Anna", "proposed", command_id=f"c-{number}", value=22.0)
        entries.append(encoded(following(site, entries[-1] if entries else None, new)))
    return entries


def forged(stored: bytes, **changes: object) -> bytes:
    """An entry with other content and a hash that fits it."""
    entry = msgspec.structs.replace(decoded(stored), **changes)
    return encoded(msgspec.structs.replace(entry, hash=hash_of(entry)))


def test_a_log_that_nobody_touched_holds() -> None:
    entries = a_log()

    assert verify("bakery", entries) is None
    assert verify("bakery", []) is None
    assert [decoded(each).number for each in entries] == [1, 2, 3, 4, 5]
    assert decoded(entries[0]).previous == FIRST


@pytest.mark.parametrize("change", [{"by": "Bert"}, {"at_us": 1}, {"what": "approved"}, {"detail": "{}"}])
def test_a_changed_entry_is_found_at_its_place(change: dict[str, object]) -> None:
    entries = a_log()
    entries[2] = encoded(msgspec.structs.replace(decoded(entries[2]), **change))

    broken = verify("bakery", entries)

    assert broken is not None
    assert (broken.number, broken.reason) == (3, "its content was changed")


def test_a_changed_entry_with_a_hash_that_fits_breaks_the_next_one() -> None:
    entries = a_log()
    entries[2] = forged(entries[2], by="Bert")

    broken = verify("bakery", entries)

    assert broken is not None
    assert broken.number == 4
    assert "does not follow" in broken.reason


def test_removed_inserted_and_moved_entries_are_found() -> None:
    entries = a_log()

    removed, inserted, moved = (
        entries[:1] + entries[2:],
        [*entries[:2], entries[1], *entries[2:]],
        entries[1:2] + entries[:1],
    )

    for log, at in ((removed, 2), (inserted, 3), (moved, 1)):
        broken = verify("bakery", log)
        assert broken is not None
        assert broken.number == at
        assert "removed, inserted or moved" in broken.reason


def test_a_log_of_another_site_and_what_is_no_entry_are_found() -> None:
    elsewhere, torn, spaced = verify("dairy", a_log()), verify("bakery", [b"{}"]), verify("bakery", [b" " + a_log()[0]])

    assert elsewhere is not None
    assert "another site" in elsewhere.reason
    assert torn is not None
    assert "no entry" in torn.reason
    assert spaced is not None
    assert "as it was written" in spaced.reason


def test_an_end_that_was_cut_off_shows_against_an_anchor_and_growth_does_not() -> None:
    entries = a_log()
    anchor = anchor_of(entries)

    cut = verify("bakery", entries[:3], anchor)

    assert verify("bakery", entries[:3]) is None
    assert cut is not None
    assert cut.number == 4
    assert "the log ends at 3" in cut.reason
    assert verify("bakery", a_log(7), anchor) is None
    assert verify("bakery", [], anchor) is not None


def test_a_log_that_was_written_anew_shows_against_an_anchor() -> None:
    anchor = anchor_of(a_log())
    anew = [encoded(following("bakery", None, note(NOW_US, "Bert", "proposed")))]
    while len(anew) < 5:
        anew.append(encoded(following("bakery", anew[-1], note(NOW_US, "Bert", "proposed"))))

    broken = verify("bakery", anew, anchor)

    assert verify("bakery", anew) is None
    assert broken is not None
    assert broken.number == 5
    assert "written anew" in broken.reason


def test_an_anchor_is_read_as_it_was_written_and_anything_else_is_refused() -> None:
    anchor = Anchor(12, "0f" * 32)

    assert anchor_from(str(anchor)) == anchor
    assert anchor_of([]) is None
    for text in ("", "12", "12:", f"0:{'0f' * 32}", f"x:{'0f' * 32}", f"12:{'0F' * 32}"):
        with pytest.raises(Malformed, match="NUMBER:HASH"):
            anchor_from(text)


def test_numbers_without_a_sign_in_json_and_halves_of_letters_keep_nothing_out_of_the_log() -> None:
    new = note(NOW_US, "An\ud800na", "proposed", checks=[{"value": float("nan")}, {"value": float("inf")}])

    stored = encoded(following("bakery", None, new))

    assert verify("bakery", [stored]) is None
    assert decoded(stored).by == "An?na"
    assert json.loads(decoded(stored).detail) == {"checks": [{"value": "nan"}, {"value": "inf"}]}
