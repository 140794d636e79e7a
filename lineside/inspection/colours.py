"""What belt and biscuit look like: a few normal distributions of colours, learnt from pixels of each.

Colours are logarithms of blue, green and red, as three planes, so that light and shade are sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

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
    """k x 10: how far along the line of a shadow a pixel lies, times the line's square."""
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
        along, lengths = self.along @ piece, self.lengths[:, None]
        share = np.clip(along / lengths, -DARKEST, 0)
        return np.asarray(np.minimum(share * (share * lengths - 2 * along) + RARE, 0), np.float32)


def planes(pixels: Bytes) -> Floats:
    """3 x height x width."""
    import cv2

    logs = cv2.LUT(cv2.GaussianBlur(pixels, (3, 3), 0.6), _TABLE)
    return np.stack(cv2.split(logs))


def products(logs: Floats) -> Floats:
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
    sizes = belongs.sum(axis=0)
    large = sizes >= max(6.0, 0.02 * len(chosen))
    belongs, sizes = belongs[:, large], sizes[large]
    means = (belongs.T @ chosen) / sizes[:, None]
    apart = (chosen[:, None] - means) * belongs[..., None]
    turned = apart.transpose(1, 2, 0)
    spread = turned @ turned.transpose(0, 2, 1) / sizes[:, None, None] + np.eye(3) * LEAST_SPREAD**2
    return _colours(means, np.linalg.inv(spread), np.log(sizes / len(chosen)) - 0.5 * np.log(np.linalg.det(spread)))


def _colours(
    means: npt.NDArray[np.float64], sharp: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> Colours:
    """`sharp`: the inverse of each covariance."""
    pulled = np.einsum("kij,kj->ki", sharp, means)
    constant = np.einsum("ki,ki->k", pulled, means) - 2 * weights
    pure, mixed = sharp[:, [0, 1, 2], [0, 1, 2]], 2 * sharp[:, [0, 0, 1], [1, 2, 2]]
    squares = np.column_stack([pure, mixed, -2 * pulled, constant])
    grey = sharp.sum(axis=2)
    along = np.column_stack([np.zeros((len(means), 6)), grey, -(grey * means).sum(axis=1)])
    return Colours(
        squares.astype(np.float32),
        along.astype(np.float32),
        grey.sum(axis=1).astype(np.float32),
        float(-2 * weights.max()),
    )


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
