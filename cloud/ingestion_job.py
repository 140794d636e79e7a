"""Making a knowledge base read its documents again."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Misconfigured, Unavailable

_FOR_A_PERSON = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})


def start_ingestion(client: Any, knowledge_base_id: str, data_source_id: str, *, token: str) -> str:
    """Start an ingestion and return its id. The same `token` again starts no second one.

    `client` is boto3's for bedrock-agent. `Unavailable` while another ingestion runs or Bedrock does not answer.
    """
    try:
        answer = client.start_ingestion_job(
            knowledgeBaseId=knowledge_base_id, dataSourceId=data_source_id, clientToken=_long_enough(token)
        )
    except ClientError as error:
        raise _translated(error) from error
    except BotoCoreError as error:
        raise Unavailable(f"Bedrock did not answer: {error}") from error
    return str(answer["ingestionJob"]["ingestionJobId"])


def _translated(error: ClientError) -> Misconfigured | Unavailable:
    code = error.response["Error"]["Code"]
    if code == "ConflictException":
        return Unavailable("an ingestion runs already; the changes come again after it")
    if code in _FOR_A_PERSON:
        return Misconfigured(f"Bedrock refused the ingestion: {code}")
    return Unavailable(f"Bedrock did not start the ingestion: {code}")


def _long_enough(token: str) -> str:
    """Bedrock takes tokens of 33 characters and more."""
    return f"lineside-ingestion-{token}".ljust(33, "0")[:256]
