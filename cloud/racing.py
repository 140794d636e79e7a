"""What a writer does who lost a race on DynamoDB: wait a random moment, then try again on what the winner wrote."""

from __future__ import annotations

import random
import time

_FIRST_WAIT_SECONDS = 0.01


def wait_a_moment(lost: int) -> None:
    """Sleep up to 10 ms after the first lost race, and up to twice as long after each further one (full jitter)."""
    time.sleep(random.uniform(0, _FIRST_WAIT_SECONDS * 2**lost))  # noqa: S311  no secret hangs on it
