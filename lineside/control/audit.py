"""The audit log of commands: append-only, each entry with the hash of the one before it.

An entry's hash is SHA-256 over its canonical encoding: the JSON array `[1, site, number, at_us, by, what, detail,
previous]` in UTF-8 without blanks, where `previous` is the hash of the entry before (64 zeros for the first) and
`detail` is the very text that was stored. A changed, removed, inserted or moved entry breaks the chain at its place.

Two things a chain cannot show by itself: that its end was cut off, and that all of it was written anew. Both show
against an `Anchor`, the number and hash of an entry, kept somewhere that whoever can write the log cannot: in a
mail, in a ticket, on paper. `anchor_of` gives it, and `verify` is asked with it the next time.
"""

from __future__ import annotations

import json
import math
import re
from collections import deque
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from lineside.errors import Malformed

FIRST: Final = "0" * 64
"""What the first entry has for the hash before it."""
SCHEMA: Final = 1


class Note(msgspec.Struct, frozen=True):
    """What is to be appended: who did what, when (microseconds), and the details as a JSON object."""

    at_us: int
    by: str
    what: str
    detail: str = "{}"


class Entry(msgspec.Struct, frozen=True):
    """One line of the log, as it is stored. `number` counts from 1, without a gap."""

    site: str
    number: int
    at_us: int
    by: str
    what: str
    detail: str
    previous: str
    hash: str


class Anchor(NamedTuple):
    """An entry that was there when somebody looked."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class Broken(NamedTuple):
    """The first entry that cannot be believed, and why."""

    number: int
    reason: str


_encode = msgspec.json.Encoder().encode
_entry = msgspec.json.Decoder(Entry, strict=True).decode


def note(at_us: int, by: str, what: str, **detail: object) -> Note:
    """With the details as JSON, their keys in order. A number that JSON has no sign for becomes its name."""
    return Note(at_us, by, what, json.dumps(_plain(detail), sort_keys=True, ensure_ascii=False, default=str))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def following(site: str, last: bytes | None, new: Note) -> Entry:
    """The entry that `new` becomes behind `last`, the newest as stored. `Malformed` where that is no entry."""
    number, previous = 1, FIRST
    if last is not None:
        before = decoded(last)
        number, previous = before.number + 1, before.hash
    said = (_text(new.by), _text(new.what), _text(new.detail))
    unsigned = Entry(site, number, new.at_us, *said, previous, "")
    return msgspec.structs.replace(unsigned, hash=hash_of(unsigned))


def _text(text: str) -> str:
    """As UTF-8 can carry it: half a surrogate pair in a name must not keep a deed out of the log."""
    return text.encode("utf-8", "replace").decode()


def encoded(entry: Entry) -> bytes:
    return _encode(entry)


def decoded(stored: bytes) -> Entry:
    """`Malformed` where it is no entry."""
    try:
        return _entry(stored)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"this is no entry of an audit log: {error}") from error


def hash_of(entry: Entry) -> str:
    """Over everything but the hash itself."""
    said = [
        *(SCHEMA, entry.site, entry.number, entry.at_us),
        *(entry.by, entry.what, entry.detail, entry.previous),
    ]
    return sha256(_encode(said)).hexdigest()


def anchor_of(entries: Iterable[bytes]) -> Anchor | None:
    """The last of them, to be kept elsewhere. None where there is none."""
    last = deque(entries, maxlen=1)
    if not last:
        return None
    entry = decoded(last[0])
    return Anchor(entry.number, entry.hash)


def anchor_from(text: str) -> Anchor:
    """As `str(anchor)` wrote it. `Malformed` for anything else."""
    found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", text.strip())
    if not found:
        raise Malformed("an anchor is the number and the hash of an entry, NUMBER:HASH, as this command prints it")
    return Anchor(int(found[1]), found[2])


def verify(site: str, entries: Iterable[bytes], anchor: Anchor | None = None) -> Broken | None:
    """The first broken entry of a whole log, in the order of storage; None where all of it holds, up to `anchor`."""
    previous, number = FIRST, 0
    for stored in entries:
        number += 1
        reason, previous = _checked(site, stored, number, previous)
        if not reason and anchor and anchor.number == number and anchor.hash != previous:
            reason = "it is another one than the anchor says: the log was written anew"
        if reason:
            return Broken(number, reason)
    if anchor and anchor.number > number:
        return Broken(number + 1, f"the log ends at {number}; the anchor says that there were at least {anchor.number}")
    return None


def _checked(site: str, stored: bytes, number: int, previous: str) -> tuple[str, str]:
    """Why it is broken ("" where it is not), and its hash."""
    try:
        entry = decoded(stored)
    except Malformed as error:
        return str(error), ""
    if encoded(entry) != stored:
        return "it is not stored as it was written", entry.hash
    if entry.site != site:
        return f"it belongs to another site, {entry.site!r}", entry.hash
    if entry.number != number:
        return f"it is numbered {entry.number}: entries were removed, inserted or moved", entry.hash
    if entry.previous != previous:
        return "it does not follow the entry before it: one of the two was changed", entry.hash
    if entry.hash != hash_of(entry):
        return "its content was changed", entry.hash
    return "", entry.hash
