"""A release from its dataset to the people it answers, and everything taken back where a step goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.statemachines.release_world import ReleaseWorld, release_world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[ReleaseWorld]:
    with release_world(monkeypatch, tmp_path) as made:
        yield made


def test_the_first_release_goes_all_the_way(world):
    run = world.run()

    print(run.status, run.error, run.cause, run.states, world.means(), world.account.asked)
    assert run.status == "SUCCEEDED"
