"""Vision models on Bedrock, through Converse with image blocks."""

from __future__ import annotations

from typing import Any

from cloud.bedrock import BedrockWriter, bedrock_client
from lineside.answering.models import Models
from lineside.inspection.vision import VisionInspector


def vision_inspectors(models: Models, *, client: Any = None) -> tuple[VisionInspector, ...]:
    """One `Inspector` for each row of Bedrock whose role is `vision`, first choice first."""
    return tuple(
        VisionInspector(BedrockWriter(row, client or bedrock_client(row.timeout_seconds), streams=False))
        for row in models.lookers
        if row.provider == "bedrock"
    )
