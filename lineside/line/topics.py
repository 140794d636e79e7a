"""What a telemetry topic says: `dt/lineside/<site>/<line>/<thing>`.

AWS Basic Ingest publishes to `$aws/rules/<rule>/` followed by the topic; the prefix says nothing and is cut off.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lineside.errors import Malformed

_BASIC_INGEST = re.compile(r"\$aws/rules/[a-zA-Z0-9_]+/")
_TELEMETRY = re.compile(r"dt/lineside/([a-zA-Z0-9:_-]{1,128})/([a-zA-Z0-9:_-]{1,128})/([a-zA-Z0-9:_-]{1,128})")


class Topic(NamedTuple):
    """Where a message says it comes from."""

    site: str
    line: str
    thing: str


def parse_topic(topic: str) -> Topic:
    """The site, line and thing of a telemetry topic; `Malformed` where it is none."""
    prefix = _BASIC_INGEST.match(topic)
    match = _TELEMETRY.fullmatch(topic, prefix.end() if prefix else 0)
    if match is None:
        raise Malformed(f"{topic[:200]!r} is no telemetry topic; publish to dt/lineside/<site>/<line>/<thing>")
    return Topic(*match.groups())
