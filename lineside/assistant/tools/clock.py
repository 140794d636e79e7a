"""The time, as the plant's own clocks show it."""

from __future__ import annotations

from lineside.assistant.found import Found
from lineside.assistant.tools.look import Look

TOOL = "current_time"


def current_time(look: Look) -> Found:
    text = look.say("time.now", at=look.say.dated(look.now_us))
    return Found(TOOL, text, (look.item("time", TOOL, text, observed_us=look.now_us),))
