"""What detection remembers of a line from tick to tick, and how that is kept as bytes."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from lineside.detection.drift import Drift
from lineside.detection.episode import Moving
from lineside.detection.frozen import Repetition
from lineside.detection.habit import Habit
from lineside.detection.limits import Excursion
from lineside.detection.rejects import Rejects
from lineside.detection.settings import DEFAULT, SECOND_US, Settings
from lineside.detection.silent import Heard
from lineside.detection.traced import Traced
from lineside.line.states import StateHistory

_MAGIC = b"LSM"
VERSION = 1


class SignalMemory(msgspec.Struct):
    """One attribute of one device. Readings up to `cursor_us` have been taken; they are never taken twice."""

    cursor_us: int = 0
    unit: str = ""
    drift: Drift = msgspec.field(default_factory=Drift)
    repetition: Repetition = msgspec.field(default_factory=Repetition)
    excursions: dict[str, Excursion] = {}


class DeviceMemory(msgspec.Struct):
    """One device; `signals` by attribute, or `attribute@dataset`."""

    signals: dict[str, SignalMemory] = {}
    heard: Heard = msgspec.field(default_factory=Heard)
    moving: Moving = msgspec.field(default_factory=Moving)
    rejects: Rejects | None = None


class LineMemory(msgspec.Struct):
    """One line. `reason` says why it is fresh although there was one before.

    `traced`: rejecting machine -> what its rejects were traced to; they leave their window before the trouble is over.
    """

    devices: dict[str, DeviceMemory] = {}
    history: StateHistory = msgspec.field(default_factory=StateHistory)
    ticked_us: int = 0
    reason: str = ""
    traced: dict[str, Traced] = {}

    def reads_from_us(self, now_us: int, settings: Settings = DEFAULT) -> int:
        """From when on the next tick must read.

        That is where the tick before ended; further back for a device that is overdue, whose readings may come
        late; and never more than the longest look-back.
        """
        furthest_us = now_us - int(settings.look_back_seconds * SECOND_US)
        if not self.ticked_us:
            return furthest_us
        late_us = now_us - int(settings.late_seconds * SECOND_US)
        heard = (device.heard.last_us for device in self.devices.values())
        overdue_us = min((last_us for last_us in heard if last_us >= late_us), default=now_us)
        return max(furthest_us, min(self.ticked_us, overdue_us))

    def encode(self) -> bytes:
        """Version and compressed content."""
        return _MAGIC + bytes([VERSION]) + zlib.compress(_ENCODER.encode(self), 1)

    @classmethod
    def decode(cls, data: bytes | None) -> LineMemory:
        """What `encode` gave; a fresh one for None, and for what this version cannot read, with the reason."""
        if data is None:
            return cls()
        if data[:3] != _MAGIC or len(data) < 5:
            return cls(reason="what was kept is not a memory of detection")
        if data[3] != VERSION:
            return cls(reason=f"what was kept is of version {data[3]}, and this is version {VERSION}")
        try:
            return _DECODER.decode(zlib.decompress(data[4:]))
        except (zlib.error, msgspec.DecodeError) as error:
            return cls(reason=f"what was kept cannot be read: {error}")


def _pack(value: object) -> bytes:
    if isinstance(value, Habit):
        return value.pack()
    raise NotImplementedError(f"no way to keep {type(value).__name__}")


def _unpack(kind: type, value: Any) -> Habit:
    if kind is Habit:
        return Habit.unpack(value)
    raise NotImplementedError(f"no way to read {kind.__name__}")


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_pack)
_DECODER = msgspec.msgpack.Decoder(LineMemory, dec_hook=_unpack)
