"""The offline inspector on rendered biscuits: what it tells apart, what must not matter to it, and what it refuses."""

from __future__ import annotations

from functools import cache
from itertools import product

import cv2
import numpy as np
import pytest

from lineside.inspection.colours import flattened
from lineside.inspection.intake import check_image
from lineside.inspection.judge import chances, shipped, verdict_of
from lineside.inspection.model import Seen
from lineside.inspection.offline import OfflineInspector, decoded
from lineside.inspection.ports import Image
from lineside.inspection.segment import cut
from simulator.biscuit_truth import LABELS, STYLES, Bytes, Label, Style, Truth
from simulator.biscuits import encode, render

INSPECTOR = OfflineInspector()
FIRST_SEED = 700_000_000
"""Nothing was fitted on these biscuits."""


OF_EACH = 5


@cache
def biscuit(label: Label, style: Style, number: int) -> tuple[Bytes, Truth]:
    return render(FIRST_SEED + number, style, label, 256)


def as_png(pixels: Bytes) -> Image:
    return check_image(bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]))


def seen(pixels: Bytes) -> Seen:
    return INSPECTOR.inspect(as_png(pixels))


@cache
def of_all() -> list[tuple[Truth, Seen]]:
    """Five of each class in each style; drawn, encoded and looked at once for all tests."""
    found = []
    for label, style, number in product(LABELS, STYLES, range(OF_EACH)):
        pixels, truth = biscuit(label, style, number)
        found.append((truth, INSPECTOR.inspect(check_image(encode(pixels, truth)))))
    return found


@pytest.mark.parametrize("style", STYLES)
def test_of_every_style_most_biscuits_are_judged_rightly(style):
    own = [(truth, seen) for truth, seen in of_all() if truth.style == style]

    right = sum(seen.verdict == truth.label for truth, seen in own)

    assert len(own) == 20
    assert right >= LEAST_RIGHT[style]


LEAST_RIGHT = {"relief": 16, "painted": 18, "plain": 18, "drawn": 16, "foreign": 16}
"""Of 20. Nothing was ever fitted on the style "foreign"."""


@pytest.mark.parametrize("label", LABELS)
def test_every_class_is_found(label):
    own = [seen.verdict for truth, seen in of_all() if truth.label == label]

    assert own.count(label) >= 0.7 * len(own)


def test_good_ones_pass():
    own = [seen.verdict for truth, seen in of_all() if truth.label == "good"]

    assert own.count("good") >= len(own) - 2  # of 25


def test_what_is_plain_to_see_is_seen_surely():
    sure = [seen.verdict == truth.label for truth, seen in of_all() if seen.confidence >= 0.9]

    assert len(sure) >= 75  # of 100
    assert sum(sure) >= 0.95 * len(sure)


def test_regions_lie_in_the_image_and_only_on_what_is_bad():
    for truth, seen in of_all():
        width, height = _size(truth)
        assert bool(seen.regions) == (seen.verdict != "good")
        for x, y, wide, high in seen.regions:
            assert x >= 0
            assert y >= 0
            assert wide >= 1
            assert high >= 1
            assert x + wide <= width
            assert y + high <= height


def _pixels(truth: Truth) -> Bytes:
    return biscuit(truth.label, truth.style, truth.seed - FIRST_SEED)[0]


def _size(truth: Truth) -> tuple[int, int]:
    height, width = _pixels(truth).shape[:2]
    return width, height


def test_the_region_of_a_defect_touches_where_it_was_drawn():
    bad = [(truth, seen) for truth, seen in of_all() if seen.verdict == truth.label != "good"]

    met = [any(_meet(one, other) for one in seen.regions for other in truth.regions) for truth, seen in bad]

    assert sum(met) >= 0.85 * len(met)


def _meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


@pytest.mark.parametrize("change", ["turned", "mirrored", "darker", "brighter", "smaller", "jpeg"])
def test_how_the_picture_was_taken_hardly_matters(change):
    changes = {
        "turned": lambda pixels: np.ascontiguousarray(np.rot90(pixels)),
        "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
        "darker": lambda pixels: (pixels * 0.7).astype(np.uint8),
        "brighter": lambda pixels: np.clip(pixels * 1.1, 0, 255).astype(np.uint8),
        "smaller": lambda pixels: cv2.resize(pixels, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA),
        "jpeg": lambda pixels: cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1], 1),
    }
    some = [(truth, old) for truth, old in of_all() if old.confidence > 0.9 and old.verdict == truth.label][::6]

    same = [seen(changes[change](_pixels(truth))).verdict == old.verdict for truth, old in some]

    assert len(same) >= 4
    assert sum(same) >= 0.8 * len(same)


