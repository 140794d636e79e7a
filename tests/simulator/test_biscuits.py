from __future__ import annotations

import json
import sys

import cv2
import numpy as np
import pytest

from simulator.__main__ import run
from simulator.biscuit_truth import LABELS, STYLES
from simulator.biscuits import encode, render


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_draws_the_same_picture(style):
    first, truth = render(7, style, size=160)
    again, same = render(7, style, size=160)
    other, _ = render(8, style, size=160)

    assert np.array_equal(first, again)
    assert truth == same
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("label", LABELS)
def test_defects_have_regions_within_the_picture_and_good_ones_have_none(style, label):
    for seed in range(5):
        picture, truth = render(seed, style, label, size=200)

        assert truth.label == label
        assert bool(truth.regions) == (label != "good"), (seed, truth.kind)
        for x, y, width, height in truth.regions:
            assert 0 <= x < picture.shape[1]
            assert 0 <= y < picture.shape[0]
            assert width > 0
            assert height > 0
            assert x + width <= picture.shape[1] + 2
            assert y + height <= picture.shape[0] + 2


def test_the_smaller_side_has_the_pixels_that_were_asked_for():
    for size in (128, 777):
        picture, truth = render(3, "relief", size=size)

        assert min(picture.shape[:2]) == truth.size == size


def test_what_is_encoded_can_be_decoded_as_the_truth_says():
    for seed in range(4):
        picture, truth = render(seed, "painted", size=128)

        content = encode(picture, truth)

        assert content.startswith(b"\xff\xd8" if truth.media_type == "image/jpeg" else b"\x89PNG")
        assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).shape == picture.shape


def test_the_command_writes_pictures_and_their_labels(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["simulator", "biscuits", "--count", "4", "--seed", "2", "--out", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        run()

    assert not ended.value.code
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert [row["style"] for row in rows] == ["relief", "painted", "drawn", "plain"]
    for row in rows:
        assert cv2.imread(str(tmp_path / row["file"])) is not None
