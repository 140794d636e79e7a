"""`serve_api`: the real application on the cloud's stores, behind a token of the user pool."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app import ROOT
from cloud.dynamodb_alarms import DynamoDbAlarmStore
from cloud.dynamodb_inspections import DynamoDbInspections
from cloud.dynamodb_twin import DynamoDbTwin
from cloud.images import kept_images, upload_at
from cloud.library_file import pack
from lineside.alarms.model import Alarm, Victim
from lineside.inspection.intake import image_id_of
from lineside.manuals.library import library_of_site
from lineside.site import read_site
from lineside.telemetry.reading import Reading
from tests.inspection.builders import UNSURE, an_inspection
from tests.inspection.pictures import a_png, an_image
from tests.lambdas.aws import IMAGE_BUCKET, INSPECTION_TABLE, TABLE, Cloud, allows, cloud, permissions
from tests.lambdas.served import CLIENT, POOL, SIGN_IN, Served, served_by
from tests.lambdas.telemetry import START, event, sent, spoken

COMMAND_MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:run-command"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's library, as a deployment packs it."""
    site_file = ROOT / "samples" / "site.yaml"
    file: Path = tmp_path_factory.mktemp("plant") / "library.jsonl"
    file.write_bytes(pack(library_of_site(read_site(site_file), site_file.parent), site_file.parent))
    return file


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, packed: Path, tmp_path: Path) -> Iterator[Cloud]:
    offline = tmp_path / "models.yaml"
    offline.write_text("models:\n  - {name: offline, provider: offline, roles: [router, answerer]}\n")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with cloud(monkeypatch) as made:
        made.given = {
            "REPLAY_FUNCTION_NAME": "replay",
            "COMMAND_MACHINE_ARN": COMMAND_MACHINE,
            "KNOWLEDGE_BASE_ID": "",
            "MODELS_FILE": str(offline),
            "TRAINING_FILE": str(ROOT / "samples" / "training.cloud.yaml"),
            "LIBRARY_FILE": str(packed),
            **SIGN_IN,
        }
        yield made


@pytest.fixture
def served(aws: Cloud, key: rsa.RSAPrivateKey) -> Iterator[Served]:
    """The application in moto's cloud, and every call that it makes to AWS noted."""
    made = served_by(aws, key)
    aws.running = "serve_api"
    yield made
    aws.running = ""


def publish(aws: Cloud, until: datetime) -> None:
    """Ten minutes of the freezer, which gets warmer by a tenth of a degree a minute."""
    was, aws.running = aws.running, ""
    start = until - timedelta(minutes=10)
    batch = []
    for minute in range(10):
        at = start + timedelta(minutes=minute)
        message = spoken("Freezer Tunnel", at, {"Temperature": {"value": -22 + minute / 10, "unit": "CEL"}})
        batch.append(sent("Freezer Tunnel", json.dumps(message).encode(), at, f"m{minute}"))
    assert aws.invoke("ingest_telemetry", event(batch)) == {"batchItemFailures": []}
    aws.running = was


def stopped(now_us: int) -> Alarm:
    """The Vertical Conveyor stands, and the inspector waits for it."""
    return Alarm(
        alarm_id="1741000000-ab",
        fingerprint="f",
        site="bakery-north",
        line="line-1",
        device="Vertical Conveyor",
        kind="stop",
        severity="high",
        onset_us=now_us - 300_000_000,
        raised_us=now_us - 240_000_000,
        victims=(Victim("Cookie Inspector", 120.0, "blocked"),),
    )


def raise_alarm(alarm: Alarm) -> None:
    DynamoDbAlarmStore(boto3.resource("dynamodb").Table(TABLE)).save(alarm, was=None)


def events(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    """(name, data) of a stream of server-sent events."""
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("event", ""), json.loads(fields["data"])))
    return found