def a_disc(x: int = 200, y: int = 150, radius: int = 70) -> Bytes:
    """A plain round biscuit on a blue belt, 400 x 300."""
    pixels = np.full((300, 400, 3), (150, 90, 40), np.uint8)
    cv2.circle(pixels, (x, y), radius, (90, 160, 210), -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0), np.uint8)


def test_the_simplest_drawing_of_a_good_biscuit_is_good():
    assert seen(a_disc()).verdict == "good"


def test_an_oval_is_deformed():
    pixels = np.full((300, 400, 3), (150, 90, 40), np.uint8)
    cv2.ellipse(pixels, (200, 150), (110, 70), 20, 0, 360, (90, 160, 210), -1, cv2.LINE_AA)

    assert seen(pixels).verdict == "deformed"


def test_large_flat_discs_on_a_plain_biscuit_are_bubbles_and_boxed():
    pixels = a_disc()
    for x, y in ((175, 130), (215, 175), (222, 122)):
        cv2.circle(pixels, (x, y), 14, (110, 190, 240), -1, cv2.LINE_AA)

    found = seen(pixels)

    assert found.verdict == "bubbles"
    assert all(any(_meet(region, (x, y, 1, 1)) for region in found.regions) for x, y in ((175, 130), (222, 122)))


DROPS = ((180, 120), (215, 140), (170, 165), (205, 185), (228, 170), (190, 150))


def with_drops(darkness: float) -> Bytes:
    """A disc with six smaller ones on it, of so much of its brightness."""
    pixels = a_disc()
    for number, at in enumerate(DROPS):
        colour = tuple(darkness * each for each in (90, 160, 210))
        cv2.circle(pixels, at, 5 + number % 3, colour, -1, cv2.LINE_AA)
    return pixels


def test_chocolate_drops_are_no_bubbles():
    assert seen(with_drops(0.3)).verdict == "good"
    assert seen(with_drops(0.7)).verdict == "bubbles"


def test_a_crack_between_chocolate_drops_is_a_crack():
    pixels = with_drops(0.3)
    crack = np.array([[140, 120], [160, 140], [185, 135], [215, 160], [250, 165]], np.int32)
    cv2.polylines(pixels, [crack], False, (30, 50, 70), 4)

    assert seen(pixels).verdict == "cracked"


@pytest.mark.parametrize("gap", [3, 8])
def test_a_biscuit_that_nearly_touches_the_border_is_whole(gap):
    assert seen(a_disc(70 + gap, 150)).verdict == "good"


@pytest.mark.parametrize(("share", "slope", "stripes"), [(0.45, 0.0, 0.06), (0.55, 0.2, 0.06), (0.65, 0.2, 0.15)])
def test_a_biscuit_of_the_belts_tint_is_not_taken_for_a_shadow(share, slope, stripes):
    rows, columns = np.mgrid[0:300, 0:400].astype(np.float32)
    light = 1 + slope * (columns / 200 - 1) + stripes * np.sin((columns + rows) / 5)
    belt = np.array((150, 200, 230), np.float32) * light[..., None]
    disc = cv2.circle(np.zeros((300, 400, 1), np.float32), (200, 150), 70, 1.0, -1)
    grain = np.random.default_rng(0).normal(0, 4, belt.shape)
    pixels = np.clip(belt * (1 - disc) + np.array((150, 200, 230)) * share * disc + grain, 0, 255).astype(np.uint8)

    found = cut(pixels)

    assert found.mask.sum() * found.scale**2 == pytest.approx(np.pi * 70**2, rel=0.05)
    assert seen(pixels).verdict == "good"


def test_rows_of_holes_are_good():
    pixels = a_disc()
    for x, y in product(range(165, 236, 17), range(115, 186, 17)):
        cv2.circle(pixels, (x, y), 2, (40, 75, 100), -1, cv2.LINE_AA)

    assert seen(pixels).verdict == "good"


