"""Finding passages by meaning in a Bedrock Knowledge Base on S3 Vectors.

The knowledge base holds one object for each passage and only says which of them are near; the words that are quoted
come from the library that travels with the function, so that what may be quoted is decided in one place.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloud.library_file import PASSAGE_ID
from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.embedding import Near

MOST_RESULTS = 100
"""What Retrieve gives at most."""
LONGEST_QUERY = 1_000
"""Characters of a query that Retrieve takes; the rest of a long question is left to the words."""

FOR_A_PERSON = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
"""Asking again cannot help with these; a person must mend the name, the access or the role."""


class KnowledgeBase:
    """A `Meaning`: `ManualSearch(library, meaning=KnowledgeBase(...))`. `client` is boto3's for bedrock-agent-runtime.

    S3 Vectors searches by meaning alone, so the words are searched here. Passages that may not be quoted today are
    left out of what comes back; up to a hundred are asked for, so that enough remain.
    """

    def __init__(self, client: Any, knowledge_base_id: str) -> None:
        self._client, self._id = client, knowledge_base_id

    def nearest(self, question: str, top: int, allowed: Collection[str] | None) -> list[Near]:
        wanted = MOST_RESULTS if allowed is not None else min(top, MOST_RESULTS)
        near = [each for each in map(_near, self._retrieve(question, wanted)) if each is not None]
        return [each for each in near if allowed is None or each.passage_id in allowed][:top]

    def _retrieve(self, question: str, wanted: int) -> list[dict[str, Any]]:
        try:
            answer = self._client.retrieve(
                knowledgeBaseId=self._id,
                retrievalQuery={"text": question[:LONGEST_QUERY]},
                retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": wanted}},
            )
        except ClientError as error:
            raise _translated(error) from error
        except BotoCoreError as error:
            raise Unavailable("the knowledge base did not answer") from error
        return list(answer["retrievalResults"])


def _near(result: dict[str, Any]) -> Near | None:
    """None for an object that says no passage: somebody else put it there."""
    passage_id = result.get("metadata", {}).get(PASSAGE_ID)
    if not isinstance(passage_id, str):
        return None
    return Near(passage_id, min(1.0, max(0.0, float(result.get("score", 0.0)))))


def _translated(error: ClientError) -> Misconfigured | Unavailable:
    code = error.response["Error"]["Code"]
    if code in FOR_A_PERSON:
        return Misconfigured(f"the knowledge base refused: {code}")
    return Unavailable(f"the knowledge base did not answer: {code}")
