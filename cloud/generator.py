"""Who writes questions and answers in the cloud: the model of `training.yaml`, or the documents' own structure."""

from __future__ import annotations

from typing import Final

from cloud.bedrock import BedrockWriter, bedrock_client
from cloud.kept_objects import KeptObjects
from lineside.answering.models import ModelRow
from lineside.errors import Misconfigured
from lineside.lake.objects import ObjectStore
from lineside.training_data.draft import Generator
from lineside.training_data.generate import KeptGenerator, WritingGenerator
from lineside.training_data.offline import OfflineGenerator

KEPT: Final = "training-drafts/"
"""Beside the runs, not in one: what one run paid for, every other one finds."""


def cloud_generator(row: ModelRow | None, objects: ObjectStore) -> Generator:
    """A model's words are kept as soon as they are there. Raises `Misconfigured` for a row of a plant."""
    if row is None or row.provider == "offline":
        return OfflineGenerator()
    if row.provider != "bedrock":
        raise Misconfigured(f"the generator {row.name} is one of a plant ({row.provider}); in the cloud choose bedrock")
    writer = BedrockWriter(row, bedrock_client(row.timeout_seconds), streams=False)
    return KeptGenerator(WritingGenerator(writer), KeptObjects(objects, KEPT))
