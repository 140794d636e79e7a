"""What recorded speech is made of, and the names that are spoken here and stand in no dictionary."""

from __future__ import annotations

from typing import Final

from lineside.site.model import Machine, Site

LONGEST_AUDIO_BYTES: Final = 1_572_864
LONGEST_AUDIO_SECONDS: Final = 30
AUDIO_TYPES: Final = ("audio/webm", "audio/mp4", "audio/ogg", "audio/wav")
MOST_WORDS: Final = 200


def media_type_of(audio: bytes) -> str:
    """What the recording is by its first bytes, whatever its sender calls it; "" for what is none of `AUDIO_TYPES`."""
    if audio.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if audio.startswith(b"OggS"):
        return "audio/ogg"
    if audio[4:8] == b"ftyp":
        return "audio/mp4"
    if audio.startswith(b"RIFF") and audio[8:12] == b"WAVE":
        return "audio/wav"
    return ""


def vocabulary_of(site: Site) -> tuple[str, ...]:
    """Machines, then what people call their attributes; each once, and no more than a recogniser can use."""
    machines = [machine for line in site.lines for machine in line.machines]
    words = [machine.id for machine in machines]
    words += [label for machine in machines for label in _labels(machine)]
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def _labels(machine: Machine) -> list[str]:
    return [machine.label(attribute) for attribute in machine.attributes]
