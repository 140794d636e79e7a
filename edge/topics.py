"""Topics of the plant, and who may use which.

dt/lineside/<site>/<line>/<thing>              telemetry, from the device
cmd/lineside/<site>/<line>/<thing>/request     commands, to the device
cmd/lineside/<site>/<line>/<thing>/response    what the device answers
inspection/<site>/<line>/<thing>[/<taken>]     an image of what the machine makes, from its camera
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from edge.credentials import Login

_THING = re.compile(r"[a-zA-Z0-9:_-]{1,128}")


def telemetry_topic(site: str, line: str, thing: str) -> str:
    return f"dt/lineside/{site}/{line}/{thing}"


def command_prefix(site: str, line: str, thing: str) -> str:
    return f"cmd/lineside/{site}/{line}/{thing}/"


def request_topic(site: str, line: str, thing: str) -> str:
    return f"{command_prefix(site, line, thing)}request"


def response_topic(site: str, line: str, thing: str) -> str:
    return f"{command_prefix(site, line, thing)}response"


def response_filter(site: str) -> str:
    """What to subscribe to for the answers of every machine of a site."""
    return response_topic(site, "+", "+")


def thing_of_topic(site: str, topic: str, last: Literal["request", "response"]) -> tuple[str, str] | None:
    """(line, thing) of a command's topic of this site; None where it is none."""
    levels = topic.split("/")
    if len(levels) != 6 or levels[:3] != ["cmd", "lineside", site] or levels[5] != last:
        return None
    line, thing = levels[3:5]
    return (line, thing) if _THING.fullmatch(line) and _THING.fullmatch(thing) else None


class ImagePlace(NamedTuple):
    """Where an image comes from. `taken`: the topic's last level, an RFC 3339 time, or empty where it says none."""

    line: str
    thing: str
    taken: str = ""


def image_topic(site: str, line: str, thing: str) -> str:
    return f"inspection/{site}/{line}/{thing}"


def image_filter(site: str) -> str:
    """What to subscribe to for the images of every camera of a site."""
    return f"inspection/{site}/#"


def place_of_image(site: str, topic: str) -> ImagePlace | None:
    """Where an image of this site comes from; None where the topic is not one for its images."""
    levels = topic.split("/")
    if len(levels) not in (4, 5) or levels[:2] != ["inspection", site]:
        return None
    place = ImagePlace(*levels[2:])
    return place if _THING.fullmatch(place.line) and _THING.fullmatch(place.thing) else None


@dataclass(frozen=True)
class Rights:
    """What each login may publish and hear. A device: its own telemetry and images, its own commands and its answers to
    them. Nobody sends another's images, no gateway either: a camera has the login of the machine that it looks at.

    Nobody who logs in may publish a command: those leave the plant's own process and nothing else. A device that
    subscribes to all of its own `cmd` topics still hears requests only, since answers go to the plant and to nobody.
    """

    site: str
    logins: dict[str, Login]

    def may_publish(self, name: str, topic: str) -> bool:
        login = self.logins.get(name)
        if login is None:
            return False
        if self.may_send_images(name, topic):
            return True
        if not login.gateway:
            own = login.line, login.thing
            return topic in (telemetry_topic(self.site, *own), response_topic(self.site, *own))
        answers = thing_of_topic(self.site, topic, "response")
        if answers is not None:
            return answers[0] == login.line
        prefix = telemetry_topic(self.site, login.line, "")
        return topic.startswith(prefix) and _THING.fullmatch(topic, len(prefix)) is not None

    def may_send_images(self, name: str, topic: str) -> bool:
        """Whether this is the topic for images of the very thing that this login is for."""
        login, place = self.logins.get(name), place_of_image(self.site, topic)
        return login is not None and place is not None and place[:2] == (login.line, login.thing)

    def may_hear(self, name: str, topic_or_filter: str) -> bool:
        login = self.logins.get(name)
        if login is None:
            return False
        line_prefix = f"cmd/lineside/{self.site}/{login.line}/"
        prefix = line_prefix if login.gateway else command_prefix(self.site, login.line, login.thing)
        return topic_or_filter.startswith(prefix)
