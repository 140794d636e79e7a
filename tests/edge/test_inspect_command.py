"""`lineside inspect`: images in, a line for every one out, whatever the files are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.cli.commands import app
from lineside.errors import Misconfigured


def a_biscuit(path: Path) -> Path:
    pixels = np.full((200, 240, 3), (150, 90, 40), np.uint8)
    cv2.circle(pixels, (120, 100), 60, (90, 160, 210), -1, cv2.LINE_AA)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def told(*arguments: str | Path) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["inspect", *map(str, arguments), "--json"])
    assert (done.exit_code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_image_has_its_line_in_order(tmp_path):
    first, second = a_biscuit(tmp_path / "b.png"), a_biscuit(tmp_path / "a.jpg")

    lines = told(first, second)

    assert [line["file"] for line in lines] == [str(first), str(second)]
    assert all(list(line) == ["file", "verdict", "confidence", "regions"] for line in lines)
    assert [line["verdict"] for line in lines] == ["good", "good"]
    assert all(0 <= line["confidence"] <= 1 for line in lines)


def test_what_nobody_may_read_or_name_is_unreadable_and_keeps_no_other_from_its_line(tmp_path, monkeypatch):
    shut, whole = a_biscuit(tmp_path / "shut.png"), a_biscuit(tmp_path / "whole.png")
    monkeypatch.setattr("os.access", lambda *_args, **_given: False)

    lines = told(shut, tmp_path / ("x" * 300 + ".png"), whole)

    assert [line["verdict"] for line in lines] == ["good", "unreadable", "good"]


def test_an_image_that_breaks_the_inspector_is_told_and_keeps_no_other_from_its_line(tmp_path, monkeypatch):
    from lineside.inspection.offline import OfflineInspector

    broken, whole = a_biscuit(tmp_path / "broken.png"), a_biscuit(tmp_path / "whole.jpg")
    inspect = OfflineInspector.inspect

    def breaks_on_png(self, image, examples=()):
        assert image.media_type != "image/png", "no belt to be seen"
        return inspect(self, image, examples)

    monkeypatch.setattr(OfflineInspector, "inspect", breaks_on_png)

    done = CliRunner().invoke(app, ["inspect", str(broken), str(whole), "--json"])

    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["unreadable", "good"]
    assert (done.exit_code, "broken.png: Lineside itself failed on it" in done.stderr) == (0, True)


def test_a_name_in_any_script_is_told_as_it_is(tmp_path):
    file = a_biscuit(tmp_path / "печенье ü 饼干.png")

    (line,) = told(file)

    assert line["file"] == str(file)
    assert line["verdict"] == "good"


def test_files_that_are_no_image_are_unreadable_and_the_exit_is_0(tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("good, confidence 1.0")
    whole = a_biscuit(tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "tiny.png").write_bytes(cv2.imencode(".png", np.zeros((20, 20, 3), np.uint8))[1].tobytes())
    names = ["empty.png", "text.jpg", "half.png", "tiny.png", "missing.png"]

    lines = told(*(tmp_path / name for name in names), tmp_path / "whole.png")

    assert [line["verdict"] for line in lines] == ["unreadable"] * 5 + ["good"]
    assert all(line["regions"] == [] for line in lines[:5])


def test_a_folder_is_walked_in_the_order_of_its_names(tmp_path):
    (tmp_path / "deeper").mkdir()
    files = [a_biscuit(tmp_path / name) for name in ("z.png", "deeper/a.JPG", "b.jpeg")]
    (tmp_path / "labels.jsonl").write_text("{}")

    assert [line["file"] for line in told(tmp_path)] == sorted(map(str, files))


def test_a_folder_without_images_is_said_before_anything_is_looked_at(tmp_path):
    image = a_biscuit(tmp_path / "a.png")
    (tmp_path / "none").mkdir()

    done = CliRunner().invoke(app, ["inspect", str(image), str(tmp_path / "none")])

    assert isinstance(done.exception, Misconfigured)
    assert "holds no PNG and no JPEG" in str(done.exception)
    assert done.stdout == ""


def test_without_an_image_one_sentence_says_what_is_missing():
    with pytest.raises(Misconfigured, match="no image was given"):
        CliRunner().invoke(app, ["inspect"], catch_exceptions=False)
