"""Asking a person whether a release may answer: the record waits, the token is kept, and a mail goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloud.approvals import keep_token
from cloud.imported_models import ImportedModels
from cloud.sns import subject
from lineside.errors import Misconfigured, Refused, Unavailable
from lineside.releases.costs import Prices
from lineside.releases.course import Course
from lineside.releases.mail import approval_subject, approval_text


@dataclass(frozen=True)
class ApprovalRequest:
    """`table` is the line table, `sns` boto3's client. `console` is its address, or ""."""

    course: Course
    models: ImportedModels
    table: Any
    sns: Any
    topic_arn: str
    console: str
    prices: Prices

    def ask(self, release_id: str, token: str) -> None:
        """`token` is the task's that waits. Asked again, it sends the mail again: two are better than none."""
        release = self.course.get(release_id)
        if release.evaluation is None:
            raise Refused(f"{release_id} was not evaluated, so nobody can decide on it")
        imported = self.models.get(release.model_id)
        if imported is None:
            raise Refused(f"the imported model {release.model_id} is gone")
        # First the token: whoever is told must be able to answer.
        keep_token(self.table, release_id, token)
        self.course.note(release_id, status="waiting")
        text = approval_text(
            release, release.evaluation, console=self.console, units=imported.units, prices=self.prices
        )
        self._send(subject(approval_subject(release)), text)

    def _send(self, title: str, text: str) -> None:
        try:
            self.sns.publish(TopicArn=self.topic_arn, Subject=title, Message=text)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in {"AuthorizationError", "InvalidParameter", "NotFound", "KMSAccessDenied"}:
                raise Misconfigured(f"the approval topic refused the message: {code}") from error
            raise Unavailable(f"the approval topic did not take the message: {code}") from error
        except BotoCoreError as error:
            raise Unavailable(f"the approval topic did not answer: {error}") from error
