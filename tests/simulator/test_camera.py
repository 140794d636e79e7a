"""What the camera at the inspector sees follows the cookies that pass, and nothing on the line notices it."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest

from lineside.inspection.intake import check_image, image_id_of
from simulator.camera import SIDE, Camera, Shot, developed, label_of
from simulator.faults import Fault, FaultKind
from simulator.line import Line
from simulator.machines import FORMER, FREEZER, INSPECTOR
from simulator.run import simulate
from simulator.stations import Inspector, Store

NEVER_TRIPS = float("inf")


@cache
def shots_of(
    *faults: Fault, seconds: int = 1800, every_seconds: float = 5, seed: int = 4, reject_limit: float = NEVER_TRIPS
) -> tuple[list[Shot], float]:
    """What the camera took, and the share of the cookies that the inspector threw out."""
    camera, shots, lines = Camera(np.random.default_rng(7), every_seconds), list[Shot](), list[Line]()

    def look(line: Line) -> None:
        lines[:] = [line]
        if (shot := camera.look(line)) is not None:
            shots.append(shot)

    rng = np.random.default_rng(seed)
    for _ in simulate(rng, faults, seconds, reject_limit=reject_limit, before_each=look):
        pass
    inspector = lines[0].inspector
    return shots, inspector.bad / inspector.total


def defects(shots: list[Shot]) -> Counter[str]:
    return Counter(shot.label for shot in shots if shot.label != "good")


def always(kind: FaultKind, device: str) -> Fault:
    return Fault(kind, device, -600, 10_000)


def test_the_share_of_bad_ones_is_that_of_the_cookies_and_a_healthy_line_shows_hardly_any():
    healthy, _ = shots_of()
    spoilt, share = shots_of(always("freezer_losing_cold", FREEZER))

    assert len(healthy) == pytest.approx(360, abs=40), "one every five seconds but for short stops"
    assert defects(healthy).total() <= 6
    assert share > 0.1
    assert defects(spoilt).total() / len(spoilt) == pytest.approx(share, abs=0.09)


def test_soft_cookies_crack_and_spoilt_dough_deforms_or_blisters():
    soft = defects(shots_of(always("freezer_losing_cold", FREEZER))[0])
    dough = defects(shots_of(always("dough_warm_dry", FORMER))[0])

    assert soft["cracked"] / soft.total() > 0.9
    assert (dough["deformed"] + dough["bubbles"]) / dough.total() > 0.85
    assert min(dough["deformed"], dough["bubbles"]) > 0


def test_what_fails_on_a_healthy_line_may_have_any_defect():
    inspector = Inspector.__new__(Inspector)
    inspector.passed, inspector.thrown_out, inspector.trouble, inspector.soft_share = 6, 1, 0.0, 0.0

    seen = {label_of(inspector, (0.1, 0.5, how)) for how in (0.0, 0.4, 0.99)}

    assert seen == {"cracked", "deformed", "bubbles"}
    assert label_of(inspector, (0.2, 0.5, 0.0)) == "good", "the second of six; the first was thrown out"


def test_what_is_taken_out_of_a_place_leaves_the_share_that_is_soft_as_it_was():
    frozen = Store(60, 30)
    frozen.put(8, trouble=4.0, soft=3.0)
    frozen.put(8)

    taken = frozen.take(4)

    assert (taken, frozen.trouble, frozen.soft) == (1.0, 3.0, 2.25)


def test_it_keeps_its_time_and_sees_nothing_while_nothing_passes():
    shots, _ = shots_of(Fault("jam", INSPECTOR, 300, 600), every_seconds=20)

    between = np.diff([shot.at for shot in shots])
    assert between.min() == 20
    assert not [shot for shot in shots if 305 < shot.at < 900]


def test_the_same_seed_takes_the_same_pictures_and_the_line_is_the_same_without_a_camera():
    def sent(camera: Camera | None) -> tuple[list[bytes], list[Shot | None]]:
        shots: list[Shot | None] = []
        look = (lambda line: shots.append(camera.look(line))) if camera else (lambda _: None)
        samples = simulate(np.random.default_rng(2), (), 600, before_each=look)
        return [message.encode() for sample in samples for message in sample.messages], shots

    messages, shots = sent(Camera(np.random.default_rng(7), 5))

    assert sent(Camera(np.random.default_rng(7), 5))[1] == shots
    assert sent(Camera(np.random.default_rng(8), 5))[1] != shots
    assert sent(None)[0] == messages


def test_a_picture_is_one_that_a_plant_takes_and_its_truth_is_known():
    content, truth = developed(Shot(0.0, "cracked", 10**10))
    again, _ = developed(Shot(5.0, "cracked", 10**10))

    image = check_image(content)
    assert min(image.width, image.height) == SIDE
    assert truth.label == "cracked"
    assert truth.regions
    assert image_id_of(content) == image_id_of(again)
