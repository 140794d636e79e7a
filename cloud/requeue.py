"""What the IoT rule could not put on the queue, put there after all."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloud.records import body, undelivered
from lineside.errors import Unavailable
from lineside.lake.objects import ObjectStore

UNDELIVERED = "undelivered/"


def requeue(objects: ObjectStore, client: Any, queue_url: str, limit: int = 1_000) -> int:
    """Send up to `limit` undelivered messages to the queue, and forget each once it is there. How many were sent.

    `client` is boto3's for SQS. A crash in between sends one message twice, which is harmless.
    """
    sent = 0
    for key in objects.list(UNDELIVERED)[:limit]:
        message = undelivered(key, objects.get(key))
        if message is None:
            continue
        try:
            client.send_message(QueueUrl=queue_url, MessageBody=body(message))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"the telemetry queue did not take a message: {error}") from error
        objects.delete(key)
        sent += 1
    return sent
