from __future__ import annotations

import csv
import json
import sys

import pytest

from simulator.__main__ import run


def simulator(*arguments: str) -> None:
    sys.argv = ["simulator", *arguments]
    run()


@pytest.fixture(autouse=True)
def arguments_are_put_back(monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)


def test_a_run_is_written_with_its_truth_beside_it(tmp_path):
    with pytest.raises(SystemExit) as ended:
        simulator(
            *("--minutes", "20", "--fault", "jam:Labeller@300+300"),
            *("--csv", str(tmp_path / "line.csv"), "--truth", str(tmp_path / "truth.jsonl")),
        )

    assert not ended.value.code
    rows = list(csv.DictReader((tmp_path / "line.csv").read_text().splitlines()))
    assert len({row["timestamp"] for row in rows}) == 240
    assert json.loads((tmp_path / "truth.jsonl").read_text())["cause"] == "Labeller"


def test_the_same_seed_writes_the_same_file(tmp_path):
    for name in ("a.csv", "b.csv"):
        with pytest.raises(SystemExit):
            simulator("--minutes", "5", "--seed", "7", "--faults", "2", "--csv", str(tmp_path / name))

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "nothing to do"),
        (("--fault", "explosion", "--csv", "x.csv"), "is no fault"),
        (("--answer-fault", "explodes", "--csv", "x.csv"), "is no fault of an answer"),
        (("--mqtt", "127.0.0.1:1"), "LINESIDE_MQTT_PASSWORD"),
        (("--csv", "x.csv", "--images-every", "10"), "LINESIDE_TOKEN"),
        (("--truth", "x.csv", "--images-every", "10"), "pictures are of a line that runs"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_two(arguments, sentence, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINESIDE_MQTT_PASSWORD", raising=False)
    monkeypatch.delenv("LINESIDE_TOKEN", raising=False)

    with pytest.raises(SystemExit) as ended:
        simulator(*arguments)

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
