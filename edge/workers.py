"""The threads of the plant: started together, stopped together, and none dies unnoticed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Workers:
    """`stop` is set when the plant shall end; a thread that fails sets it too, and `failure` keeps why."""

    def __init__(self, on_failure: Callable[[], object]) -> None:
        self.stop = threading.Event()
        self.failure: BaseException | None = None
        self._on_failure = on_failure
        self._threads: list[threading.Thread] = []

    def start(self, name: str, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._run, args=(name, work), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            # Kept, not swallowed: the plant stops and the command ends with it.
            logger.exception("%s failed", name)
            self.failure = self.failure or error
            self.stop.set()
            self._on_failure()
