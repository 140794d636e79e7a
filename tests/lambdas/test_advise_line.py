"""`advise_line` with models: who words an advisory in the cloud, and what it costs a tick when nobody can."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import boto3
import pytest
from moto.core.config import default_user_config

from app import ROOT
from cloud.dynamodb_alarms import DynamoDbAdvisoryStore
from cloud.releases import DynamoDbReleases
from cloud.s3 import S3Objects
from lineside.advice.model import Advisory
from lineside.lake import Lake
from lineside.releases.record import AliasTable, Target
from lineside.telemetry.reading import Reading
from tests.fakes.bedrock import FakeBedrock
from tests.lambdas.aws import BUCKET, TABLE, Cloud
from tests.lambdas.telemetry import START
from tests.stacks.synth import demo_site

JAM = START + timedelta(minutes=20)
GOOD = "The Vertical Conveyor has stood since {at}."
ARN = "arn:aws:bedrock:eu-central-1:123456789012:imported-model/abcdefghijkl"


@pytest.fixture
def bedrock() -> FakeBedrock:
    return FakeBedrock()


@pytest.fixture
def aws_with_models(aws: Cloud, bedrock: FakeBedrock, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    aws.given["MODELS_FILE"] = str(ROOT / "samples" / "models.cloud.yaml")
    # moto has no converse_stream; it lets these requests pass, and the fake answers them.
    monkeypatch.setitem(
        default_user_config["core"], "passthrough", {"urls": [r"https://bedrock-runtime\."], "services": []}
    )
    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION.events.register("before-send.bedrock-runtime", bedrock._respond)
    return aws


def jam(aws: Cloud) -> list[Advisory]:
    """The Vertical Conveyor stands from minute 20 on; the advisor ticks until minute 30."""
    start_us, jam_us = int(START.timestamp() * 1e6), int(JAM.timestamp() * 1e6)
    instants = range(start_us, start_us + 40 * 60_000_000, 10_000_000)
    state = [Reading("Vertical Conveyor", "State", at, "Down" if at >= jam_us else "Running") for at in instants]
    Lake(S3Objects(boto3.client("s3"), BUCKET)).append("bakery-north", "line-1", state, "all")
    for minutes in range(5, 35, 5):
        at = START + timedelta(minutes=minutes, seconds=30)
        tick = {"site": "bakery-north", "line": "line-1", "scheduled_at": at.isoformat().replace("+00:00", "Z")}
        aws.invoke("advise_line", tick)
    return DynamoDbAdvisoryStore(boto3.resource("dynamodb").Table(TABLE)).recent("bakery-north", "line-1", 10)


def good() -> str:
    from zoneinfo import ZoneInfo

    return GOOD.format(at=JAM.astimezone(ZoneInfo(demo_site().timezone)).strftime("%H:%M"))


def test_the_general_model_words_it_while_nothing_is_released(aws_with_models, bedrock):
    bedrock.says(good())

    *_, first = jam(aws_with_models)

    assert (first.what_happened, first.composed_by) == (good(), "gpt-oss")
    assert first.why_not == ("no model is released as live yet",)
    assert [asked.model for asked in bedrock.asked][:1] == ["openai.gpt-oss-20b-1:0"]
    assert len(bedrock.asked) == len(aws_with_models.advisories())


def test_the_released_model_words_it(aws_with_models, bedrock):
    releases = DynamoDbReleases(boto3.resource("dynamodb").Table(TABLE))
    releases.switch(AliasTable(version=1, live=Target("r-1", ARN)))
    bedrock.says(good())

    *_, first = jam(aws_with_models)

    assert (first.composed_by, first.why_not) == ("fine-tuned", ())
    assert {asked.model for asked in bedrock.asked} == {ARN}


def test_the_procedure_words_it_while_bedrock_is_away(aws_with_models, bedrock):
    bedrock.fails("ServiceUnavailableException", status=503)

    *_, first = jam(aws_with_models)

    assert first.composed_by == "procedure"
    assert "gpt-oss did not answer: Bedrock says ServiceUnavailableException" in first.why_not
    assert len(aws_with_models.advisories()) >= 1


def test_the_function_loads_nothing_that_only_a_conversation_needs():
    """Its bundle has neither Strands nor an HTTP client nor a PDF reader."""
    requirements = (ROOT / "lambdas" / "advise_line" / "requirements.txt").read_text()
    program = (
        "import sys, json; import lineside.advice.wording, lineside.answering.chain, cloud.bedrock, cloud.releases,"
        " lineside.releases.aliases;"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )

    loaded = set(json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout))

    assert not loaded & {"strands", "httpx", "pypdfium2", "pdfplumber", "bm25s", "chromadb", "fastapi", "duckdb"}
    assert "strands" not in requirements


def test_what_the_log_says_of_a_tick_names_who_chose_the_words(aws_with_models, bedrock, caplog):
    bedrock.says(good())

    jam(aws_with_models)

    chosen = [record.composed_by for record in caplog.records if record.message == "line judged"]
    assert ["gpt-oss"] in chosen
