"""People are told through SNS: all of it by mail, one SMS on a phone, and never with a subject that SNS refuses."""

import json

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from msgspec.structs import replace

from cloud.sns import SnsNotifier, subject
from lineside.advice.model import Notification
from lineside.errors import Misconfigured, Unavailable

STOPPED = Notification(
    fingerprint="f",
    alarm_id="a",
    site="bakery-north",
    line="line-1",
    notified_us=0,
    device="Vertical Conveyor",
    severity="high",
    kind="stop",
    cause="Vertical Conveyor",
    affected=("Cookie Former",),
    lost_seconds=580.0,
    subject="Vertical Conveyor: stopped",
    message="Vertical Conveyor stopped.\nCheck first: jam — photo cell.",
    short="Vertical Conveyor stopped",
)


class Topic:
    """Stands in for boto3's SNS client: keeps what was published, or fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.published: list[dict[str, object]] = []
        self._error = error

    def publish(self, **request: object) -> None:
        if self._error:
            raise self._error
        self.published.append(request)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Publish")


def test_mail_gets_the_whole_message_and_a_phone_the_short_one():
    topic = Topic()

    SnsNotifier(topic, "arn").notify(STOPPED)

    (request,) = topic.published
    forms = json.loads(str(request["Message"]))
    assert forms == {"default": STOPPED.message, "email": STOPPED.message, "sms": STOPPED.short}
    assert request["MessageStructure"] == "json"


def test_a_subscription_can_choose_by_severity():
    topic = Topic()

    SnsNotifier(topic, "arn").notify(replace(STOPPED, severity="low"))

    attributes = topic.published[0]["MessageAttributes"]
    assert attributes["severity"] == {"DataType": "String", "StringValue": "low"}
    assert attributes["AWS.SNS.SMS.SMSType"]["StringValue"] == "Transactional"


def test_a_message_that_leaves_twice_can_be_known():
    topic = Topic()
    notifier = SnsNotifier(topic, "arn")

    for message in (STOPPED, STOPPED, replace(STOPPED, fingerprint="another")):
        notifier.notify(message)

    one, again, other = (each["MessageAttributes"]["fingerprint"]["StringValue"] for each in topic.published)
    assert one == again == STOPPED.fingerprint
    assert other == "another"


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        ("Ofen Süd: zu heiß\n(stop)", "Ofen Sud: zu hei (stop)"),
        ("x" * 120, "x" * 100),
        ("冷却", "Lineside"),
    ],
)
def test_a_subject_is_one_line_of_printable_ascii(told, sent):
    assert subject(told) == sent


@pytest.mark.parametrize(
    "error", [refused("Throttling"), refused("InternalError"), EndpointConnectionError(endpoint_url="https://sns")]
)
def test_a_topic_that_does_not_take_it_now_may_take_it_later(error):
    with pytest.raises(Unavailable):
        SnsNotifier(Topic(error), "arn").notify(STOPPED)


@pytest.mark.parametrize("code", ["AuthorizationError", "KMSDisabled", "NotFound"])
def test_a_topic_that_will_never_take_it_is_for_a_person_to_mend(code):
    with pytest.raises(Misconfigured, match=code):
        SnsNotifier(Topic(refused(code)), "arn").notify(STOPPED)
