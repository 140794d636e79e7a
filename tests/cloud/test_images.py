"""Images on S3: the form that a camera is given, and the key that tells what it sent."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import CredentialRetrievalError

from cloud.images import SignedUploads, Upload, presigned_upload, signing_client, upload_at
from lineside.errors import Malformed, Refused, Unavailable
from lineside.inspection.intake import ImageLimits
from lineside.site import parse_site

UPLOAD = Upload("north", "line-1", "urn:cookie-inspector", 1_700_000_000_000_000, "0123abcd")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return signing_client()


def test_a_form_takes_one_key_one_type_and_no_more_bytes_than_an_image_has(s3: Any) -> None:
    form = presigned_upload(s3, "plant", UPLOAD, "image/jpeg", limits=ImageLimits(most_bytes=999), expires_seconds=60)

    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert {"Content-Type": "image/jpeg"} in policy["conditions"]
    assert ["content-length-range", 1, 999] in policy["conditions"]
    assert {"key": form.key} in policy["conditions"]
    assert {"bucket": "plant"} in policy["conditions"]
    assert not any("starts-with" in condition for condition in policy["conditions"])
    assert (form.fields["key"], form.fields["Content-Type"]) == (form.key, "image/jpeg")


@pytest.mark.parametrize(
    ("region", "host"),
    [("us-east-1", "plant.s3.amazonaws.com"), ("eu-central-1", "plant.s3.eu-central-1.amazonaws.com")],
)
def test_a_form_is_signed_as_every_region_takes_it(
    s3: Any, monkeypatch: pytest.MonkeyPatch, region: str, host: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)

    form = presigned_upload(signing_client(), "plant", UPLOAD, "image/png")

    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert form.url == f"https://{host}/"


def test_the_key_of_an_upload_tells_all_of_it_as_it_is_and_as_an_event_may_quote_it(s3: Any) -> None:
    form = presigned_upload(s3, "plant", UPLOAD, "image/png")

    assert form.key == "uploads/north/line-1/urn:cookie-inspector/1700000000000000-0123abcd"
    assert upload_at(form.key) == upload_at(quote_plus(form.key, safe="/")) == UPLOAD


def test_a_machine_s_form_is_for_its_own_place_and_a_new_one_each_time(s3: Any) -> None:
    ids = iter(("0123abcd", "4567efgh"))
    site = parse_site("site: north\nlines: [{id: line-1, machines: [{id: Cookie Inspector}]}]")
    uploads = SignedUploads(s3, "plant", site, ImageLimits(most_bytes=999), new_id=ids.__next__)

    first, second = (uploads.form("Cookie Inspector", 7, "image/png") for _ in range(2))

    assert [each.key for each in (first, second)] == [
        "uploads/north/line-1/cookie-inspector/7-0123abcd",
        "uploads/north/line-1/cookie-inspector/7-4567efgh",
    ]
    policy = json.loads(base64.b64decode(first.fields["policy"]))
    assert ["content-length-range", 1, 999] in policy["conditions"]
    expires = datetime.fromisoformat(policy["expiration"])
    assert 290 < (expires - datetime.now(UTC)).total_seconds() <= 300


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads/a/b/c",
        "images/a/b/c/1-0123abcd",
        "uploads/a/b/c/x-0123abcd",
        "uploads/a/b/c/1-0123abcd/d",
        "uploads/a//c/1-0123abcd",
        "uploads/a/b/../1-0123abcd",
        "uploads/a/b/c d/1-0123abcd",
    ],
)
def test_another_key_is_no_upload(key: str) -> None:
    with pytest.raises(Malformed, match="no key of an upload"):
        upload_at(key)


def test_another_type_and_a_strange_id_are_refused(s3: Any) -> None:
    with pytest.raises(Refused, match="'image/svg"):
        presigned_upload(s3, "plant", UPLOAD, "image/svg+xml")
    for strange in ({"upload_id": "../../x-long"}, {"upload_id": "short"}, {"taken_us": -1}):
        with pytest.raises(Refused, match="needs an id"):
            presigned_upload(s3, "plant", UPLOAD._replace(**strange), "image/png")


def test_where_no_credentials_come_nothing_can_be_signed() -> None:
    class Late:
        def generate_presigned_post(self, **asked: object) -> object:
            raise CredentialRetrievalError(provider="container-role", error_msg="timed out")

    with pytest.raises(Unavailable, match="no upload can be signed"):
        presigned_upload(Late(), "plant", UPLOAD, "image/png")
