"""`python app.py`, as `make synth` runs it."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

import app as cloud_app
from lineside.answering.models import parse_models
from lineside.errors import Misconfigured
from lineside.releases.settings import ReleaseSettings, TrainingSettings
from stacks.manuals import Embedder


@pytest.fixture
def outdir(tmp_path) -> dict[str, str]:
    return {"CDK_OUTDIR": str(tmp_path)}


def test_the_templates_are_written_and_counted(outdir, tmp_path, capsys):
    status = cloud_app.main(outdir, cloud_app.context_of_cdk_json())

    printed = capsys.readouterr().out
    assert status == 0
    assert {"lake", "ingestion", "advisor", "all"} <= {line.split()[0] for line in printed.splitlines()}
    assert "not bundled" in printed
    assert (tmp_path / "advisor.template.json").is_file()


def test_a_site_file_that_is_not_there_is_one_clear_sentence(outdir, capsys):
    status = cloud_app.main(outdir, {**cloud_app.context_of_cdk_json(), "site": "nowhere/site.yaml"})

    assert status == 2
    assert "there is no site file at" in capsys.readouterr().err


def test_a_finding_of_the_checks_stops_the_synth_and_is_shown(outdir, capsys, monkeypatch):
    def open_bucket(deployment: cloud_app.Deployment) -> None:
        s3.Bucket(cdk.Stack(deployment.app, "open"), "Open")

    monkeypatch.setattr(cloud_app.Deployment, "add_stacks", open_bucket)

    status = cloud_app.main(outdir, cloud_app.context_of_cdk_json())

    assert status == 1
    assert "AwsSolutions-S10" in capsys.readouterr().err


def test_addresses_are_separated_by_commas():
    app = cdk.App(
        context={"site": "site.yaml", "advisory_email": "a@example.com, b@example.com,", "advisory_phone": ""}
    )

    choices = cloud_app.Choices.of(app)

    assert choices.advisory_email == ("a@example.com", "b@example.com")
    assert choices.advisory_phone == ()


def test_the_embedder_is_the_row_of_the_models_file():
    def chosen(row: str) -> object:
        return cloud_app.embedder_of(parse_models(f"models: [{{name: a, provider: offline}}]\nembedder: {row}\n"))

    assert chosen("{provider: bedrock}") == Embedder("amazon.titan-embed-text-v2:0", 1024)
    assert chosen("{provider: bedrock, model: cohere.embed-v4:0, dimensions: 256}") == Embedder(
        "cohere.embed-v4:0", 256
    )
    assert chosen("{provider: none}") is None
    with pytest.raises(Misconfigured, match="one of a plant"):
        chosen("{provider: minilm}")


def test_a_region_that_imports_no_model_is_refused_once_a_model_is_to_be_trained():
    accepted = ReleaseSettings(training=TrainingSettings(accept_licence=True))

    with pytest.raises(Misconfigured, match="imports no models in eu-west-1"):
        cloud_app.refuse_region("eu-west-1", accepted)
    for region, training in (("us-east-1", accepted), ("", accepted), ("eu-west-1", ReleaseSettings())):
        cloud_app.refuse_region(region, training)
