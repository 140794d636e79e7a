"""Sixty random lines with faults: stops, slow and silent machines, two at once, and one on another branch.

`python -m tests.alarms.scoring 1000 60` prints the same score with a remark on every mistake.
"""

from __future__ import annotations

import random

import pytest

from lineside.alarms.cause import Incident
from lineside.alarms.model import Victim
from lineside.site.model import Line
from tests.alarms.lines import draw
from tests.alarms.scoring import Played, Score, play, play_all, score

pytestmark = pytest.mark.slow

SEEDS = range(1000, 1060)
WANTED_TOP_1, WANTED_PRECISION, WANTED_RECALL = 0.9, 0.8, 0.8


def is_good(scored: Score) -> bool:
    return scored.top_1 >= WANTED_TOP_1 and scored.precision >= WANTED_PRECISION and scored.recall >= WANTED_RECALL


def shuffled_causes(incidents: list[Incident], line: Line, chance: random.Random) -> list[Incident]:
    names = [machine.id for machine in line.machines]
    return [_with(incident, device=chance.choice(names)) for incident in incidents]


def everybody_a_victim(incidents: list[Incident], line: Line, chance: random.Random) -> list[Incident]:
    names = [machine.id for machine in line.machines]
    return [
        _with(incident, victims=tuple(Victim(name, 60.0) for name in names if name != incident.device))
        for incident in incidents
    ]


def nothing_found(incidents: list[Incident], line: Line, chance: random.Random) -> list[Incident]:
    return []


def _with(incident: Incident, *, device: str = "", victims: tuple[Victim, ...] | None = None) -> Incident:
    return Incident(
        device or incident.device,
        incident.kind,
        incident.onset_us,
        incident.finding,
        incident.victims if victims is None else victims,
        incident.lost_seconds,
    )


@pytest.fixture(scope="module")
def played() -> list[Played]:
    return play_all(SEEDS)


def test_causes_and_victims_are_named_on_lines_never_seen_before(played):
    scored = score(played)

    assert scored.faults >= 50
    assert is_good(scored), "\n".join([str(scored), *scored.remarks])


@pytest.mark.parametrize("variant", [shuffled_causes, everybody_a_victim, nothing_found])
def test_a_broken_variant_fails_the_same_score(played, variant):
    assert not is_good(score(played[:15], variant))


def test_healthy_lines_with_micro_stops_accuse_hardly_anybody():
    scored = Score()
    for seed in range(2000, 2012):
        scored.add(play((draw(seed), ())))

    assert scored.wrongly_named <= 1, "\n".join(scored.remarks)
