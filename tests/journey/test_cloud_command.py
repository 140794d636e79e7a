"""From a fault to a machine that was helped, in the cloud: images, alarm, cause, proposal, a second person's yes, the
command at AWS IoT, the machine's answer, its read-back, and an alarm that clears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.images import UPLOADS
from tests.journey.cloud_line import FREEZER, INSPECTOR, RIGHT_SPEED, TOO_FAST, CloudLine, cloud_line
from tests.lambdas.aws import IMAGE_BUCKET, allows, permissions


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CloudLine]:
    with cloud_line(monkeypatch, tmp_path) as made:
        yield made


def test_a_fault_is_seen_in_images_traced_told_and_mended_by_two_people_and_a_machine(line: CloudLine) -> None:
    line.passes(minutes=15)
    line.speeds_up()
    line.passes(minutes=5)
    line.ticks()

    (advisory,) = line.aws.advisories()
    (alarm,) = line.as_person("olga", "GET", "/api/alarms")
    inspected = line.as_person("olga", "GET", "/api/inspections?hours=1")
    (told,) = line.as_person("olga", "GET", "/api/advisories")
    assert (alarm["device"], alarm["kind"]) == (INSPECTOR, "reject_rate")
    assert {one["seen"]["inspector"] for one in inspected} == {"eye"}
    assert len(inspected) == len(line.bedrock.asked) == line.pictures
    assert len([one for one in inspected if one["verdict"] == "deformed"]) == len(line.soft) >= 4
    assert f"because of {FREEZER}" in advisory["Subject"]
    assert "Belt speed of Freezer Tunnel went from 9 rpm to 11 rpm" in told["what_happened"]

    proposal = {"command_id": "c-1", "device": FREEZER, "attribute": "SpeedSetpoint", "unit": "RPM"}
    proposal |= {"value": RIGHT_SPEED, "alarm_id": alarm["alarm_id"]}
    proposed = line.as_person("olga", "POST", "/api/commands", proposal)
    decision = {"approved": True, "version": proposed["version"]}
    by_herself = line.as_person("olga", "POST", "/api/commands/c-1/decision", decision)
    not_yet = list(line.jobs.asked)
    approved = line.as_person("enno", "POST", "/api/commands/c-1/decision", decision)
    run = line.execution()
    done = line.as_person("olga", "GET", "/api/commands/c-1")
    audit = [
        each["what"]
        for each in line.api.ask(
            "GET", "/api/commands-audit", line.api.token("engineer", "site:bakery-north", name="eva")
        ).json()["entries"]
    ]

    assert (proposed["status"], by_herself, not_yet) == ("awaiting_approval", 409, [])
    assert (approved["status"], approved["approved_by"]) == ("approved", "enno")
    assert (run.status, run.output["status"]) == ("SUCCEEDED", "verified"), run.cause
    (asked,) = line.jobs.asked
    assert (asked["targetArn"].rpartition(":")[2], asked["clientToken"]) == ("thing/freezer-tunnel", "c-1")
    (message,) = line.jobs.messages
    assert (message.value, message.proposed_by, message.approved_by) == (RIGHT_SPEED, "olga", "enno")
    assert (done["done"], done["readback"]["value"], done["was"]) == (True, RIGHT_SPEED, TOO_FAST)
    assert audit == ["proposed", "approval refused", "approve", "send", "handed over", "accept", "shown"]

    line.passes(minutes=10)
    line.ticks()

    after = line.as_person("olga", "GET", f"/api/alarms/{alarm['alarm_id']}")
    assert after["cleared_at"]
    assert [one["kind"] for one in line.as_person("olga", "GET", "/api/alarms")] in ([], ["reject_rate"])
    assert line.aws.keys(UPLOADS, IMAGE_BUCKET) == []
    for verb_noun in ("ingest_telemetry", "inspect_image", "advise_line", "hear_command"):
        allowed, made = permissions(verb_noun), {each for each in line.aws.calls if each.function == verb_noun}
        assert made
        # The demo plant's models file names no model that sees; the stack's own tests look at where one does.
        assert [each for each in made if "bedrock" not in each.action and not allows(allowed, each)] == []
