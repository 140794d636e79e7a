"""Before a deployment: can the models of the models file still be used, in this account's Region?

`python -m cloud.preflight [MODELS_FILE]` asks Bedrock, needs credentials, and ends with 1 where somebody must choose
another model. A model that is Legacy still answers those who used it lately, and nobody new.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lineside.answering.models import Models, read_models
from lineside.errors import LinesideError, Misconfigured, Unavailable
from lineside.manuals.settings import TITAN

DEFAULT_FILE = Path("samples/models.cloud.yaml")


@dataclass(frozen=True)
class Finding:
    """What is true of one model. `verdict` says whether a deployment may go on."""

    model_id: str
    verdict: Literal["fine", "warning", "unusable"]
    why: str


def preflight(models: Models, client: Any) -> list[Finding]:
    """One finding for each foundation model of the file, the embedder's included.

    `client` is boto3's for bedrock. Raises `Unavailable` where Bedrock does not answer, and `Misconfigured` where it
    does not let us ask.
    """
    named = [row.model for row in models.models if row.provider == "bedrock" and row.model]
    if models.embedder is not None and models.embedder.provider == "bedrock":
        named.append(models.embedder.model or TITAN)
    known = [model_id for model_id in dict.fromkeys(named) if not model_id.startswith("arn:")]
    return [_finding(client, model_id) for model_id in known]


def _finding(client: Any, model_id: str) -> Finding:
    try:
        details = client.get_foundation_model(modelIdentifier=model_id)["modelDetails"]
    except ClientError as error:
        return _not_found(model_id, error)
    except BotoCoreError as error:
        raise Unavailable(f"Bedrock did not answer: {error}") from error
    lifecycle = details.get("modelLifecycle", {})
    if lifecycle.get("status") == "LEGACY":
        ends = lifecycle.get("endOfLifeTime")
        until = f" until {ends:%Y-%m-%d}" if ends else ""
        return Finding(model_id, "warning", f"it is legacy{until}: who has not used it lately cannot begin to")
    return Finding(model_id, "fine", "it is active")


def _not_found(model_id: str, error: ClientError) -> Finding:
    code = error.response["Error"]["Code"]
    if code in {"ResourceNotFoundException", "ValidationException"}:
        return Finding(model_id, "unusable", "this Region does not have it, or no longer")
    if code == "AccessDeniedException":
        raise Misconfigured("these credentials may not ask Bedrock (bedrock:GetFoundationModel)") from error
    raise Unavailable(f"Bedrock did not answer about {model_id}: {code}") from error


def main(arguments: list[str]) -> int:
    """Exit status: 0 all can be used, 1 one cannot, 2 Bedrock could not be asked."""
    try:
        models = read_models(Path(arguments[0]) if arguments else DEFAULT_FILE)
        findings = preflight(models, boto3.client("bedrock"))
    except (LinesideError, BotoCoreError) as error:
        sys.stderr.write(f"preflight: {error}\n")
        return 2
    for finding in findings:
        sys.stdout.write(f"{finding.verdict:<9} {finding.model_id}: {finding.why}\n")
    return 1 if any(finding.verdict == "unusable" for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
