"""`inspect_image`: uploads become images with a record and a verdict; none is lost, and none is twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from cloud.dynamodb_inspections import DynamoDbInspections
from cloud.images import IMAGES, UPLOADS, kept_images
from lineside.inspection.intake import image_id_of
from lineside.inspection.model import Inspection
from lineside.telemetry.timestamps import parse
from tests.fakes.bedrock import FakeBedrock
from tests.inspection.pictures import a_png
from tests.lambdas.aws import (
    BUCKET,
    IMAGE_BUCKET,
    INSPECTION_TABLE,
    Call,
    Cloud,
    Context,
    allows,
    cloud,
    permissions,
)
from tests.lambdas.uploads import EYE, answers_at_the_wire, key_of, put, told
from tests.stacks.inspecting import where_a_model_sees

NOW_US = parse("2026-11-12T06:00:00Z")
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
LEASE_US = 300 * SECOND_US
CRACKED = {"verdict": "cracked", "confidence": 0.93, "regions": [], "reason": "a line runs through it"}
NONE_FAILED: dict[str, Any] = {"batchItemFailures": []}


class Killed(BaseException):
    """What nothing catches, as nothing catches a kill."""


@dataclass
class Camera:
    """The cloud, its function, and the model that sees; `kill_at` ends the function at that call to AWS."""

    aws: Cloud
    bedrock: FakeBedrock
    now_us: int = NOW_US
    kill_at: int = 0
    kill_after: bool = False
    calls: int = 0

    def sends(self, shade: int = 0, **where: Any) -> str:
        return put(a_png(shade=shade), key_of(shade, **where))

    def happens(self, event: dict[str, Any], left_ms: int = 300_000) -> Any:
        """The function is called, by the queue or by the clock."""
        module = self.aws.load("inspect_image")
        module.time = SimpleNamespace(time_ns=lambda: self.now_us * 1_000)
        self.aws.running, self.calls = "inspect_image", 0
        try:
            return module.handler(event, Context(function_name="inspect_image", left_ms=left_ms))
        finally:
            self.aws.running = ""

    def records(self) -> list[Inspection]:
        return store().since("bakery-north", "line-1", 0)

    def before(self, **_: Any) -> None:
        self.calls += bool(self.aws.running)
        if self.aws.running and self.calls == self.kill_at and not self.kill_after:
            raise Killed

    def after(self, **_: Any) -> None:
        if self.aws.running and self.calls == self.kill_at and self.kill_after:
            raise Killed


def store() -> DynamoDbInspections:
    return DynamoDbInspections(boto3.resource("dynamodb").Table(INSPECTION_TABLE))


def kept(content: bytes) -> bytes | None:
    found = kept_images(boto3.client("s3"), IMAGE_BUCKET).get("bakery-north", image_id_of(content))
    return found.content if found else None


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Camera]:
    (tmp_path / "models.yaml").write_text(EYE)
    with cloud(monkeypatch) as aws:
        bedrock = FakeBedrock()
        bedrock.calls_tool("write", CRACKED)
        answers_at_the_wire(bedrock, monkeypatch)
        aws.given["MODELS_FILE"] = str(tmp_path / "models.yaml")
        made = Camera(aws, bedrock)
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("before-call", made.before)
        boto3.DEFAULT_SESSION.events.register("after-call", made.after)
        yield made


def test_an_upload_is_kept_by_its_content_recorded_inspected_and_only_then_deleted(camera: Camera) -> None:
    answer = camera.happens(told(camera.sends()))

    (record,) = camera.records()
    assert answer == NONE_FAILED
    assert (record.image_id, record.device) == (image_id_of(a_png()), "Cookie Inspector")
    assert (record.taken_us, record.received_us) == (1_700_000_000_000_000, NOW_US)
    assert record.seen is not None
    assert (record.verdict, record.seen.inspector, record.seen.skipped) == ("cracked", "eye", ())
    assert kept(a_png()) == a_png()
    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == []
    (asked,) = camera.bedrock.asked
    assert asked.model == "amazon.nova-lite-v1:0"


def test_a_message_that_comes_twice_and_an_image_that_is_sent_twice_are_one_inspection(camera: Camera) -> None:
    first = camera.sends()
    camera.happens(told(first, first))
    camera.happens(told(first, put(a_png(), key_of(9))))

    assert len(camera.records()) == len(camera.bedrock.asked) == 1
    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == []
    assert len(camera.aws.keys(IMAGES, IMAGE_BUCKET)) == 1


def test_what_is_no_image_is_quarantined_with_its_reason_and_holds_up_no_other(camera: Camera) -> None:
    bad = put(b"GIF89a" + bytes(100), key_of(1))

    answer = camera.happens(told(bad, camera.sends(2)))

    (entry,) = camera.aws.keys("quarantine/", BUCKET)
    told_of = json.loads(boto3.client("s3").get_object(Bucket=BUCKET, Key=entry)["Body"].read())
    assert answer == NONE_FAILED
    assert (told_of["code"], told_of["topic"]) == ("image_type", "inspection/bakery-north/line-1/cookie-inspector")
    assert [one.image_id for one in camera.records()] == [image_id_of(a_png(shade=2))]
    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == []


def test_an_upload_of_a_thing_that_nobody_declared_stays_and_comes_again(camera: Camera) -> None:
    strange = camera.sends(1, thing="nobody-s")
    fine = camera.sends(2)

    answer = camera.happens(told(strange, fine, "images/bakery-north/aa/bb"))

    again = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert again == [strange, "images/bakery-north/aa/bb"]
    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == [strange]
    assert len(camera.records()) == 1


def test_a_body_that_s3_did_not_write_ends_in_the_last_resort(camera: Camera) -> None:
    answer = camera.happens({"Records": [{"messageId": "m-1", "body": "{}"}, {"messageId": "m-2", "body": "\x00"}]})

    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m-1", "m-2"]


def test_while_records_cannot_be_written_uploads_stay_and_come_again(camera: Camera) -> None:
    key = camera.sends()
    camera.aws.load("inspect_image")
    boto3.client("dynamodb").delete_table(TableName=INSPECTION_TABLE)

    with pytest.raises(Exception, match="the table"):
        camera.happens(told(key))

    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == [key]


def test_something_else_at_the_same_key_meanwhile_is_taken_as_well(camera: Camera) -> None:
    key = camera.sends(1)
    module = camera.aws.load("inspect_image")
    get = module.bucket.get
    module.bucket.get = lambda at: (get(at), put(a_png(shade=2), at))[0]
    answer = camera.happens(told(key))
    module.bucket.get = get
    later = camera.happens(told(key))

    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [key]
    assert later == NONE_FAILED
    assert {one.image_id for one in camera.records()} == {image_id_of(a_png(shade=shade)) for shade in (1, 2)}
    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == []


def test_where_no_model_answers_the_offline_inspector_looks_and_it_is_said_why(camera: Camera) -> None:
    camera.bedrock._answers.clear()
    camera.bedrock.fails("AccessDeniedException", status=403)

    camera.happens(told(camera.sends()))

    (record,) = camera.records()
    assert record.seen is not None
    assert (record.seen.inspector, record.verdict) == ("offline", "unreadable")
    assert "AccessDeniedException" in record.seen.skipped[0]


def test_without_a_model_that_sees_nobody_at_bedrock_is_asked(camera: Camera, tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text(EYE.replace("roles: [vision]", "roles: [answerer]"))

    camera.happens(told(camera.sends()))

    (record,) = camera.records()
    assert record.seen is not None
    assert (record.seen.inspector, record.seen.skipped, camera.bedrock.asked) == ("offline", (), [])


def test_what_there_is_no_time_for_waits_for_the_clock(camera: Camera) -> None:
    camera.happens(told(camera.sends(1), camera.sends(2)), left_ms=100_000)
    (seen_at_once, *_) = [one.seen for one in camera.records()]
    turned = camera.happens({"turn": "inspect"})

    assert seen_at_once is None
    assert turned == {"inspected": 2}
    assert [one.verdict for one in camera.records()] == ["cracked"] * 2
    assert camera.happens({"turn": "inspect"}) == {"inspected": 0}


def test_an_upload_that_no_message_told_of_is_taken_within_the_hour(camera: Camera) -> None:
    camera.sends(1)
    stuck = camera.sends(2, thing="nobody-s")

    turned = camera.happens({"turn": "tidy"})

    assert turned == {"taken": 1, "left": 1, "forgotten": 0}
    assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == [stuck]


def test_images_past_their_retention_go_and_what_was_said_of_them_stays(camera: Camera) -> None:
    camera.happens(told(camera.sends(1), camera.sends(2)))
    camera.now_us += 31 * DAY_US
    camera.happens(told(camera.sends(3)))

    turned = camera.happens({"turn": "tidy"})

    assert turned["forgotten"] == 2
    assert len(camera.aws.keys(IMAGES, IMAGE_BUCKET)) == 1
    assert [one.verdict for one in camera.records()] == ["cracked"] * 3


def test_a_turn_that_is_none_is_told_in_a_sentence(camera: Camera) -> None:
    with pytest.raises(Exception, match="turn"):
        camera.happens({"turn": "delete"})


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_no_image_is_lost_and_none_is_twice(camera: Camera, after: bool) -> None:
    camera.kill_after = after
    number, reached = 0, True
    while reached:
        number += 1
        content, key = a_png(shade=number), camera.sends(number)
        asked = len(camera.bedrock.asked)

        camera.kill_at = number
        reached = _dies(camera, told(key))
        camera.kill_at = 0
        camera.now_us += LEASE_US
        assert camera.happens(told(key)) == NONE_FAILED
        camera.happens({"turn": "tidy"})

        (record,) = [one for one in camera.records() if one.image_id == image_id_of(content)]
        assert (record.verdict, record.queued, record.attempts <= 2) == ("cracked", False, True), f"killed at {number}"
        assert kept(content) == content
        assert len(camera.bedrock.asked) - asked <= 2, "at most the one at which it was killed is asked twice"
        assert camera.aws.keys(UPLOADS, IMAGE_BUCKET) == []

    assert number > 15
    assert len(camera.records()) == number


def _dies(camera: Camera, event: dict[str, Any]) -> bool:
    try:
        camera.happens(event)
    except Killed:
        return True
    return False


def test_the_role_allows_what_the_function_does(camera: Camera) -> None:
    camera.happens(told(camera.sends(1), put(b"GIF89a", key_of(2))))
    camera.now_us += 31 * DAY_US
    camera.happens({"turn": "tidy"})

    made = {call for call in camera.aws.calls if call.function == "inspect_image"}
    allowed = permissions("inspect_image", where_a_model_sees())
    assert {call.action for call in made} >= {"bedrock:InvokeModel", "s3:DeleteObject", "dynamodb:PutItem"}
    # Which model it is, the stack's own tests look at.
    assert "bedrock:InvokeModel" in {each.action for each in allowed}
    assert [call for call in made if "bedrock" not in call.action and not allows(allowed, call)] == []
    assert not allows(allowed, Call("inspect_image", "s3:PutObject", "uploads/a"))
    assert not allows(allowed, Call("inspect_image", "s3:GetObject", "quarantine/a"))
