"""The measurement that a machine with a GPU runs, on a shape that any machine can."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from training.data import IGNORED
from training.measure import SHAPES, main, rows_of

SMALL = ["--shape", "tiny", "--tokens", "3000", "--row-tokens", "60", "--max-length", "256", "--trl-batch", "4"]
quiet = pytest.mark.filterwarnings("ignore::FutureWarning")


def test_rows_are_the_same_every_time_and_as_long_as_they_should_be():
    rows = rows_of(50_000, 300, 700, 512)

    lengths = sorted(len(row.input_ids) for row in rows)
    assert rows == rows_of(50_000, 300, 700, 512)
    assert 250 < lengths[len(lengths) // 2] < 350
    assert lengths[-1] == 700
    assert all(0 < sum(label != IGNORED for label in row.labels) < len(row.labels) // 2 for row in rows)


@quiet
@pytest.mark.parametrize(("side", "packed"), [("ours", True), ("trl", False)])
def test_a_side_is_measured_in_real_tokens(side: str, packed: bool, capsys: pytest.CaptureFixture[str]):
    status = main(["--side", side, *SMALL])

    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    total = sum(len(row.input_ids) for row in rows_of(3_000, 60, 256, 512))
    assert status == 0
    assert figures["packing"] is packed
    assert 0 < figures["tokens"] < total
    assert figures["tokens_per_second"] == pytest.approx(figures["tokens"] / figures["seconds"], rel=0.01)
    assert figures["steps"] > 2


def test_a_ratio_is_reported_for_the_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The sides are two commands that print a line each; here the second one is half as fast."""
    says = tmp_path / "says.py"
    says.write_text(
        "#!" + sys.executable + "\nimport json, sys\nspeed, most = (50, 8) if 'trl' in sys.argv else (100, 6)\n"
        "print(json.dumps({'tokens_per_second': speed, 'peak_memory_bytes': most, 'device': 'x'}))",
        encoding="utf-8",
    )
    says.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(says))

    status = main([*SMALL, "--out", str(tmp_path / "measured.json")])

    report = json.loads((tmp_path / "measured.json").read_text(encoding="utf-8"))
    assert status == 0
    assert (report["tokens_per_second_ratio"], report["peak_memory_ratio"]) == (2.0, 0.75)
    assert report["ours"]["tokens_per_second"] == 100


def test_a_side_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "executable", "false")

    status = main([*SMALL, "--out", str(tmp_path / "measured.json")])

    assert status == 1
    assert "measuring ours failed" in capsys.readouterr().err
    assert not (tmp_path / "measured.json").exists()


def test_the_real_shape_is_that_of_llama_3_2_3b():
    from training.hardware import weight_bytes

    shape = type("Shape", (), SHAPES["llama-3.2-3b"])
    import torch

    assert weight_bytes(shape, torch.bfloat16) / 2 == pytest.approx(3.21e9, rel=0.01)
