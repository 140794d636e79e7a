"""How large the models of an Ollama are, and which build of a model a name means now; other servers do not tell."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from lineside.answering.models import ModelRow
from lineside.errors import Unavailable

_SECONDS = 5.0
_GIB = 2**30


class ModelSize(msgspec.Struct, frozen=True):
    """`memory_bytes` while it is loaded, else 0. `digest` changes with every build."""

    digest: str = ""
    disk_bytes: int = 0
    memory_bytes: int = 0
    quantization: str = ""


def size_of(row: ModelRow) -> ModelSize:
    """What the row's server tells; an empty one where it tells nothing. Never raises."""
    if row.provider != "ollama":
        return ModelSize()
    kept = _named(_listed(row, "tags"), row.model)
    loaded = _named(_listed(row, "ps"), row.model)
    details = kept.get("details")
    quantization = details.get("quantization_level") if isinstance(details, dict) else ""
    return ModelSize(
        str(kept.get("digest") or ""), _whole(kept.get("size")), _whole(loaded.get("size")), str(quantization or "")
    )


def check_reachable(row: ModelRow) -> None:
    """Raises `Unavailable` where nobody listens: else every question would be asked in vain, each with its patience."""
    try:
        with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
            client.get(row.url)
    except httpx.HTTPError as error:
        raise Unavailable(f"{row.name} is not reachable at {row.url}; is its server running?") from error


def compared(base: ModelSize, candidate: ModelSize) -> str:
    """A sentence about both sizes, in memory where both are known there, else on disk; "" where neither is."""
    for what, large, small in (
        ("memory", base.memory_bytes, candidate.memory_bytes),
        ("disk", base.disk_bytes, candidate.disk_bytes),
    ):
        if large and small:
            change = f"{abs(1 - small / large):.0%} {'less' if small < large else 'more'}"
            return (
                f"The base takes {_told(large, base)} of {what}, the candidate {_told(small, candidate)}"
                f"{': ' + change if small != large else ''}."
            )
    return ""


def _told(size: int, of: ModelSize) -> str:
    return f"{size / _GIB:.2f} GiB{f' ({of.quantization})' if of.quantization else ''}"


def _listed(row: ModelRow, what: str) -> list[dict[str, Any]]:
    try:
        with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
            data = client.get(f"{row.url.rstrip('/')}/api/{what}").json()
    except (httpx.HTTPError, ValueError):
        return []
    models = data.get("models") if isinstance(data, dict) else None
    return [each for each in models if isinstance(each, dict)] if isinstance(models, list) else []


def _named(models: list[dict[str, Any]], name: str) -> dict[str, Any]:
    names = {name, name if ":" in name else f"{name}:latest"}
    return next((each for each in models if each.get("name") in names or each.get("model") in names), {})


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
