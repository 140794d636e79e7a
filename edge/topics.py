"""Topics of the plant, and who may use which.

dt/lineside/<site>/<line>/<thing>              telemetry, from the device
cmd/lineside/<site>/<line>/<thing>/request     commands, to the device
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.credentials import Login

_THING = re.compile(r"[a-zA-Z0-9:_-]{1,128}")


def telemetry_topic(site: str, line: str, thing: str) -> str:
    return f"dt/lineside/{site}/{line}/{thing}"


def command_prefix(site: str, line: str, thing: str) -> str:
    return f"cmd/lineside/{site}/{line}/{thing}/"


@dataclass(frozen=True)
class Rights:
    """What each login may publish and hear. A device: its own telemetry and its own commands, nothing else."""

    site: str
    logins: dict[str, Login]

    def may_publish(self, name: str, topic: str) -> bool:
        login = self.logins.get(name)
        if login is None:
            return False
        if not login.gateway:
            return topic == telemetry_topic(self.site, login.line, login.thing)
        prefix = telemetry_topic(self.site, login.line, "")
        return topic.startswith(prefix) and _THING.fullmatch(topic, len(prefix)) is not None

    def may_hear(self, name: str, topic_or_filter: str) -> bool:
        login = self.logins.get(name)
        if login is None:
            return False
        line_prefix = f"cmd/lineside/{self.site}/{login.line}/"
        prefix = line_prefix if login.gateway else command_prefix(self.site, login.line, login.thing)
        return topic_or_filter.startswith(prefix)
