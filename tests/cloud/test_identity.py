"""The user pool's keys come over HTTP, bounded in size and patience."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cloud.identity import LARGEST_DOCUMENT, Fetch, cognito
from lineside.errors import Unavailable

POOL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc"


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        bodies = {"/keys": b'{"keys": []}', "/long": b"x" * (LARGEST_DOCUMENT + 1)}
        body = bodies.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pages() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_keys_of_a_user_pool_stand_at_a_known_address():
    settings = cognito(POOL, "client")

    assert settings.issuer == POOL
    assert settings.keys_url == f"{POOL}/.well-known/jwks.json"
    assert (settings.audience, settings.groups_claim) == ("client", "cognito:groups")


@pytest.mark.loopback
def test_a_document_is_read(pages):
    assert Fetch()(f"{pages}/keys") == b'{"keys": []}'


@pytest.mark.loopback
def test_what_is_not_there_or_far_too_long_is_no_document(pages):
    with pytest.raises(Unavailable, match="answered 404"):
        Fetch()(f"{pages}/nothing")
    assert len(Fetch()(f"{pages}/long")) == LARGEST_DOCUMENT


@pytest.mark.loopback
def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable, match="did not answer"):
        Fetch()("http://127.0.0.1:9/keys")
