"""The files of an artifact on S3: how large each is, and the first bytes of the large ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Refused, Unavailable
from lineside.releases.artifact import HEAD_BYTES, check_artifact

MOST_PROBLEMS: Final = 5


@dataclass(frozen=True)
class Artifact:
    """Everything below `prefix`, which ends in a slash. `client` is boto3's for S3."""

    client: Any
    bucket: str
    prefix: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def files(self) -> dict[str, int]:
        """Name below the prefix -> size in bytes."""
        try:
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            found = [each for page in pages for each in page.get("Contents", [])]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"S3 did not list {self.uri}: {error}") from error
        return {each["Key"].removeprefix(self.prefix): int(each["Size"]) for each in found if each["Key"][-1] != "/"}

    def read(self, name: str) -> bytes:
        """A file's bytes; of weights the head alone."""
        part = {"Range": f"bytes=0-{HEAD_BYTES - 1}"} if name.endswith(".safetensors") else {}
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name, **part)
            content: bytes = answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"S3 did not give {self.uri}{name}: {error}") from error
        return content

    def check(self) -> None:
        """Raises `Refused` with what an import would dislike."""
        problems = check_artifact(self.files(), self.read)
        if problems:
            more = f" And {len(problems) - MOST_PROBLEMS} more." if len(problems) > MOST_PROBLEMS else ""
            raise Refused(f"{self.uri} cannot be imported. {' '.join(problems[:MOST_PROBLEMS])}{more}")
