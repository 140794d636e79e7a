"""Before a deployment: which models of the file can still be used, by what Bedrock says of them."""

import pytest

from cloud import preflight as command
from cloud.preflight import preflight
from lineside.answering.models import parse_models, read_models
from lineside.errors import Misconfigured, Unavailable
from tests.cloud.wire import Wire

TWO = """
models:
  - {name: a, provider: bedrock, model: "openai.gpt-oss-20b-1:0"}
  - {name: again, provider: bedrock, model: "openai.gpt-oss-20b-1:0"}
  - {name: released, provider: bedrock, alias: live}
  - {name: b, provider: bedrock, model: "amazon.nova-2-lite-v1:0"}
"""


def details(**lifecycle: str) -> dict:
    return {"modelDetails": {"modelArn": "arn:aws:bedrock:::m", "modelId": "m", "modelLifecycle": lifecycle}}


def test_each_model_is_asked_about_once_and_an_alias_not_at_all():
    wire = Wire()
    wire.answers(details(status="ACTIVE"))

    findings = preflight(parse_models(f"{TWO}embedder: {{provider: bedrock}}"), wire.client("bedrock"))

    assert [finding.verdict for finding in findings] == ["fine"] * 3
    assert [request.url.rpartition("/")[2] for request in wire.sent] == [
        "openai.gpt-oss-20b-1%3A0",
        "amazon.nova-2-lite-v1%3A0",
        "amazon.titan-embed-text-v2%3A0",
    ]


def test_a_legacy_model_is_told_with_its_end_and_one_that_is_gone_cannot_be_deployed():
    wire = Wire()
    wire.answers(details(status="LEGACY", endOfLifeTime="2027-04-08T00:00:00Z"))
    wire.refuses("ResourceNotFoundException", 404)

    legacy, gone = preflight(parse_models(TWO), wire.client("bedrock"))

    assert legacy.verdict == "warning"
    assert "2027-04-08" in legacy.why
    assert gone.verdict == "unusable"


@pytest.mark.parametrize(
    ("code", "status", "kind"), [("AccessDeniedException", 403, Misconfigured), ("Odd", 418, Unavailable)]
)
def test_where_bedrock_cannot_be_asked_nothing_is_claimed(code, status, kind):
    wire = Wire()
    wire.refuses(code, status)

    with pytest.raises(kind):
        preflight(parse_models(TWO), wire.client("bedrock"))


def test_the_command_ends_with_one_where_a_model_is_gone(monkeypatch, tmp_path, capsys):
    wire = Wire()
    wire.refuses("ResourceNotFoundException", 404)
    monkeypatch.setattr(command.boto3, "client", wire.client)
    (tmp_path / "models.yaml").write_text(TWO)

    assert command.main([str(tmp_path / "models.yaml")]) == 1
    assert "unusable  openai.gpt-oss-20b-1:0" in capsys.readouterr().out
    assert command.main([str(tmp_path / "none.yaml")]) == 2
    assert "there is no models file" in capsys.readouterr().err


def test_the_sample_s_models_are_those_that_are_looked_at():
    wire = Wire()
    wire.answers(details(status="ACTIVE"))

    findings = preflight(read_models(command.DEFAULT_FILE), wire.client("bedrock"))

    assert [finding.model_id for finding in findings] == ["openai.gpt-oss-20b-1:0", "amazon.titan-embed-text-v2:0"]
