"""Embedding on Bedrock: Amazon Titan Text Embeddings V2, one text a call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.embedding import Vectors, normalized
from lineside.manuals.settings import TITAN, EmbedderRow

TITAN_DIMENSIONS = 1024
LONGEST_TEXT = 40_000
"""Titan reads 8,192 tokens and refuses more than 50,000 characters."""

FOR_A_PERSON = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
"""Asking again cannot help with these; a person must mend the name, the access or the role."""


class BedrockEmbedder:
    """An `Embedder`. `client` is boto3's for bedrock-runtime."""

    def __init__(self, client: Any, row: EmbedderRow) -> None:
        self._client = client
        self._model = row.model or TITAN
        self.dimensions = row.dimensions or TITAN_DIMENSIONS

    @property
    def name(self) -> str:
        return f"bedrock:{self._model}:{self.dimensions}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [self._embed(text) for text in texts]
        return normalized(rows) if rows else np.zeros((0, self.dimensions), np.float32)

    def _embed(self, text: str) -> list[float]:
        asked = {"inputText": text[:LONGEST_TEXT] or " ", "dimensions": self.dimensions, "normalize": True}
        try:
            answer = self._client.invoke_model(
                modelId=self._model, contentType="application/json", accept="application/json", body=json.dumps(asked)
            )
            vector = json.loads(answer["body"].read())["embedding"]
        except ClientError as error:
            raise translated(error, f"the embedder {self._model}") from error
        except BotoCoreError as error:
            raise Unavailable(f"the embedder {self._model} did not answer") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"the embedder {self._model} answered without a vector") from error
        if len(vector) != self.dimensions:
            raise Misconfigured(f"{self._model} gives {len(vector)} dimensions, not {self.dimensions}")
        return list(vector)


def translated(error: ClientError, what: str) -> Misconfigured | Unavailable:
    code = error.response["Error"]["Code"]
    if code in FOR_A_PERSON:
        return Misconfigured(f"{what} refused: {code}")
    return Unavailable(f"{what} did not answer: {code}")
