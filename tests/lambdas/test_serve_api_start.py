"""`serve_api` as the Web Adapter starts it: the script, a real port, and AWS not asked before somebody asks us."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import ROOT
from tests.lambdas.aws import REGION
from tests.test_seams import environment_of

PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(address: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The start script with the template's variables; where CloudFormation fills in, a word stands."""
    port = free_port()
    (tmp_path / "library.jsonl").write_bytes(b"")
    python = Path(sys.executable).parent
    process = subprocess.Popen(
        [ROOT / "lambdas" / "serve_api" / "run.sh"],
        env={
            "PATH": f"{python}:{os.environ['PATH']}",
            "LAMBDA_TASK_ROOT": str(ROOT),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            **environment_of("serve_api"),
            "KNOWLEDGE_BASE_ID": "",
            "SITE_FILE": str(ROOT / "samples" / "site.yaml"),
            "MODELS_FILE": str(ROOT / "samples" / "models.cloud.yaml"),
            "TRAINING_FILE": str(ROOT / "samples" / "training.cloud.yaml"),
            "LIBRARY_FILE": str(tmp_path / "library.jsonl"),
            "AWS_LWA_PORT": str(port),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=30)
        assert said == b""


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """As the adapter does: until the port is open."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


@pytest.mark.loopback
def test_the_script_opens_the_port_and_answers_without_having_asked_aws_anything(served):
    status, health = get(f"{served}/health")
    _, way_in = get(f"{served}/api/sign-in")
    refused, problem = get(f"{served}/api/lines")

    assert (status, health["status"]) == (200, "ok")
    assert way_in["oidc"]["scope"] == "openid profile lineside/use"
    assert (refused, problem["title"]) == (401, "Unauthorized")
