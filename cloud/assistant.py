"""The assistant in the cloud: a router on Bedrock that calls tools, and the answering chain on Bedrock."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from cloud.bedrock import bedrock_writers
from lineside.answering.chain import Chain
from lineside.answering.models import ModelRow, Models
from lineside.answering.writer import Aliases, FixedAliases, model_id_of
from lineside.assistant.agent import Assistant, Router
from lineside.assistant.plant import Plant

if TYPE_CHECKING:
    from strands.models.model import Model


def cloud_assistant(
    plant: Plant, models: Models, aliases: Aliases | None = None, session: boto3.Session | None = None
) -> Assistant:
    """The assistant of one plant. `session` makes the clients; the function's own where none is given."""
    released = aliases or FixedAliases()
    made = session or boto3.Session()
    writers = bedrock_writers(models, released, client=_runtime(made, models))
    chain = Chain(writers, plant.site, time.monotonic, released) if writers else None
    return Assistant(plant, bedrock_routers(models, released, made), chain)


def bedrock_routers(models: Models, aliases: Aliases, session: boto3.Session) -> tuple[Router, ...]:
    """The rows on Bedrock that are trusted with tools, up to the offline row: from there on rules route."""
    rows = list(models.routers)
    offline = next((at for at, row in enumerate(rows) if row.provider == "offline"), len(rows))
    return tuple(
        Router(row.name, partial(converse_model, row, aliases, session))
        for row in rows[:offline]
        if row.tools and row.provider == "bedrock"
    )


def converse_model(row: ModelRow, aliases: Aliases, session: boto3.Session) -> Model:
    """A Strands model that speaks Converse. Raises `Unavailable` while nothing is released under its alias."""
    from strands.models.bedrock import BedrockModel

    return BedrockModel(
        boto_session=session,
        boto_client_config=_config(row.timeout_seconds),
        model_id=model_id_of(row, aliases),
        temperature=row.temperature,
        max_tokens=row.max_tokens,
        context_window_limit=row.context_tokens,
    )


def _runtime(session: boto3.Session, models: Models) -> object:
    """One client for all answerers; whoever asks retries, so it makes one attempt."""
    longest = max((row.timeout_seconds for row in models.asked), default=60.0)
    return session.client("bedrock-runtime", config=_config(longest))


def _config(timeout_seconds: float) -> Config:
    return Config(connect_timeout=3, read_timeout=timeout_seconds, retries={"total_max_attempts": 1})
