"""What holding an answer to its evidence costs, and how that grows with the answer. Processor time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from lineside.answering.evidence import Evidence, Fact
from lineside.answering.names import Names
from lineside.answering.numbers import Grounds
from lineside.site import parse_site

SITE = parse_site(
    """
site: north
timezone: Europe/Copenhagen
lines:
  - id: line-1
    machines:
      - id: Vertical Conveyor
        feeds: [Box Sealer]
      - id: Freezer Tunnel
      - id: Box Sealer
"""
)
FACTS = (
    Fact("Vertical Conveyor stopped at 07:22 and stood for 9.7 min.", "alarms", 580.0, "SEC"),
    Fact("Freezer temperature of Freezer Tunnel: -17.3 °C at 07:22:30 CET.", "telemetry", -17.3, "CEL"),
)
SENTENCE = "Vertical Conveyor stopped at 07:22 and stood for 9.7 min; the Freezer Tunnel is at -17 °C, and it stands. "
ROUNDS = 30


def bench() -> Iterator[tuple[str, str]]:
    evidence = Evidence(FACTS)
    grounds = Grounds(evidence, Names(SITE))
    yield "preparing the evidence of two facts", _best(lambda: Grounds(evidence, Names(SITE)))
    for characters in (500, 1_000, 2_000, 4_000):
        answer = (SENTENCE * (characters // len(SENTENCE) + 1))[:characters]
        yield f"checking an answer of {characters:,} characters", _best(partial(grounds.unproven, answer))


def _best(work: Callable[[], object]) -> str:
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    spent.sort()
    return f"{spent[0] * 1e3:.2f} ms at best, {spent[len(spent) // 2] * 1e3:.2f} ms median"
