"""What people do about alarms, over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lineside.alarms import lifecycle
from lineside.alarms.model import Alarm
from lineside.api.problems import STATUS_OF
from lineside.errors import Conflict, LinesideError
from tests.api.conftest import ALARM, NOW_US, advisory, as_person

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = f"/api/alarms/{ALARM.alarm_id}"


def test_open_alarms_come_most_urgent_first_with_cause_and_victims(plant: Plant) -> None:
    plant.raise_alarm()
    plant.raise_alarm(alarm_id="urgent", severity="critical", device="Box Sealer")

    urgent, other = plant.client.get("/api/alarms").json()

    assert urgent["alarm_id"] == "urgent"
    assert (other["device"], other["cause"], other["state"]) == ("Freezer Tunnel", "Freezer Tunnel", "unacknowledged")
    assert other["victims"] == [{"device": "Box Sealer", "lost_seconds": 120.0, "state": "starved"}]
    assert other["raised_at"] == "2025-03-03T06:06:00Z"


def test_acknowledging_names_the_person(plant: Plant) -> None:
    plant.raise_alarm()

    answer = plant.client.post(f"{URL}/acknowledge")

    assert answer.json()["state"] == "acknowledged"
    assert plant.stored().acknowledged_by == "Ada"
    assert plant.stored().acknowledged_us == NOW_US


def test_nobody_acts_in_another_persons_name(plant: Plant) -> None:
    plant.raise_alarm()

    answer = plant.client.post(f"{URL}/shelve", json={"by": "Bob", "reason": "cleaning", "minutes": 5})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "by: is not known here"
    assert plant.stored().overlay is None


def test_what_the_life_cycle_refuses_is_a_conflict_with_its_reason(plant: Plant) -> None:
    plant.raise_alarm()
    plant.client.post(f"{URL}/acknowledge")

    answer = plant.client.post(f"{URL}/acknowledge", headers=as_person("operator"))

    assert answer.status_code == 409
    assert answer.json()["detail"] == "cannot acknowledge an alarm that is acknowledged: it is already acknowledged"


def test_an_alarm_is_shelved_for_a_while_with_a_reason_and_taken_back(plant: Plant) -> None:
    plant.raise_alarm()

    shelved = plant.client.post(f"{URL}/shelve", json={"reason": "cleaning", "minutes": 30}).json()
    unshelved = plant.client.post(f"{URL}/unshelve").json()

    assert shelved["overlay"]["until"] == "2025-03-03T06:40:00Z"
    assert (shelved["overlay"]["by"], shelved["overlay"]["reason"]) == ("Ada", "cleaning")
    assert unshelved["overlay"] is None


def test_an_alarm_goes_out_of_service_under_a_work_order_and_returns(plant: Plant) -> None:
    plant.raise_alarm()

    out = plant.client.post(f"{URL}/out-of-service", json={"work_order": "WO-7"}).json()
    back = plant.client.post(f"{URL}/return-to-service").json()

    assert (out["overlay"]["kind"], out["overlay"]["work_order"]) == ("out_of_service", "WO-7")
    assert back["overlay"] is None


def test_an_act_survives_that_the_advisor_moved_the_alarm_a_moment_ago(plant: Plant) -> None:
    alarm = plant.raise_alarm()
    interfering = Interfering(plant, alarm)
    object.__setattr__(plant.services, "alarms", interfering)

    answer = plant.client.post(f"{URL}/acknowledge")

    assert interfering.conflicts == 1
    assert answer.json()["state"] == "normal"
    assert plant.stored().acknowledged_by == "Ada"


def test_an_unknown_alarm_is_not_found(plant: Plant) -> None:
    answer = plant.client.post("/api/alarms/nothing/acknowledge")

    assert answer.status_code == 404
    assert "nothing" in answer.json()["detail"]


def test_cleared_alarms_are_listed_when_history_is_asked_for(plant: Plant) -> None:
    gone = lifecycle.clear(lifecycle.acknowledge(ALARM, by="Ada", now_us=NOW_US - 2), NOW_US - 1)
    plant.services.alarms.save(gone, was=None)

    assert plant.client.get("/api/alarms").json() == []
    assert [one["state"] for one in plant.client.get("/api/alarms?hours=1").json()] == ["normal"]


def test_the_health_of_the_alarm_system_is_told(plant: Plant) -> None:
    plant.raise_alarm()

    health = plant.client.get("/api/alarms/health?hours=1").json()

    assert (health["alarms"], health["per_hour"], health["floods"]) == (1, 1.0, 0)
    assert health["top_offenders"] == [{"device": "Freezer Tunnel", "kind": "stop", "alarms": 1, "share": 1.0}]


def test_advisories_come_newest_first(plant: Plant) -> None:
    for number in (1, 2, 3):
        plant.services.advisories.save(advisory(number))

    newest, older = plant.client.get("/api/advisories?limit=2&line=line-1").json()

    assert (newest["advisory_id"], older["advisory_id"]) == ("a-3", "a-2")
    assert newest["steps"][0]["text"] == "Press STOP."


def test_every_error_of_ours_has_a_status() -> None:
    assert set(LinesideError.__subclasses__()) <= set(STATUS_OF)


class Interfering:
    """An alarm store in which the advisor clears the alarm just before the first save."""

    def __init__(self, plant: Plant, alarm: Alarm) -> None:
        self._store = plant.services.alarms
        self._alarm = alarm
        self.conflicts = 0

    def get(self, site: str, line: str, alarm_id: str) -> Alarm | None:
        return self._store.get(site, line, alarm_id)

    def save(self, alarm: Alarm, *, was: Alarm | None) -> None:
        if not self.conflicts:
            self._store.save(lifecycle.clear(self._alarm, NOW_US - 1), was=self._alarm)
        try:
            self._store.save(alarm, was=was)
        except Conflict:
            self.conflicts += 1
            raise


def test_a_body_that_is_too_long_is_refused_before_it_is_read(plant: Plant) -> None:
    taken = 0

    async def receive() -> dict[str, object]:
        nonlocal taken
        taken += 65_536
        return {"type": "http.request", "body": b" " * 65_536, "more_body": taken < 200_000_000}

    def answer(headers: list[tuple[bytes, bytes]]) -> object:
        sent: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        path = f"/api/alarms/{ALARM.alarm_id}/shelve"
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
        scope |= {
            "headers": [(b"content-type", b"application/json"), (b"authorization", b"Bearer Ada"), *headers],
            "http_version": "1.1",
        }
        asyncio.run(plant.application()(scope, receive, send))  # type: ignore[arg-type]
        return sent[0]["status"]

    assert answer([(b"content-length", b"200000000")]) == 413
    assert taken == 0
    assert answer([]) == 413
    assert taken < 2_000_000
