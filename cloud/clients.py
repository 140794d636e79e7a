"""boto3 clients as all functions use them: patient with a slow neighbour, but not for long."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

# Three attempts within about ten seconds: the queue or the schedule tries again later, with everything it was given.
PATIENCE = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


def client(service: str) -> Any:
    return boto3.client(service, config=PATIENCE)


def table(name: str) -> Any:
    return boto3.resource("dynamodb", config=PATIENCE).Table(name)
