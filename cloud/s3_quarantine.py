"""Quarantine below `quarantine/` in the lake's bucket.

quarantine/waiting/site=S/<entry id>.json    waits for a replay
quarantine/resolved/site=S/<entry id>.json   has been read since
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from lineside.errors import Conflict
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import QUARANTINE
from lineside.lake.together import together
from lineside.line.quarantine import Quarantined

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Quarantined).decode


class S3Quarantine:
    """A `Quarantine` of one object per entry: a person may read it, and ingest needs no more than to put."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def keep(self, entries: Sequence[Quarantined]) -> None:
        together(self._objects, self._keep, list({entry.entry_id: entry for entry in reversed(entries)}.values()))

    def list(self, site: str, limit: int = 1_000) -> builtins.list[Quarantined]:
        keys = self._objects.list(_waiting(site, "").removesuffix(".json"))
        entries = together(self._objects, self._read, keys[:limit])
        return sorted((entry for entry in entries if entry), key=lambda entry: (entry.received_us, entry.entry_id))

    def get(self, site: str, entry_id: str) -> Quarantined | None:
        return self._read(_waiting(site, entry_id)) or self._read(_resolved(site, entry_id))

    def resolve(self, site: str, entry_id: str, now_us: int) -> None:
        entry = self._read(_waiting(site, entry_id))
        if entry is None:
            return
        self._objects.put(_resolved(site, entry_id), _encode(msgspec.structs.replace(entry, resolved_us=now_us)))
        self._objects.delete(_waiting(site, entry_id))

    def _keep(self, entry: Quarantined) -> None:
        with suppress(Conflict):  # It waits already.
            self._objects.put_if(_waiting(entry.site, entry.entry_id), _encode(entry), None)

    def _read(self, key: str) -> Quarantined | None:
        try:
            return _decode(self._objects.get(key))
        except KeyError:
            return None


def _waiting(site: str, entry_id: str) -> str:
    return f"{QUARANTINE}waiting/site={site}/{entry_id}.json"


def _resolved(site: str, entry_id: str) -> str:
    return f"{QUARANTINE}resolved/site={site}/{entry_id}.json"
