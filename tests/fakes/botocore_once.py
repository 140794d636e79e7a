"""botocore reads and compiles the description of a service again for every session and client; here once a process.

What is shared is never written to: descriptions, rules for addresses, and other names of events. Each session and
client keeps its own credentials, settings and listeners.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.regions
import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.hooks import EVENT_ALIASES, EventAliaser
from botocore.loaders import create_loader


def read_descriptions_once() -> None:
    """For this process, until it ends."""
    botocore.session.create_loader = cache(create_loader)
    botocore.regions.EndpointProvider = _address_rules
    EventAliaser.__init__ = _share_names


_RULES: dict[tuple[int, ...], tuple[EndpointProvider, Any]] = {}


def _address_rules(**given: Any) -> EndpointProvider:
    # What they are made of is kept beside them, so nothing else can come to lie at the same place in memory.
    key = tuple(id(value) for value in given.values())
    if key not in _RULES:
        _RULES[key] = EndpointProvider(**given), given
    return _RULES[key][0]


_make_aliaser = EventAliaser.__init__
_NAMES: dict[str, str] = {}


def _share_names(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
    _make_aliaser(self, event_emitter, event_aliases)
    if event_aliases is None or event_aliases == EVENT_ALIASES:
        self._alias_name_cache = _NAMES
