"""What needs torch is skipped where it is not installed; `make test-training` installs it apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

TORCH = find_spec("torch") is not None and find_spec("trl") is not None
WITHOUT_TORCH = ("test_arguments.py", "test_refusals.py", "test_data.py", "test_template.py")

if TORCH:  # before anything of it is imported
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}


class _Skipped(pytest.Module):
    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip("torch is not installed here; `make test-training` runs this", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if TORCH or module_path.name in WITHOUT_TORCH:
        return None
    return _Skipped.from_parent(parent, path=module_path)
