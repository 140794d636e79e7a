"""What is automatic in a plant: after each look at a line, on the alarms just written, by the plant's own notifier."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge.folder import locked
from edge.plant import Plant, PlantParts
from edge.settings import PlantSettings
from edge.timer import now_us
from lineside.advice.model import Notification
from lineside.errors import Unavailable
from lineside.site import UNASSIGNED_LINE, parse_site
from lineside.telemetry.reading import Reading
from tests.api.conftest import ALARM

pytestmark = pytest.mark.loopback

SITE = parse_site(
    """
site: north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        commands:
          - attribute: SpeedSetpoint
            unit: RPM
            min: 5
            max: 12
            risk: low
            automatic: [{alarm: limit, cause: Freezer Tunnel, direction: down, largest_step: 1}]
"""
)


class Plants:
    """A plant in a folder, not running: its ticks are called. Each `tick` is a process started anew."""

    def __init__(self, folder: Path, *, away: bool = False) -> None:
        self.told: list[Notification] = []
        self._folder, self._away = folder, away

    def _hear(self, notification: Notification) -> None:
        self.told.append(notification)
        if self._away:
            raise Unavailable(f"the message {notification.fingerprint} did not leave")

    def tick(self, *, found: bool = True, times: int = 1) -> tuple[list[str], Plant]:
        """A look at the line that finds a limit passed, and one at what no line names; what /health says then."""
        settings = PlantSettings(data=self._folder, port=0)
        with locked(self._folder) as folder:
            plant = Plant(PlantParts(settings, folder, SITE, on_notification=self._hear))
            for _ in range(times):
                self._tick(plant, self._limit_passed(plant) if found else _nothing)
            plant._tick(_nothing, UNASSIGNED_LINE)
            troubles = list(plant.health().troubles)
            plant._opened.close()
        return troubles, plant

    def _tick(self, plant: Plant, look: Callable[[str, int], object]) -> None:
        try:
            plant._tick(look, "line-1")
        except Unavailable:
            return

    def _limit_passed(self, plant: Plant) -> Callable[[str, int], object]:
        def look(line: str, at_us: int) -> None:
            values = [Reading("Freezer Tunnel", "SpeedSetpoint", now_us(), 9.0, unit="RPM")]
            plant.stores.twin.update("north", line, values)
            alarm = replace(ALARM, kind="limit")
            if plant.stores.alarms.get("north", line, alarm.alarm_id) is None:
                plant.stores.alarms.save(alarm, was=None)

        return look


def _nothing(line: str, at_us: int) -> None:
    """A look that finds nothing new."""


def test_the_tick_that_raises_an_alarm_acts_on_it_and_no_later_one_does_so_again(tmp_path: Path) -> None:
    plants = Plants(tmp_path)

    troubles, _ = plants.tick(times=3)

    assert troubles == []
    (told,) = plants.told
    assert "Lineside changes Speed setpoint of Freezer Tunnel by itself from 9 to 8 rpm" in told.message


def test_people_who_could_not_be_told_are_told_after_a_restart_and_health_says_so_until_then(tmp_path: Path) -> None:
    away = Plants(tmp_path, away=True)
    troubles, _ = away.tick()
    back = Plants(tmp_path)

    healthy, _ = back.tick(found=False)

    (trouble,) = troubles
    assert trouble.startswith("the advisor of line-1 did not finish: the message automatic-")
    assert healthy == []
    assert [each.fingerprint for each in back.told] == [away.told[0].fingerprint]
    assert "This may have reached you before." in back.told[0].message
