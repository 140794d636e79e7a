"""What belt and biscuit look like: a few normal distributions of colours, learnt from pixels of each.

Colours are logarithms of blue, green and red, as three planes, so that light and shade are sums.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Real = TypeVar("Real", np.float32, np.float64)

SAMPLE: Final = 400
"""Pixels from which colours are learnt."""
LEAST_SPREAD: Final = 0.03
"""A camera's noise, as a logarithm; no distribution is narrower."""
DARKEST: Final = 0.9
"""A shadow takes at most 1 - exp(-0.9) = 59 % of the light."""
RARE: Final = np.float32(1.5)
"""What a shadow must explain better, in squares of deviations, than the plain belt does."""
PIECE: Final = 4096
"""Pixels at a time: a larger product of matrices would wake other threads, whose waiting costs more than they do."""
_TABLE: Final = np.log((np.arange(256, dtype=np.float32) + 6) / 261).astype(np.float32)


@dataclass(frozen=True)
class Colours:
    """For each distribution what makes the squares of deviations out of `products`, and a shadow's line."""

    squares: Floats
    """k x 10: minus twice the log likelihood, as a sum over `products`."""
    along: Floats
    """k x 10: how far along the line of a shadow a pixel lies."""
    lengths: Floats
    """k: the square of that line."""
    usual: float
    """Minus twice the log likelihood at the middle of the likeliest distribution."""

    def distance(self, products: Floats, *, shadows: bool = False) -> Floats:
        """Minus twice the log likelihood of the likeliest distribution, pixel by pixel."""
        best = np.empty(products.shape[1], np.float32)
        for first in range(0, len(best), PIECE):
            piece = products[:, first : first + PIECE]
            squares = self.squares @ piece
            if shadows:
                squares += self._lighter(piece)
            best[first : first + PIECE] = squares.min(axis=0)
        return best

    def _lighter(self, piece: Floats) -> Floats:
        """What is gained where a pixel may be darker by any amount that a shadow takes, at the price of `RARE`."""
        along = self.along @ piece
        share = np.clip(along, -DARKEST, 0)
        along *= -2
        along += share
        along *= share
        along *= self.lengths[:, None]
        along += RARE
        return np.asarray(np.minimum(along, 0), np.float32)


def planes(pixels: Bytes) -> Floats:
    """3 x height x width."""
    import cv2

    logs = cv2.LUT(cv2.GaussianBlur(pixels, (3, 3), 0.6), _TABLE)
    return np.ascontiguousarray(logs.transpose(2, 0, 1), np.float32)


def products(logs: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Ten rows, a column for each pixel: the squares, the mixed products, the values and 1."""
    x, y, z = logs.reshape(3, -1)
    return np.stack([x * x, y * y, z * z, x * y, x * z, y * z, x, y, z, np.ones_like(x)])


def learnt(logs: Floats, where: Bools, count: int) -> Colours:
    """From the pixels `where`, by k-means."""
    import cv2

    at = np.flatnonzero(where)
    chosen = np.ascontiguousarray(logs.reshape(3, -1)[:, at[:: max(1, len(at) // SAMPLE)]].T)
    count = max(1, min(count, len(chosen) // 8))
    cv2.setRNGSeed(7)
    _, labels, _ = cv2.kmeans(chosen, count, None, (3, 6, 0.02), 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    belongs = (labels == np.arange(count)).astype(np.float64)
    sums = belongs.T @ products(chosen.T.astype(np.float64)).T / len(chosen)
    return _colours(sums[sums[:, -1] >= max(6.0 / len(chosen), 0.02)])


def _colours(sums: npt.NDArray[np.float64]) -> Colours:
    """From the sums of `products` over the pixels that belong to each, as shares of all pixels."""
    squares, along, lengths, least = zip(*map(_normal, sums.tolist()), strict=True)
    return Colours(
        np.array(squares, np.float32), np.array(along, np.float32), np.array(lengths, np.float32), min(least)
    )


def _normal(sums: list[float]) -> tuple[list[float], list[float], float, float]:
    """One distribution: its rows of `Colours`, and minus twice the log likelihood at its middle.

    The inverse of the covariance is written out: it has six numbers, too few for anything made for matrices.
    """
    size = sums[9]
    xx, yy, zz, xy, xz, yz, x, y, z = (total / size for total in sums[:9])
    xx, yy, zz = (square - at * at + LEAST_SPREAD**2 for square, at in ((xx, x), (yy, y), (zz, z)))
    xy, xz, yz = xy - x * y, xz - x * z, yz - y * z
    a, b, c = yy * zz - yz * yz, xx * zz - xz * xz, xx * yy - xy * xy
    d, e, f = xz * yz - xy * zz, xy * yz - xz * yy, xy * xz - xx * yz
    volume = xx * a + xy * d + xz * e
    a, b, c, d, e, f = (minor / volume for minor in (a, b, c, d, e, f))
    constant = math.log(volume) - 2 * math.log(size)
    p, q, r = a * x + d * y + e * z, d * x + b * y + f * z, e * x + f * y + c * z
    squares = [a, b, c, 2 * d, 2 * e, 2 * f, -2 * p, -2 * q, -2 * r, p * x + q * y + r * z + constant]
    grey = (a + d + e, d + b + f, e + f + c)
    length = sum(grey)
    along = [0.0] * 6 + [each / length for each in grey] + [-(p + q + r) / length]
    return squares, along, length, constant


def flattened(logs: Floats, belt: Bools) -> Floats:
    """Free of the light's slope and of dark corners, as every fourth row and column of the belt shows them."""
    rows, columns = (np.linspace(-1, 1, length, dtype=np.float32) for length in logs.shape[1:])
    y, x = np.nonzero(belt[::4, ::4])
    if not len(y):  # what is chosen lies between the pixels that are looked at
        return logs
    grey = logs[:, ::4, ::4].sum(axis=0)[y, x] / np.float32(3)
    down, right = rows[::4][y], columns[::4][x]
    terms = np.stack([np.ones_like(down), down, right, down * down + right * right])
    grey = grey - _median(grey)
    stiff = np.diag([1e-3, 1, 1, 4]).astype(np.float32) * len(grey) * 0.01
    keep = terms
    left = grey
    found = np.zeros(4, np.float32)
    for _ in range(2):
        found = np.linalg.solve(keep @ keep.T + stiff, keep @ left).astype(np.float32)
        off = np.abs(grey - found @ terms)
        near = off <= max(0.02, 2.0 * _median(off))
        keep, left = terms[:, near], grey[near]
    slope = (found[1] * rows + found[3] * rows**2)[:, None] + (found[2] * columns + found[3] * columns**2)[None]
    return np.asarray(logs - np.clip(slope, -0.6, 0.6)[None], np.float32)


def _median(values: Floats) -> np.float32:
    middle = len(values) // 2
    return np.float32(np.partition(values, middle)[middle])
