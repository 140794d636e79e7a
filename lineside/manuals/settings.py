"""The embedder as a row of configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

from lineside.errors import Misconfigured

OLLAMA_URL = "http://127.0.0.1:11434"
TITAN = "amazon.titan-embed-text-v2:0"
TITAN_DIMENSIONS = 1024
EmbedderProvider = Literal["bedrock", "ollama", "minilm", "none"]


class EmbedderRow(BaseModel):
    """Which embedder finds passages by meaning. `none`: words and codes alone.

    `model` and `url` have a default where the provider has one; `dimensions` 0 takes what the model gives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: EmbedderProvider = "none"
    model: Annotated[str, Field(max_length=200)] = ""
    url: Annotated[str, Field(max_length=500, pattern=r"^(https?://\S+)?$")] = ""
    dimensions: Annotated[int, Field(ge=0, le=8192)] = 0
    timeout_seconds: PositiveFloat = 10.0

    @model_validator(mode="after")
    def _ollama_needs_a_model(self) -> EmbedderRow:
        if self.provider == "ollama" and not self.model:
            raise ValueError("name the model, such as nomic-embed-text")
        return self


def embedder_row(text: str) -> EmbedderRow:
    """`none`, `minilm`, or `ollama:MODEL` with `@URL` behind it. Raises Misconfigured."""
    if text in ("none", "minilm"):
        return EmbedderRow(provider=text)  # type: ignore[arg-type]
    provider, _, rest = text.partition(":")
    model, _, url = rest.partition("@")
    if provider != "ollama" or not model or (url and not url.startswith(("http://", "https://"))):
        raise Misconfigured(f"{text!r} is no embedder; write none, minilm or ollama:MODEL@URL")
    return EmbedderRow(provider="ollama", model=model, url=url or OLLAMA_URL)
