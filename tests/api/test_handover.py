"""The page for the next shift."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from lineside.alarms import lifecycle
from lineside.alarms.model import Alarm
from lineside.api.asked import Asked
from lineside.api.chat_models import FeedbackView
from lineside.api.handover import lost_seconds
from lineside.line.quarantine import Quarantined
from lineside.site.model import Shift
from lineside.telemetry.timestamps import parse
from tests.api.conftest import ALARM, NOW_US, SITE, advisory, as_person
from tests.api.lakes import lake_behind, said

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = "/api/lines/line-1/handover"
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
WINDOW = Asked(NOW_US - 8 * HOUR_US, NOW_US)


def page(plant: Plant, **asked: str) -> dict[str, Any]:
    answer = plant.client.get(URL, params=asked)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def cleared(minutes_ago: float, **changes: Any) -> Alarm:
    return replace(ALARM, active=False, cleared_us=NOW_US - round(minutes_ago * MINUTE_US), **changes)


def test_a_quiet_shift_says_so(plant: Plant) -> None:
    view = page(plant)

    assert view["headline"] == "Night, Early: no alarms"
    assert (view["since"], view["until"]) == ("2025-03-02T22:10:00Z", "2025-03-03T06:10:00Z")
    assert (view["lost_minutes"], view["alarms"], view["severities"]) == (0, [], {})
    assert view["losses"]["oee"] is None
    assert view["open_questions"] == ["Never heard: Freezer Tunnel, Box Sealer."]


def test_alarms_come_with_their_advice_and_what_was_done_about_them(plant: Plant) -> None:
    plant.raise_alarm()
    plant.services.advisories.save(advisory(1))
    plant.services.advisories.save(advisory(2))
    plant.client.post(f"/api/alarms/{ALARM.alarm_id}/acknowledge", headers=as_person("operator"))
    plant.clock[0] += MINUTE_US
    plant.client.post(f"/api/alarms/{ALARM.alarm_id}/comment", json={"text": "A box was stuck."})
    plant.clock[0] += MINUTE_US

    view = page(plant)

    (one,) = view["alarms"]
    assert one["alarm"]["cause"] == "Freezer Tunnel"
    assert one["advisory"]["advisory_id"] == "a-2"
    assert [(did["what"], did["by"], did["note"]) for did in one["done"]] == [
        ("acknowledged", "Olga", ""), ("comment", "Ada", "A box was stuck."),
    ]  # fmt: skip
    assert view["headline"] == "Night, Early: 1 alarm, 5 min lost, most of it by Freezer Tunnel (stop)"
    assert (view["lost_minutes"], view["severities"]) == (5.0, {"medium": 1})
    assert view["health"]["alarms"] == 1


def test_only_what_stood_in_the_window_is_on_the_page(plant: Plant) -> None:
    for alarm in (
        cleared(600, alarm_id="long ago", raised_us=NOW_US - 11 * HOUR_US, onset_us=NOW_US - 11 * HOUR_US),
        cleared(450, alarm_id="over since", raised_us=NOW_US - 9 * HOUR_US, onset_us=NOW_US - 9 * HOUR_US),
        replace(ALARM, alarm_id="standing", raised_us=NOW_US - 20 * HOUR_US, onset_us=NOW_US - 20 * HOUR_US),
    ):
        plant.services.alarms.save(alarm, was=None)

    now = [one["alarm"]["alarm_id"] for one in page(plant)["alarms"]]
    then = page(plant, since="2025-03-02T18:00:00Z", until="2025-03-02T20:30:00Z")

    assert now == ["standing", "over since"]
    assert [one["alarm"]["alarm_id"] for one in then["alarms"]] == ["standing", "long ago"]


def test_no_minute_is_lost_twice() -> None:
    def alarm(start: int, end: int, lost: float, **changes: Any) -> Alarm:
        begins_us, ends_us = NOW_US + start * MINUTE_US, NOW_US + end * MINUTE_US
        times = {"onset_us": begins_us, "raised_us": begins_us, "cleared_us": ends_us}
        return replace(ALARM, active=False, lost_seconds=lost * 60.0, **times, **changes)

    def minutes(*alarms: Alarm) -> float:
        return lost_seconds(alarms, WINDOW) / 60

    assert minutes(alarm(-20, -10, 10)) == 10
    assert minutes(alarm(-20, -10, 10), alarm(-18, -8, 10)) == 12
    assert minutes(alarm(-20, -10, 4), alarm(-18, -8, 4)) == 8
    assert minutes(alarm(-20, -10, 5), alarm(-20, -10, 4, caused_by="Oven")) == 5
    assert minutes(alarm(-500, -460, 40)) == pytest.approx(20)
    assert minutes(alarm(-20, 20, 40)) == pytest.approx(20)
    assert minutes(alarm(-900, -600, 90)) == 0


def test_shelved_and_out_of_service_alarms_say_until_when(plant: Plant) -> None:
    shelved = lifecycle.shelve(ALARM, by="Olga", reason="ice", until_us=NOW_US + HOUR_US, now_us=NOW_US - MINUTE_US)
    out = replace(ALARM, alarm_id="b", device="Box Sealer")
    plant.services.alarms.save(shelved, was=None)
    plant.services.alarms.save(
        lifecycle.take_out_of_service(out, by="Olga", work_order="WO-7", now_us=NOW_US), was=None
    )

    quiet = {one["overlay"]["kind"]: one["overlay"] for one in page(plant)["shelved"]}

    assert (quiet["shelved"]["until"], quiet["shelved"]["by"]) == ("2025-03-03T07:10:00Z", "Olga")
    assert quiet["out_of_service"]["work_order"] == "WO-7"


def test_what_is_open_is_asked_in_sentences(plant: Plant, tmp_path: Path) -> None:
    plant.has(site=SITE.model_copy(update={"timezone": "Europe/Copenhagen"}))
    plant.raise_alarm()
    plant.services.advisories.save(advisory(1))
    verdict = FeedbackView(
        feedback_id="f", about="advisory", about_id="a-1", verdict="down", reason="wrong_step",
        correction="Defrost first.", by="Olga", given_at="2025-03-03T06:08:00Z",
    )  # fmt: skip
    plant.services.feedback.save(verdict)
    plant.services.quarantine.keep(
        [Quarantined("north", "dt/x", bytes([at]), "not UTF-8", "encoding", received_us=at) for at in range(3)]
    )
    readings = [
        *said("Freezer Tunnel", "State", range(1_200, 3_000, 10), "Running"),
        *said("Box Sealer", "State", range(0, 3_000, 10), "Starved"),
    ]

    with lake_behind(plant, tmp_path, readings):
        asked = page(plant)["open_questions"]
        plant.client.post(f"/api/alarms/{ALARM.alarm_id}/comment", json={"text": "Olga is right."})
        plant.client.post(f"/api/alarms/{ALARM.alarm_id}/acknowledge")
        plant.clock[0] += 1
        later = page(plant)["open_questions"]

    assert asked == [
        "Freezer Tunnel: nobody has acknowledged the medium alarm (stop) of 07:06.",
        "Freezer Tunnel: why it stopped at 07:05 (5 min) is not noted.",
        "Box Sealer: 49.8 min starved without a cause that was seen.",
        "Freezer Tunnel: not heard since 06:50.",
        "Olga says of the advice on Freezer Tunnel that it names a wrong step: “Defrost first.”.",
        "3 messages wait in quarantine, most because: not UTF-8.",
    ]
    assert [sentence.partition(":")[0] for sentence in later] == [
        "Box Sealer", "Freezer Tunnel", "3 messages wait in quarantine, most because",
    ]  # fmt: skip


def test_a_shift_of_the_site_can_be_asked_for_by_the_plants_own_clock(plant: Plant) -> None:
    shifts = (Shift(name="Day", start="06:30"), Shift(name="Dark", start="18:30"))
    plant.has(site=SITE.model_copy(update={"timezone": "Europe/Copenhagen", "shifts": shifts}))
    plant.clock[0] = parse("2025-03-30T10:00:00Z")

    current, before = page(plant, shift="current"), page(plant, shift="previous")

    assert (current["shift"], current["since"], current["until"]) == (
        "Day", "2025-03-30T04:30:00Z", "2025-03-30T10:00:00Z",
    )  # fmt: skip
    assert (before["shift"], before["since"], before["until"]) == (
        "Dark", "2025-03-29T17:30:00Z", "2025-03-30T04:30:00Z",
    )  # fmt: skip
    assert [shift["name"] for shift in current["shifts"]] == ["Day", "Dark", "Day", "Dark"]
    assert plant.client.get(URL, params={"shift": "next"}).status_code == 422
