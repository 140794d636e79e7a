"""Vision models in the plant: Ollama, and servers that speak OpenAI's chat completions."""

from __future__ import annotations

from collections.abc import Mapping

from edge.model_servers import DIALECTS, ServerWriter
from lineside.answering.models import Models
from lineside.inspection.vision import VisionInspector


def vision_inspectors(models: Models, api_keys: Mapping[str, str] | None = None) -> tuple[VisionInspector, ...]:
    """One `Inspector` for each row of the plant whose role is `vision`, first choice first.

    `api_keys` are the values of the environment variables that the rows name, read where the process starts.
    """
    keys = api_keys or {}
    return tuple(
        VisionInspector(ServerWriter(row, api_key=keys.get(row.api_key_env, "")))
        for row in models.lookers
        if row.provider in DIALECTS
    )