def test_a_bitten_corner_is_deformed_and_boxed():
    pixels = np.full((300, 400, 3), (150, 90, 40), np.uint8)
    cv2.rectangle(pixels, (120, 90), (280, 210), (90, 160, 210), -1)
    cv2.circle(pixels, (280, 90), 30, (150, 90, 40), -1, cv2.LINE_AA)

    found = seen(pixels)

    assert found.verdict == "deformed"
    assert any(_meet(region, (255, 95, 20, 20)) for region in found.regions)


def test_a_dark_line_across_is_a_crack_and_boxed():
    pixels = a_disc()
    cv2.polylines(
        pixels, [np.array([[140, 120], [175, 150], [190, 140], [230, 190]], np.int32)], False, (30, 50, 70), 4
    )

    found = seen(pixels)

    assert found.verdict == "cracked"
    assert any(_meet(region, (140, 120, 90, 70)) for region in found.regions)


def noise() -> Bytes:
    return np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)


def two() -> Bytes:
    pixels = a_disc(110, 150, 60)
    cv2.circle(pixels, (290, 150), 60, (90, 160, 210), -1, cv2.LINE_AA)
    return pixels


UNREADABLE = {
    "one colour": np.full((200, 200, 3), 120, np.uint8),
    "black": np.zeros((200, 200, 3), np.uint8),
    "noise": noise(),
    "two biscuits": two(),
    "cut by the border": a_disc(390, 150, 80),
    "cut by a corner": a_disc(20, 10, 80),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_is_not_one_whole_biscuit_is_unreadable_and_says_why(what):
    found = seen(UNREADABLE[what])

    assert (found.verdict, found.regions) == ("unreadable", ())
    assert found.reason


def test_a_belt_too_narrow_to_show_the_light_leaves_the_picture_as_it_is():
    logs = np.log(noise().transpose(2, 0, 1).astype(np.float32) + 1)
    belt = np.zeros(logs.shape[1:], bool)
    belt[:, 1] = True  # between the columns that are looked at

    assert (flattened(logs, belt) == logs).all()


def test_pixels_that_cannot_be_decoded_are_unreadable():
    found = INSPECTOR.inspect(Image(b"\x89PNG\r\n\x1a\nnothing", "image/png", 200, 200))

    assert (found.verdict, found.reason) == ("unreadable", "the picture cannot be decoded")


def test_a_jpeg_whose_end_is_missing_is_unreadable():
    content = bytes(cv2.imencode(".jpg", a_disc() // 2 + noise() // 8)[1])
    begun = check_image(content[: len(content) // 2] + b"\xff\xd9")

    found = INSPECTOR.inspect(begun)

    assert (found.verdict, found.reason) == ("unreadable", "the end of the picture is missing")


def test_a_large_jpeg_is_decoded_small_and_its_regions_are_large():
    pixels = cv2.resize(UNREADABLE["two biscuits"][:, :200], (2000, 3000))
    cv2.line(pixels, (900, 1100), (1300, 1900), (20, 30, 40), 40)
    image = check_image(bytes(cv2.imencode(".jpg", pixels)[1]))

    small, times = decoded(image)
    found = INSPECTOR.inspect(image)

    assert (small.shape[1], times) == (500, 4.0)
    assert any(_meet(region, (900, 1100, 400, 800)) for region in found.regions)
    assert max(x + wide for x, _, wide, _ in found.regions) > 1000


def test_the_same_image_is_judged_the_same_again():
    image = as_png(biscuit("cracked", "relief", 1)[0])

    assert INSPECTOR.inspect(image) == INSPECTOR.inspect(image)


def test_a_good_one_is_only_rejected_on_more_evidence_than_half():
    bar = shipped().good_above
    just_good = {"good": bar + 0.001, "cracked": 0.6, "deformed": 0.1, "bubbles": 0.1}
    no_more = {**just_good, "good": bar - 0.001}

    assert bar < 0.5
    assert verdict_of(just_good, bar) == "good"
    assert verdict_of(no_more, bar) == "cracked"


def test_chances_add_up_to_one_whatever_is_measured():
    network = shipped()
    for wild in (-1e9, 0.0, 1e9):
        chance = chances(dict.fromkeys(network.names, wild), network)

        assert sum(chance.values()) == pytest.approx(1)
        assert all(0 <= one <= 1 for one in chance.values())
