"""Queues as all of ours are: encrypted, TLS only, and with a place for what nobody could handle."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.acknowledge import acknowledge


class LastResort(sqs.Queue):
    """Keeps for fourteen days what could not be handled, until a person looks."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        acknowledge(
            self, "SQS3", reason="It is itself the place where undeliverable messages end; an alarm watches it."
        )


class WorkQueue(sqs.Queue):
    """Work for one function. A message that failed `max_receives` times goes to `last_resort`."""

    def __init__(
        self, scope: Construct, construct_id: str, *, visibility_timeout: Duration, max_receives: int = 5
    ) -> None:
        self.last_resort = LastResort(scope, f"{construct_id}LastResort")
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=visibility_timeout,
            # A plant may be repaired over a long weekend without losing what it sent.
            retention_period=Duration.days(14),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.last_resort, max_receive_count=max_receives),
        )