def test_anybody_is_told_that_it_is_alive_and_how_people_sign_in_and_nothing_else(served):
    alive, way_in = served.ask("GET", "/health"), served.ask("GET", "/api/sign-in")

    assert alive.status_code == 200
    assert alive.json()["status"] == "ok"
    assert way_in.json()["oidc"] == {
        "authority": POOL,
        "client_id": CLIENT,
        "scope": "openid profile lineside/use",
        "logout_url": "https://lineside.auth.eu-central-1.amazoncognito.com/logout",
    }
    assert way_in.json()["password"] is False
    assert served.ask("GET", "/api/lines").status_code == 401
    assert served.ask("GET", "/api/lines").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("groups", "claims", "status"),
    [
        (("operator", "site:bakery-north"), {}, 200),
        (("operator", "site:elsewhere"), {}, 403),
        (("site:bakery-north",), {}, 401),
        (("operator", "site:bakery-north"), {"exp": 1_000_000_000}, 401),
        (("operator", "site:bakery-north"), {"client_id": "another"}, 401),
        (("operator", "site:bakery-north"), {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/other"}, 401),
    ],
    ids=["the right person", "another site", "no role", "too old", "for another client", "of another pool"],
)
def test_a_token_counts_when_it_is_the_pool_s_for_us_in_time_and_its_groups_grant_the_site(
    served, groups, claims, status
):
    token = served.token(*groups, **claims)

    assert served.ask("GET", "/api/lines", token).status_code == status


def test_a_token_that_somebody_else_signed_is_nobody_s(served):
    stranger = Served(served.app, rsa.generate_private_key(public_exponent=65_537, key_size=2_048))

    assert served.ask("GET", "/api/lines", stranger.token("admin", "site:bakery-north")).status_code == 401


def test_an_operator_reads_the_line_as_telemetry_left_it(aws, served):
    publish(aws, START + timedelta(minutes=10))

    line = served.as_operator("GET", "/api/lines/line-1")

    machines = {one["id"]: one for one in line.json()["machines"]}
    assert machines["Freezer Tunnel"]["values"]["Temperature"]["value"] == pytest.approx(-21.1)
    assert line.headers["etag"]


def test_an_operator_acknowledges_an_alarm_and_the_act_is_kept_with_their_name(served):
    raise_alarm(stopped(int(time.time() * 1e6)))

    acknowledged = served.as_operator("POST", "/api/alarms/1741000000-ab/acknowledge")
    history = served.as_operator("GET", "/api/alarms/1741000000-ab/history")
    refused = served.ask("POST", "/api/alarms/1741000000-ab/acknowledge", served.token("viewer", "site:bakery-north"))

    assert acknowledged.json()["acknowledged_by"] == "anna"
    assert [(one["what"], one["by"]) for one in history.json()][-1] == ("acknowledged", "anna")
    assert refused.status_code == 403


def test_a_window_of_the_past_comes_from_the_lake(aws, served):
    publish(aws, START + timedelta(minutes=10))

    window = "since=2025-03-03T06:00:00Z&until=2025-03-03T06:30:00Z"
    path = "/api/lines/line-1/machines/Freezer Tunnel/telemetry"
    told = served.as_operator("GET", f"{path}?attribute=Temperature&{window}")

    (series,) = told.json()["series"]
    assert (series["attribute"], series["count"]) == ("Temperature", 10)
    assert series["low"] == pytest.approx(-22)
    assert series["high"] == pytest.approx(-21.1)


def test_a_question_is_answered_as_a_stream_of_events_and_kept_for_the_one_who_asked(aws, served):
    raise_alarm(stopped(int(time.time() * 1e6)))

    asked = {"question": "Why did the Cookie Inspector stop?", "line": "line-1"}
    answer = served.as_operator("POST", "/api/chat", asked)

    told = events(answer)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert {"tool_started", "tool_ended", "done"} <= {name for name, _ in told}
    done = told[-1][1]
    assert (told[-1][0], done["model"]) == ("done", "offline")
    assert "Vertical Conveyor" in done["text"]
    kept = served.as_operator("GET", f"/api/conversations/{done['conversation_id']}")
    other = served.ask(
        "GET",
        f"/api/conversations/{done['conversation_id']}",
        served.token("operator", "site:bakery-north", name="ben"),
    )
    assert [one["text"] for one in kept.json()["answers"]] == [done["text"]]
    assert other.status_code == 404


def test_a_manual_that_travelled_with_the_function_is_quoted_and_its_page_opens(served):
    documents = {one["document_id"]: one for one in served.as_operator("GET", "/api/documents").json()}
    (pdf,) = [one for one in documents.values() if one["media_type"] == "application/pdf"]

    page = served.as_operator("GET", f"/api/documents/{pdf['document_id']}/pages/1")

    assert page.content.startswith(b"\x89PNG")
    assert any(one["status"] == "current" for one in documents.values())


def test_the_console_is_told_which_models_there_are_and_none_is_asked_for_it(aws, served):
    (offline,) = served.as_operator("GET", "/api/models").json()

    assert (offline["name"], offline["state"]) == ("offline", "ready")
    assert [call for call in aws.calls if "bedrock" in call.action] == []


def test_speech_is_signed_for_and_never_passes_through_us(served):
    about = served.as_operator("GET", "/api/voice").json()

    assert (about["speech_to_text"], about["speech_output"]) == ("transcribe", "polly")
    assert served.as_operator("POST", "/api/voice/transcribe-address").json()["url"].startswith("wss://transcribe")


def test_a_command_that_needs_nobody_s_consent_is_started_once_and_not_sent_from_here(served):
    states = boto3.client("stepfunctions")
    states.create_state_machine(name="run-command", definition="{}", roleArn="arn:aws:iam::123456789012:role/machine")
    now_us = int(time.time() * 1e6)
    shown = {
        ("Cookie Former", "State"): ("Running", ""),
        ("Cookie Former", "TorqueSetpoint"): (30.0, "NU"),
        ("Freezer Tunnel", "Temperature"): (-20.0, "CEL"),
    }
    readings = [Reading(device, name, now_us, value, unit) for (device, name), (value, unit) in shown.items()]
    DynamoDbTwin(boto3.resource("dynamodb").Table(TABLE)).update("bakery-north", "line-1", readings)
    asked = {"command_id": "c-1", "device": "Cookie Former", "attribute": "TorqueSetpoint", "value": 32.0, "unit": "NU"}
    proposed, again = (served.as_operator("POST", "/api/commands", asked).json() for _ in range(2))
    listed = served.as_operator("GET", "/api/commands").json()

    (started,) = states.list_executions(stateMachineArn=COMMAND_MACHINE)["executions"]
    given = states.describe_execution(executionArn=started["executionArn"])["input"]
    assert json.loads(given) == {"command_id": "c-1"}
    assert (proposed["status"], again["status"], proposed["sent_at"]) == ("approved", "approved", None)
    assert [each["command_id"] for each in listed] == ["c-1"]


def test_in_the_cloud_there_is_no_model_of_the_line_and_that_is_said(served):
    asked = {"command_id": "c-1", "device": "Cookie Former", "attribute": "TorqueSetpoint", "value": 32.0, "unit": "NU"}

    told = served.as_operator("POST", "/api/commands/what-if", asked)

    assert (told.status_code, told.json()["unknown"]) == (200, "there is no model of a line here")
    assert (told.json()["outcomes"], told.json()["replays"]) == ([], 0)


def test_an_image_comes_by_an_upload_and_a_person_sees_it_and_says_what_it_shows(aws, served):
    image_id = image_id_of(a_png())
    was, aws.running = aws.running, ""
    kept_images(boto3.client("s3"), IMAGE_BUCKET).keep("bakery-north", image_id, an_image())
    records = DynamoDbInspections(boto3.resource("dynamodb").Table(INSPECTION_TABLE))
    records.put(an_inspection(image_id=image_id, site="bakery-north", queued=True, seen=UNSURE))
    aws.running = was

    itself = served.as_operator("POST", "/api/inspections/cookie-inspector/images")
    asked = {"machine": "Cookie Inspector", "media_type": "image/png"}
    form = served.as_operator("POST", "/api/inspections/uploads", asked).json()
    (waiting,) = served.as_operator("GET", "/api/inspections/queue").json()["inspections"]
    shown = served.as_operator("GET", f"/api/inspections/{image_id}/image")
    said = {"verdict": "cracked", "version": waiting["version"]}
    reviewed = served.as_operator("POST", f"/api/inspections/{image_id}/review", said).json()

    assert (itself.status_code, "POST /api/inspections/uploads" in itself.json()["detail"]) == (409, True)
    assert upload_at(form["fields"]["key"]).thing == "cookie-inspector"
    assert form["url"].startswith(f"https://{IMAGE_BUCKET}.s3.")
    assert (shown.content, shown.headers["content-type"]) == (a_png(), "image/png")
    assert (reviewed["verdict"], reviewed["review"]["by"]) == ("cracked", "anna")
    assert served.as_operator("GET", "/api/inspections/accuracy").status_code == 200
    # boto3 finds the address of a form as if it made a bucket there, and asks nobody.
    made = {call for call in aws.calls if call.function == "serve_api" and call.action != "s3:CreateBucket"}
    assert [call for call in made if not allows(permissions("serve_api"), call)] == []


def test_the_function_does_nothing_that_its_role_forbids(aws, served):
    raise_alarm(stopped(int(time.time() * 1e6)))
    publish(aws, START + timedelta(minutes=10))
    window = "since=2025-03-03T06:00:00Z&until=2025-03-03T06:30:00Z"
    alarm = "/api/alarms/1741000000-ab"
    done = events(served.as_operator("POST", "/api/chat", {"question": "Which alarms are open?"}))[-1][1]
    engineer = served.token("engineer", "site:bakery-north")

    for method, path, body in (
        ("GET", "/api/lines", None),
        ("GET", "/api/lines/line-1", None),
        ("GET", f"/api/lines/line-1/losses?{window}", None),
        ("GET", f"/api/lines/line-1/handover?{window}", None),
        ("GET", f"/api/lines/line-1/machines/Freezer Tunnel/telemetry?{window}", None),
        ("GET", "/api/alarms/health", None),
        ("POST", f"{alarm}/shelve", {"reason": "known", "minutes": 5}),
        ("POST", f"{alarm}/comment", {"text": "the belt was changed"}),
        ("GET", "/api/advisories", None),
        ("PUT", "/api/feedback", {"about": "answer", "about_id": done["answer_id"], "verdict": "up"}),
        ("PUT", "/api/feedback", {"about": "answer", "about_id": done["answer_id"], "verdict": "down"}),
        ("GET", "/api/feedback", None),
        ("GET", "/api/conversations", None),
        ("DELETE", f"/api/conversations/{done['conversation_id']}", None),
        ("GET", "/api/quarantine", None),
    ):
        answer = served.ask(method, path, engineer if "conversations" not in path else "", body)
        assert answer.status_code < 300 or "conversations" in path, (method, path, answer.text)
    served.as_operator("DELETE", f"/api/conversations/{done['conversation_id']}")

    allowed = permissions("serve_api")
    made = {call for call in aws.calls if call.function == "serve_api"}
    assert {call.action for call in made} >= {"s3:GetObject", "s3:ListBucket", "dynamodb:Query", "dynamodb:PutItem"}
    assert [call for call in made if not allows(allowed, call)] == []
