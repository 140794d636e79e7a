"""Both stores of releases and of their outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from moto import mock_aws

from cloud.releases import DynamoDbOutcomes, DynamoDbReleases
from edge.sqlite_releases import Releases, SqliteOutcomes, SqliteReleases
from lineside.releases.ports import OutcomeStore, ReleaseStore
from tests.contracts.people import a_table

BOTH = ["sqlite", "dynamodb"]


@dataclass
class Stores:
    releases: ReleaseStore
    outcomes: OutcomeStore


@contextmanager
def stores_of(kind: str, folder: Path) -> Iterator[Stores]:
    if kind == "dynamodb":
        with mock_aws():
            table = a_table()
            yield Stores(DynamoDbReleases(table), DynamoDbOutcomes(table))
        return
    releases = Releases(folder / "releases.db")
    yield Stores(SqliteReleases(releases), SqliteOutcomes(releases))
    releases.close()
