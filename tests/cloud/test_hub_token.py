"""The token of gated weights goes from the secret to the start of the job, and nowhere else."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from training.hub_token import main


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("LINESIDE_TOKEN_SECRET", "hugging-face")
    with mock_aws():
        yield boto3.client("secretsmanager")


def test_the_secret_is_printed_alone(secrets, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.create_secret(Name="hugging-face", SecretString="hf_abc\n")

    assert main() == 0
    assert capsys.readouterr().out == "hf_abc"


def test_an_empty_secret_and_none_end_the_job_before_it_costs_much(
    secrets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets.create_secret(Name="hugging-face", SecretString=" ")

    assert main() == 2
    monkeypatch.delenv("LINESIDE_TOKEN_SECRET")
    assert main() == 2
    assert capsys.readouterr().err.splitlines() == [
        "the secret hugging-face holds no token", "LINESIDE_TOKEN_SECRET names no secret",
    ]  # fmt: skip
