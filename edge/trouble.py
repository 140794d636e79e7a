"""What keeps a thread of the plant from its work: said once in the log, and in /health while it lasts."""

from __future__ import annotations

import logging
from collections.abc import Callable

from lineside.errors import Conflict, Unavailable

logger = logging.getLogger(__name__)


class Trouble:
    """`told` is empty while all is well. `what`: whose trouble it is, as in "commands"."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.told = ""

    def attempt(self, act: Callable[[], str]) -> None:
        """Do a turn of work, which returns what is wrong or nothing. What it could not do it does at the next turn."""
        try:
            told = act()
        except (Unavailable, Conflict) as error:
            told = str(error)
        except Exception as error:
            # A mistake of ours must not end the plant, which hears its machines meanwhile; it is tried again.
            told = f"{self._what} failed: {type(error).__name__}: {error}"
            if told != self.told:
                logger.exception("%s failed", self._what)
        if told and told != self.told:
            logger.error("%s wait: %s", self._what, told)
        self.told = told
