"""Why a message cannot be read. Every reason has a stable code, which dashboards count and tests name."""

from __future__ import annotations

import re
from typing import Final

from lineside.errors import Malformed

MAX_MESSAGE_BYTES: Final = 131_072
"""AWS IoT Core carries no more in one message, so more than this was not sent by a device of ours."""

MAX_NAME_LENGTH: Final = 128
MAX_TEXT_LENGTH: Final = 4_096

# C0 and C1 controls, line separators, and the marks that reverse or hide what a person reads.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Rejection(Malformed):
    """One message cannot be read. `code` is stable; `str(rejection)` is the sentence for a person."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def check_name(name: str, what: str) -> None:
    """Reject a device, attribute, dataset or unit that nobody could have meant. `what` begins the sentence."""
    if not name or name.isspace():
        raise Rejection("name_empty", f"{what} is empty")
    if len(name) > MAX_NAME_LENGTH:
        raise Rejection("name_too_long", f"{what} has {len(name)} characters; {MAX_NAME_LENGTH} are allowed")
    if _CONTROL.search(name):
        raise Rejection("control_characters", f"{what} contains control characters: {name!r}")


def check_text(value: str, attribute: str) -> None:
    """Reject a text value that is no message for a person. Tabs and line ends are allowed."""
    if len(value) > MAX_TEXT_LENGTH:
        raise Rejection(
            "text_too_long", f"the text of {attribute} has {len(value)} characters; {MAX_TEXT_LENGTH} are allowed"
        )
    if _CONTROL_IN_TEXT.search(value):
        raise Rejection("control_characters", f"the text of {attribute} contains control characters")
