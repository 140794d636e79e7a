"""What every test may ask for. Sockets are closed, except in tests that are marked `loopback`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

SAMPLES = Path(__file__).parent.parent / "samples"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("loopback"):
        enable_socket()
        socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


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
