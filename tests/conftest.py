"""What every test may ask for. Sockets are closed, except in tests that are marked `loopback`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fakes.botocore_once import read_descriptions_once
from tests.fakes.once import share_between

read_descriptions_once()
# How long an example takes says how busy the machine is, and nothing of the code: timings live in benchmarks.
settings.register_profile("lineside", deadline=None)
settings.load_profile("lineside")

SAMPLES = Path(__file__).parent.parent / "samples"


def pytest_configure(config: pytest.Config) -> None:
    share_between(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))


@pytest.fixture
def samples() -> Path:
    """The demo plant's folder."""
    return SAMPLES


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real recordings, which are not part of this project: `LINESIDE_DATA`, or beside the checkout."""
    folder = Path(os.environ.get("LINESIDE_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real recordings are not at {folder}; set LINESIDE_DATA to read them")
    return folder
