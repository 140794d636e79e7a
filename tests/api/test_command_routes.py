"""Commands over HTTP: what may be set, who proposes, who agrees, and what is said when it cannot be."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from lineside.api.access import Person, Role
from lineside.control.audit import verify
from lineside.line.twin import CurrentValue
from tests.api.conftest import NOW_US, PEOPLE, Plant
from tests.api.controlled import Controlled


@pytest.fixture
def controlled(plant: Plant) -> Any:
    made = Controlled(plant)
    yield made
    made.records.close()


def detail(answer: httpx.Response, status: int) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    return str(answer.json()["detail"])


def test_what_may_be_set_is_told_with_the_value_in_force(controlled: Controlled) -> None:
    temperature, speed = controlled.get("command-points", "viewer")

    assert (temperature["attribute"], temperature["value"], temperature["unit"]) == (
        "TemperatureSetpoint",
        -21.0,
        "CEL",
    )
    assert (temperature["min"], temperature["max"], temperature["risk"]) == (-26, -18, "medium")
    assert temperature["readback"] == "Temperature within 0.5 CEL of it after 30 s at the latest"
    assert speed["interlocks"] == ["State of the Box Sealer must be Running"]
    assert (speed["in_flight"], speed["allowed_states"]) == ("", [])


def test_a_value_that_nobody_refreshed_is_not_shown_as_in_force(controlled: Controlled) -> None:
    stale = CurrentValue(-21.0, NOW_US - 61_000_000, "CEL")
    controlled.values["Freezer Tunnel"]["TemperatureSetpoint"] = stale

    assert controlled.get("command-points")[0]["value"] is None


def test_the_value_in_force_is_told_in_the_unit_of_the_point(controlled: Controlled) -> None:
    controlled.values["Freezer Tunnel"]["TemperatureSetpoint"] = CurrentValue(-5.8, NOW_US, "FAH")

    point = controlled.get("command-points")[0]

    assert (point["value"], point["unit"]) == (pytest.approx(-21.0), "CEL")


def test_medium_risk_waits_for_a_second_person_and_is_sent_after_their_yes(controlled: Controlled) -> None:
    proposed = controlled.propose().json()
    refused = controlled.post("commands/c-1/decision", approved=True, version=proposed["version"])
    approved = controlled.post("commands/c-1/decision", who="engineer", approved=True, version=proposed["version"])
    controlled.desk.turn(NOW_US + 1_000_000)
    sent = controlled.get("commands/c-1")

    assert (proposed["status"], proposed["proposed_by"]) == ("awaiting_approval", "Olga")
    assert (proposed["was"], proposed["value"]) == (-21.0, -22.5)
    assert "somebody else than Olga" in detail(refused, 409)
    assert (approved.json()["status"], approved.json()["approved_by"]) == ("approved", "Enno")
    assert (sent["status"], sent["done"]) == ("sent", False)
    assert [message.value for message in controlled.sent.messages] == [-22.5]


def test_low_risk_needs_nobody_else(controlled: Controlled) -> None:
    told = controlled.propose(attribute="SpeedSetpoint", value=9.5, unit="RPM").json()

    assert (told["status"], told["label"]) == ("approved", "Approved, not sent yet")


def test_the_same_proposal_sent_twice_is_one_command(controlled: Controlled) -> None:
    first = controlled.propose().json()
    controlled.plant.clock[0] += 5_000_000
    again = controlled.propose().json()
    other = controlled.propose(value=-22.0)

    assert again == first
    assert "another command" in detail(other, 409)
    assert len(controlled.get("commands")) == 1


def test_what_the_rules_refuse_is_kept_with_its_reason(controlled: Controlled) -> None:
    told = controlled.propose(value=-30.0).json()

    assert (told["status"], told["ended"], told["done"]) == ("rejected", True, False)
    assert "-30" in told["reason"]
    assert controlled.get("commands")[0]["command_id"] == "c-1"


def test_a_check_keeps_nothing(controlled: Controlled) -> None:
    asked = {"device": "Freezer Tunnel", "attribute": "TemperatureSetpoint", "value": -30.0, "unit": "CEL"}

    told = controlled.post("commands/check", command_id="c-1", **asked).json()

    assert told["decision"] == "refused"
    assert {each["name"] for each in told["checks"] if not each["passed"]}
    assert controlled.get("commands") == []
    assert controlled.get("commands-audit")["entries"] == []
    assert controlled.get(f"commands-audit?after={10**20}")["entries"] == []


@pytest.mark.parametrize("version", [True, "1", 1.0])
def test_a_version_that_is_no_whole_number_decides_nothing(controlled: Controlled, version: object) -> None:
    controlled.propose()

    answer = controlled.post("commands/c-1/decision", who="engineer", approved=True, version=version)

    assert detail(answer, 422).startswith("version: ")
    assert controlled.get("commands/c-1")["status"] == "awaiting_approval"


def test_who_looked_at_an_older_state_decides_nothing(controlled: Controlled) -> None:
    version = controlled.propose().json()["version"]

    answer = controlled.post("commands/c-1/decision", who="engineer", approved=True, version=version + 1)

    assert "look again" in detail(answer, 409)
    assert controlled.get("commands/c-1")["status"] == "awaiting_approval"


def test_a_no_ends_it_with_who_and_why(controlled: Controlled) -> None:
    version = controlled.propose().json()["version"]

    told = controlled.post(
        "commands/c-1/decision", who="engineer", approved=False, version=version, note="defrost first"
    ).json()

    assert (told["status"], told["reason"]) == ("rejected", "Enno said no: defrost first")


def test_one_takes_back_ones_own_and_nobody_elses(controlled: Controlled) -> None:
    controlled.propose()

    other = controlled.post("commands/c-1/withdraw", who="engineer")
    own = controlled.post("commands/c-1/withdraw", note="typing mistake")

    assert "only Olga" in detail(other, 409)
    assert own.json()["status"] == "rejected"


def test_a_proposal_whose_time_is_over_is_told_as_expired(controlled: Controlled) -> None:
    version = controlled.propose(expires_in_seconds=10).json()["version"]
    controlled.plant.clock[0] += 11_000_000

    answer = controlled.post("commands/c-1/decision", who="engineer", approved=True, version=version)

    assert controlled.get("commands/c-1")["status"] == "expired"
    assert answer.status_code == 409


def test_any_operator_stops_automation_and_an_engineer_starts_it_again(controlled: Controlled) -> None:
    stopped = controlled.post("automation", stopped=True, reason="smoke").json()
    refused = controlled.post("automation", stopped=False, reason="all clear")
    started = controlled.post("automation", who="engineer", stopped=False, reason="all clear").json()

    assert (stopped["stopped"], started["stopped"]) == (True, False)
    assert "engineer" in detail(refused, 409)
    assert controlled.get("automation", "viewer") == {"stopped": False}


def test_the_audit_log_holds_every_act_and_its_chain_holds(controlled: Controlled) -> None:
    version = controlled.propose().json()["version"]
    controlled.post("commands/c-1/decision", who="engineer", approved=True, version=version)

    entries = controlled.get("commands-audit")["entries"]

    assert [(each["by"], each["what"]) for each in entries] == [("Olga", "proposed"), ("Enno", "approve")]
    assert '"decision"' in entries[0]["detail"]
    assert verify("north", controlled.audit.entries("north")) is None


def test_what_is_automatic_is_told_row_by_row_with_how_it_stands(controlled: Controlled) -> None:
    ready = controlled.get("commands/automatic", "viewer")
    command_id = controlled.acts()
    (acted,) = controlled.get("commands/automatic")["rows"]
    controlled.post("automation", stopped=True, reason="smoke")
    all_stopped = controlled.get("commands/automatic")

    (row,) = ready["rows"]
    assert ready["stopped"] is False
    assert {name: row[name] for name in ("line", "device", "attribute", "alarm", "cause", "direction")} == {
        "line": "line-1",
        "device": "Freezer Tunnel",
        "attribute": "SpeedSetpoint",
        "alarm": "limit",
        "cause": "Freezer Tunnel",
        "direction": "down",
    }
    assert (row["largest_step"], row["unit"], row["max_per_hour"], row["may_reset"]) == (1, "RPM", 2, "engineer")
    assert (row["state"], row["why"], row["stopped_at"], row["acted_last_hour"]) == ("ready", "", None, 0)
    assert (acted["state"], acted["command_id"], acted["acted_last_hour"]) == ("waiting", command_id, 1)
    assert "judged 10 minutes after it was sent" in acted["why"]
    assert (all_stopped["stopped"], all_stopped["rows"][0]["why"]) == (True, "all automation is stopped")


def test_a_row_that_has_used_its_hour_up_waits(controlled: Controlled) -> None:
    for _ in range(2):
        controlled.acts()
        controlled.alarms = []
        controlled.later(120)
        controlled.desk.turn(controlled.plant.clock[0])
        controlled.desk.automate("line-1", controlled.plant.clock[0], lambda _: None)

    (row,) = controlled.get("commands/automatic")["rows"]

    assert (row["state"], row["why"]) == ("waiting", "it has acted 2 times in the last hour, and may 2 times")


def test_a_row_that_stopped_says_why_and_acts_again_once_somebody_who_may_approve_it_says_so(
    controlled: Controlled,
) -> None:
    command_id = controlled.stops()
    (row,) = controlled.get("commands/automatic")["rows"]
    asked = {"line": "line-1", "key": row["key"]}

    operator = controlled.post("commands/automatic/reset", **asked)
    engineer = controlled.post("commands/automatic/reset", who="engineer", **asked)
    twice = controlled.post("commands/automatic/reset", who="engineer", **asked)

    assert (row["state"], row["command_id"]) == ("stopped", command_id)
    assert row["why"] == "limit at Freezer Tunnel has not improved within 10 minutes of the last change"
    assert row["stopped_at"] == "2025-03-03T06:20:01Z"
    assert "takes the role engineer" in detail(operator, 409)
    assert (engineer.json()["rows"][0]["state"], engineer.json()["rows"][0]["stopped_at"]) == ("ready", None)
    assert "not stopped" in detail(twice, 409)
    entries = controlled.get("commands-audit")["entries"]
    assert [(each["by"], each["what"]) for each in entries[-2:]] == [
        ("lineside", "automatic row stopped"),
        ("Enno", "automatic row reset"),
    ]
    assert verify("north", controlled.audit.entries("north")) is None


@pytest.mark.parametrize("asked", [{"line": "line-1", "key": "another"}, {"line": "line-9", "key": "another"}])
def test_a_row_that_is_not_declared_is_not_found(controlled: Controlled, asked: dict[str, str]) -> None:
    answer = controlled.post("commands/automatic/reset", who="engineer", **asked)

    assert answer.status_code == 404


def test_who_holds_the_token_of_the_start_proposes_and_neither_agrees_nor_resets(
    controlled: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PEOPLE, "token", Person("first start", Role.ADMIN, ("north",), by="token"))
    version = controlled.propose(who="operator").json()["version"]
    (row,) = controlled.get("commands/automatic")["rows"]

    own = controlled.propose("c-2", who="token", attribute="SpeedSetpoint", value=9.5, unit="RPM").json()
    approval = controlled.post("commands/c-1/decision", who="token", approved=True, version=version)
    reset = controlled.post("commands/automatic/reset", who="token", line="line-1", key=row["key"])
    rejected = controlled.post("commands/c-1/decision", who="token", approved=False, version=version).json()

    assert (own["status"], own["proposed_by"]) == ("approved", "first start")
    for refused in (approval, reset):
        assert "sign in to the console with an account of your own" in detail(refused, 409)
    assert (rejected["status"], rejected["approved_by"]) == ("rejected", "")


def test_what_is_written_beside_a_yes_stands_in_the_audit_log_and_is_no_reason(controlled: Controlled) -> None:
    version = controlled.propose().json()["version"]

    told = controlled.post(
        "commands/c-1/decision", who="engineer", approved=True, version=version, note="after the defrost"
    ).json()

    assert (told["status"], told["reason"]) == ("approved", "")
    assert '"reason": "after the defrost"' in controlled.get("commands-audit")["entries"][-1]["detail"]


def test_the_audit_log_is_read_from_its_end_or_from_any_number(controlled: Controlled) -> None:
    for number in range(5):
        controlled.post("automation", stopped=True, reason=f"note {number}")

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in controlled.get(f"commands-audit?{query}")["entries"]]

    assert numbers("limit=2") == [4, 5]
    assert numbers("limit=2&before=4") == [2, 3]
    assert numbers("before=1") == numbers("before=0") == []
    assert numbers(f"limit=1&before={10**20}") == [5]
    assert numbers("after=0&limit=2") == [1, 2]
    both = controlled.plant.client.get("/api/commands-audit?after=1&before=3")
    assert "not both" in detail(both, 422)


@pytest.mark.parametrize("path", ["commands/none", "commands/none/withdraw"])
def test_an_unknown_command_is_not_found(controlled: Controlled, path: str) -> None:
    answer = controlled.post(path) if path.endswith("withdraw") else controlled.plant.client.get(f"/api/{path}")

    assert "no command" in detail(answer, 404)


def test_a_runtime_without_a_desk_says_so(plant: Plant) -> None:
    assert "nothing is commanded from here" in detail(plant.client.get("/api/command-points"), 404)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": "22"}, "value"),
        ({"value": True}, "value"),
        ({"expires_in_seconds": 90_000}, "expires_in_seconds"),
        ({"approved_by": "Enno"}, "approved_by"),
        ({"command_id": "a b"}, "command_id"),
    ],
)
def test_a_malformed_proposal_is_refused_with_what_to_mend(
    controlled: Controlled, changes: dict[str, Any], told: str
) -> None:
    assert told in detail(controlled.propose(**changes), 422)
