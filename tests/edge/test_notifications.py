"""Telling people: by Apprise, and never silently not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from msgspec.structs import replace

from edge.notifications import PlantNotifier
from lineside.advice.model import Notification
from lineside.errors import Misconfigured, Unavailable
from lineside.site import Line, Site

# Apprise imports `imghdr`, which Python 3.11 already calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")

MESSAGE = Notification(
    fingerprint="f-1",
    alarm_id="a-1",
    site="north",
    line="line-1",
    notified_us=1,
    device="Press",
    severity="high",
    kind="stop",
    cause="Press",
    affected=(),
    lost_seconds=60,
    subject="HIGH: Press stopped",
    message="HIGH: Press stopped\nGo and look.",
    short="HIGH Press stopped",
)


class Webhook(HTTPServer):
    """Answers `status` and keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.told: list[dict[str, Any]] = []
        self.status = 200

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/"


class _Answer(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    server = Webhook()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def site(*addresses: str) -> Site:
    return Site(site="north", lines=(Line(id="line-1", notify=addresses), Line(id="line-2")))


@pytest.mark.loopback
def test_a_line_tells_its_own_webhook_and_no_other_line_does(webhook: Webhook) -> None:
    notifier = PlantNotifier(site(webhook.address))

    notifier.notify(MESSAGE)
    notifier.notify(replace(MESSAGE, line="line-2"))

    assert [(told["title"], told["message"]) for told in webhook.told] == [(MESSAGE.subject, MESSAGE.message)]


@pytest.mark.loopback
def test_a_message_that_did_not_leave_is_said_without_anybodys_password(webhook: Webhook) -> None:
    webhook.status = 500
    notifier = PlantNotifier(site(), (webhook.address.replace("//", "//user:secret@"),))

    with pytest.raises(Unavailable, match="f-1 did not leave for json") as failed:
        notifier.notify(MESSAGE)

    assert "secret" not in str(failed.value)


def test_without_an_address_the_log_is_told(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Notification] = []

    PlantNotifier(site(), on_notification=heard.append).notify(MESSAGE)

    assert "HIGH Press stopped" in caplog.text
    assert heard == [MESSAGE]


def test_an_address_that_nobody_understands_is_found_at_start() -> None:
    with pytest.raises(Misconfigured) as refused:
        PlantNotifier(site("pigeon://secret-loft"))

    assert "pigeon" in str(refused.value)
    assert "secret" not in str(refused.value)
