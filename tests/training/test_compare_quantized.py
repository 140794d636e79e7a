"""What smaller weights cost is measured in bytes and in answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training import tiny
from tests.training.conftest import Finetuned
from training.compare_quantized import main


def test_each_precision_is_compared_with_the_whole_model(finetuned: Finetuned, tmp_path: Path):
    rows = tiny.write_rows(tmp_path / "test.jsonl", times=1)

    status = main([str(finetuned.out), "--rows", str(rows), "--out", str(tmp_path / "compared.json"), "--tokens", "40"])

    whole, eight, four = json.loads((tmp_path / "compared.json").read_text(encoding="utf-8"))
    assert status == 0
    assert (whole["precision"], eight["precision"], four["precision"]) == ("bf16", "q8_0", "q4_0")
    assert whole["share_of_bytes"] == whole["same_answers"] == whole["same_tokens"] == whole["right_answers"] == 1
    assert four["bytes"] < eight["bytes"] < whole["bytes"]
    assert four["share_of_bytes"] == pytest.approx(four["bytes"] / whole["bytes"], abs=1e-4)
    assert eight["same_answers"] == eight["right_answers"] == 1
    assert 0 < abs(eight["loss"] - whole["loss"]) < 0.01
    assert eight["loss"] != four["loss"]


def test_answers_that_the_model_does_not_give_are_not_right(finetuned: Finetuned, tmp_path: Path):
    rows = tmp_path / "test.jsonl"
    rows.write_text(
        "".join(json.dumps({"messages": tiny.conversation(code, tiny.known(code))}) + "\n" for code in tiny.CODES),
        encoding="utf-8",
    )

    main([str(finetuned.out), "--rows", str(rows), "--out", str(tmp_path / "c.json"), "--precision", "q8_0"])

    whole, eight = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert whole["right_answers"] == eight["right_answers"] == 0
    assert eight["same_answers"] == 1
    assert whole["loss"] > 1


def test_without_questions_nothing_is_compared(
    finetuned: Finetuned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "test.jsonl").write_text("", encoding="utf-8")

    status = main([str(finetuned.out), "--rows", str(tmp_path), "--out", str(tmp_path / "c.json")])

    assert status == 2
    assert "there is no question to compare by" in capsys.readouterr().err
