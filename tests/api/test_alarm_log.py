"""What people did and said about an alarm, and what is told of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from lineside.alarms import lifecycle
from lineside.api.ports import AlarmEvent
from lineside.errors import Unavailable
from tests.api.conftest import ALARM, NOW_US, as_person

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = f"/api/alarms/{ALARM.alarm_id}"
MINUTE_US = 60_000_000


def history(plant: Plant) -> list[tuple[str, str]]:
    return [(event["what"], event["by"]) for event in plant.client.get(f"{URL}/history").json()]


def later(plant: Plant, minutes: float = 1) -> None:
    plant.clock[0] += round(minutes * MINUTE_US)


def test_the_life_of_an_alarm_is_told_in_order(plant: Plant) -> None:
    plant.raise_alarm(
        notified_us=NOW_US - 200_000_000, notifications=1, cleared_us=NOW_US + 9 * MINUTE_US, active=False
    )
    later(plant)
    plant.client.post(f"{URL}/acknowledge", headers=as_person("operator"))
    later(plant)
    plant.client.post(f"{URL}/comment", json={"text": " A box was stuck. "})
    later(plant)
    plant.client.post(f"{URL}/shelve", json={"reason": "cleaning", "minutes": 10})
    later(plant)
    plant.client.post(f"{URL}/unshelve")

    told = plant.client.get(f"{URL}/history").json()

    assert [(event["what"], event["by"]) for event in told] == [
        ("raised", "lineside"), ("told", "lineside"), ("acknowledged", "Olga"), ("comment", "Ada"), ("shelved", "Ada"),
        ("unshelved", "Ada"), ("cleared", "lineside"),
    ]  # fmt: skip
    notes = {event["what"]: event["note"] for event in told}
    assert notes["raised"] == "stop of Freezer Tunnel since 2025-03-03T06:05:00Z"
    assert notes["comment"] == "A box was stuck."
    assert notes["shelved"] == "cleaning (until 2025-03-03T06:23:00Z)"


def test_out_of_service_and_back_are_kept_with_the_work_order(plant: Plant) -> None:
    plant.raise_alarm()
    plant.client.post(f"{URL}/out-of-service", json={"work_order": "WO-7"})
    later(plant)
    plant.client.post(f"{URL}/return-to-service")

    assert history(plant)[1:] == [("out_of_service", "Ada"), ("returned_to_service", "Ada")]


def test_a_comment_names_the_person_and_the_second_click_adds_nothing(plant: Plant) -> None:
    plant.raise_alarm()

    first = plant.client.post(f"{URL}/comment", json={"text": "Looks like ice."})
    later(plant, 0.5)
    again = plant.client.post(f"{URL}/comment", json={"text": "Looks like ice."})
    other = plant.client.post(f"{URL}/comment", json={"text": "Looks like ice."}, headers=as_person("operator"))
    later(plant, 2)
    anew = plant.client.post(f"{URL}/comment", json={"text": "Looks like ice."})

    assert (first.status_code, first.json()) == (201, again.json())
    assert other.json()["by"] == "Olga"
    assert anew.json()["at"] == "2025-03-03T06:12:30Z"
    assert [by for what, by in history(plant) if what == "comment"] == ["Ada", "Olga", "Ada"]


@pytest.mark.parametrize(("text", "status"), [("", 422), ("  \n", 409), ("x" * 2_001, 422)])
def test_a_comment_needs_words_and_not_too_many(plant: Plant, text: str, status: int) -> None:
    plant.raise_alarm()

    assert plant.client.post(f"{URL}/comment", json={"text": text}).status_code == status
    assert history(plant) == [("raised", "lineside")]


@pytest.mark.parametrize("what", ["comment", "history", "acknowledge"])
def test_an_unknown_alarm_is_not_found(plant: Plant, what: str) -> None:
    if what == "history":
        answer = plant.client.get("/api/alarms/nothing/history")
    else:
        answer = plant.client.post(f"/api/alarms/nothing/{what}", json={"text": "x"} if what == "comment" else None)

    assert answer.status_code == 404


class Forgetful:
    """A log that is away when something is to be kept."""

    def append(self, event: AlarmEvent) -> None:
        raise Unavailable("the log is away")

    def of_alarm(self, alarm_id: str) -> list[AlarmEvent]:
        return []


def test_an_act_whose_entry_was_lost_is_told_from_the_alarm(plant: Plant) -> None:
    plant.raise_alarm()
    log = plant.services.alarm_log
    plant.has(alarm_log=Forgetful())

    answer = plant.client.post(f"{URL}/acknowledge")
    plant.has(alarm_log=log)

    assert answer.status_code == 503
    assert history(plant) == [("raised", "lineside"), ("acknowledged", "Ada")]


def test_what_the_rules_refuse_leaves_no_trace(plant: Plant) -> None:
    plant.raise_alarm()
    plant.client.post(f"{URL}/acknowledge")

    assert plant.client.post(f"{URL}/acknowledge").status_code == 409
    assert plant.client.post(f"{URL}/unshelve").status_code == 409
    assert history(plant) == [("raised", "lineside"), ("acknowledged", "Ada")]


def test_alarms_are_chosen_by_state_machine_and_line_in_a_stable_order(plant: Plant) -> None:
    plant.raise_alarm()
    plant.raise_alarm(alarm_id="b", device="Box Sealer", severity="high", victims=())
    plant.raise_alarm(alarm_id="a", device="Box Sealer", severity="high", victims=())
    quiet = replace(ALARM, alarm_id="c", device="Oven", victims=())
    plant.services.alarms.save(
        lifecycle.shelve(quiet, by="Ada", reason="x", until_us=NOW_US + MINUTE_US, now_us=NOW_US), was=None
    )

    def chosen(query: str) -> list[str]:
        return [alarm["alarm_id"] for alarm in plant.client.get(f"/api/alarms?{query}").json()]

    assert chosen("") == ["a", "b", ALARM.alarm_id, "c"]
    assert chosen("state=shelved") == ["c"]
    assert chosen("state=unacknowledged&state=shelved&line=line-1") == chosen("")
    assert chosen("machine=box-sealer") == chosen("machine=Box%20Sealer") == ["a", "b", ALARM.alarm_id]
    assert chosen("machine=Oven") == ["c"]
    assert plant.client.get("/api/alarms?state=loud").status_code == 422
    assert "did you mean 'Box Sealer'?" in plant.client.get("/api/alarms?machine=Box%20Seeler").json()["detail"]
