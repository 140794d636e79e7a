"""Objects in an S3 bucket."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Conflict, Unavailable

_ABSENT = {"NoSuchKey", "404", "NotFound"}
_CHANGED = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


class S3Objects:
    """An `ObjectStore` on a bucket, below `prefix` ("" or ending in a slash). `client` is boto3's for S3."""

    at_once = 10
    """A request takes tens of milliseconds; boto3 keeps ten connections unless told otherwise."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def put(self, key: str, data: bytes) -> None:
        with self._translated(key):
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data)

    def get(self, key: str) -> bytes:
        with self._translated(key):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            return answer["Body"].read()  # type: ignore[no-any-return]

    def list(self, prefix: str) -> builtins.list[str]:
        pages = self._client.get_paginator("list_objects_v2")
        with self._translated(prefix):
            found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix)
            return [item["Key"].removeprefix(self._prefix) for page in found for item in page.get("Contents", ())]

    def delete(self, key: str) -> None:
        with self._translated(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def tag(self, key: str) -> str | None:
        try:
            with self._translated(key):
                answer = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
        except KeyError:
            return None
        return answer["ETag"]  # type: ignore[no-any-return]

    def size(self, key: str) -> int:
        """Bytes of an object; KeyError where there is none."""
        with self._translated(key):
            answer = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
            return answer["ContentLength"]  # type: ignore[no-any-return]

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        """An S3 conditional write: one request, one winner."""
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        try:
            with self._translated(key):
                self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data, **condition)
        except KeyError as error:
            # If-Match on an object that is gone.
            raise Conflict(f"{key} was removed by somebody else") from error

    def delete_if(self, key: str, tag: str) -> None:
        """Raises `Conflict` where somebody has written it since it had that tag. One that is gone already is fine."""
        with suppress(KeyError), self._translated(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key, IfMatch=tag)

    def path(self, key: str) -> Path | None:  # noqa: ARG002 (a bucket has no files)
        return None

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _ABSENT:
                raise KeyError(key) from error
            if code in _CHANGED:
                raise Conflict(f"{key} was changed by somebody else") from error
            raise Unavailable(f"S3 refused {key} ({code})") from error
        except BotoCoreError as error:
            raise Unavailable(f"S3 did not answer for {key}: {error}") from error
