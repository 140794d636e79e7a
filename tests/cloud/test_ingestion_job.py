"""Starting an ingestion of the knowledge base, at the wire."""

import pytest

from cloud.ingestion_job import start_ingestion
from lineside.errors import Misconfigured, Unavailable
from tests.cloud.wire import Wire

STARTED = {
    "ingestionJob": {
        "knowledgeBaseId": "KB00000001",
        "dataSourceId": "DS00000001",
        "ingestionJobId": "JOB0000001",
        "status": "STARTING",
        "startedAt": "2026-11-21T10:00:00Z",
        "updatedAt": "2026-11-21T10:00:00Z",
    }
}


def start(wire: Wire) -> str:
    return start_ingestion(wire.client("bedrock-agent"), "KB00000001", "DS00000001", token="5f8d-request")


def test_an_ingestion_is_started_for_the_one_source_and_a_repeat_of_the_call_starts_no_second_one():
    wire = Wire()
    wire.answers(STARTED)

    assert start(wire) == "JOB0000001"
    start(wire)

    assert wire.sent[0].url.endswith("/knowledgebases/KB00000001/datasources/DS00000001/ingestionjobs/")
    assert wire.bodies[0] == wire.bodies[1]
    assert len(wire.bodies[0]["clientToken"]) >= 33


def test_while_another_ingestion_runs_the_changes_must_come_again():
    wire = Wire()
    wire.refuses("ConflictException", 409)

    with pytest.raises(Unavailable, match="runs already"):
        start(wire)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [("AccessDeniedException", 403, Misconfigured), ("ServiceQuotaExceededException", 402, Unavailable)],
)
def test_what_bedrock_refuses_says_who_must_act(code, status, kind):
    wire = Wire()
    wire.refuses(code, status)

    with pytest.raises(kind, match=code):
        start(wire)
