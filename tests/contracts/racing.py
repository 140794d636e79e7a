"""Several writers at the same moment, and what each of them met."""

from __future__ import annotations

import threading
from collections.abc import Callable


def at_once(write: Callable[[int], object], writers: int) -> dict[int, Exception | None]:
    """Call `write` with 0, 1, ... from so many threads at one moment: by its number what each met, None where nothing.

    An exception in a thread reaches no test by itself.
    """
    barrier, met = threading.Barrier(writers), dict[int, Exception | None]()

    def work(number: int) -> None:
        barrier.wait()
        try:
            write(number)
            met[number] = None
        except Exception as error:
            met[number] = error

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met
