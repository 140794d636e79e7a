"""Telling people through SNS: the whole message by mail, one SMS on a phone."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lineside.advice.model import Notification
from lineside.errors import Misconfigured, Unavailable

MAX_SUBJECT = 100

# Asking again cannot help with these; a person must mend the topic, its key or the role.
_FOR_A_PERSON = frozenset(
    {"AuthorizationError", "InvalidParameter", "NotFound", "KMSAccessDenied", "KMSDisabled", "KMSNotFound"}
)


class SnsNotifier:
    """A `Notifier` on a topic. `client` is boto3's for SNS.

    A subscription may choose by the attributes `severity`, `line`, `kind` and `why`; by `fingerprint` a receiver knows
    a message that left twice.
    """

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def notify(self, notification: Notification) -> None:
        try:
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=subject(notification.subject),
                MessageStructure="json",
                Message=json.dumps(_forms(notification), ensure_ascii=False),
                MessageAttributes=_attributes(notification),
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _FOR_A_PERSON:
                raise Misconfigured(f"the advisory topic refused the message: {code}") from error
            raise Unavailable(f"the advisory topic did not take the message: {code}") from error
        except BotoCoreError as error:
            raise Unavailable(f"the advisory topic did not answer: {error}") from error


def subject(text: str) -> str:
    """As SNS accepts it: one line of printable ASCII, at most 100 characters. `Ofen Süd` -> `Ofen Sud`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    one_line = " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())
    return one_line[:MAX_SUBJECT] or "Lineside"


def _forms(notification: Notification) -> dict[str, str]:
    return {"default": notification.message, "email": notification.message, "sms": notification.short}


def _attributes(notification: Notification) -> dict[str, dict[str, str]]:
    chosen = {
        "severity": notification.severity,
        "line": notification.line,
        "kind": notification.kind,
        "why": notification.why,
        "fingerprint": notification.fingerprint,
        # Promotional messages, the default, may be held back; a stopped line may not.
        "AWS.SNS.SMS.SMSType": "Transactional",
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in chosen.items()}
