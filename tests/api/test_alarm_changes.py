"""What a person might change because of an alarm, over HTTP: a suggestion that proposes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineside.detection.finding import Evidence
from lineside.line.twin import CurrentValue
from tests.api.conftest import NOW_US, Plant, as_person
from tests.api.controlled import SITE, Controlled


@pytest.fixture
def controlled(plant: Plant) -> Iterator[Controlled]:
    made = Controlled(plant)
    line = SITE.lines[0]
    tunnel = line.machines[0]
    limited = {"Temperature": tunnel.attributes["Temperature"].model_copy(update={"low": -26, "high": -18})}
    warned = tunnel.model_copy(update={"attributes": tunnel.attributes | limited})
    machines = (warned, *line.machines[1:])
    plant.has(site=SITE.model_copy(update={"lines": (line.model_copy(update={"machines": machines}),)}))
    yield made
    made.records.close()


def test_an_alarm_tells_the_set_point_the_direction_one_step_and_why(controlled: Controlled) -> None:
    evidence = (Evidence("Freezer Tunnel", "Temperature", -15.5, NOW_US, "CEL"),)
    alarm = controlled.plant.raise_alarm(device="Freezer Tunnel", kind="limit", evidence=evidence)

    freezer, belt = controlled.get(f"alarms/{alarm.alarm_id}/changes", "viewer")

    assert (freezer["device"], freezer["attribute"]) == ("Freezer Tunnel", "TemperatureSetpoint")
    assert freezer["label"] == SITE.label("Freezer Tunnel", "TemperatureSetpoint")
    assert (freezer["direction"], freezer["value"], freezer["unit"]) == ("down", -23.0, "CEL")
    assert (freezer["because"]["label"], freezer["because"]["value"], freezer["because"]["limit"]) == (
        *("Air temperature", -15.5, -18.0),
    )
    assert (belt["attribute"], belt["direction"], belt["value"], belt["because"]) == ("SpeedSetpoint", "", None, None)
    assert controlled.get("commands") == []
    assert controlled.get("commands-audit")["entries"] == []


def test_what_is_suggested_is_what_the_rules_allow(controlled: Controlled) -> None:
    evidence = (Evidence("Freezer Tunnel", "Temperature", -15.5, NOW_US, "CEL"),)
    alarm = controlled.plant.raise_alarm(device="Freezer Tunnel", kind="limit", evidence=evidence)
    controlled.values["Freezer Tunnel"]["TemperatureSetpoint"] = CurrentValue(-25.0, NOW_US, "CEL")

    (change, _) = controlled.get(f"alarms/{alarm.alarm_id}/changes")
    told = controlled.propose(value=change["value"], alarm_id=alarm.alarm_id).json()

    assert change["value"] == -26.0
    assert (told["status"], told["alarm_id"]) == ("awaiting_approval", alarm.alarm_id)


def test_where_nothing_is_commanded_nothing_is_suggested(plant: Plant) -> None:
    alarm = plant.raise_alarm()

    assert plant.client.get(f"/api/alarms/{alarm.alarm_id}/changes").json() == []


def test_an_alarm_that_is_none_is_told_so(controlled: Controlled) -> None:
    answer = controlled.plant.client.get("/api/alarms/none/changes", headers=as_person("viewer"))

    assert (answer.status_code, answer.json()["detail"]) == (404, "there is no alarm 'none'")
