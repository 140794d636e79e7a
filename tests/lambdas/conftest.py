"""The cloud, for the tests of the handlers."""

from collections.abc import Iterator

import pytest

from tests.lambdas.aws import Cloud, cloud


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud(monkeypatch) as made:
        yield made
