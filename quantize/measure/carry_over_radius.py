"""Radius of a quantised model: where it decides as the full-precision model did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH = 0.25
"""Distance from the sphere, in radii, at which a crop's weight has fallen to 1/e."""


def carry_over(before: NDArray[np.float32], after: NDArray[np.float32], radius: float) -> float:
    """The radius for norms `after`, such that decisions stay what they were for norms `before`.

    radius times the weighted median of after / before, where crops near the sphere weigh most. To
    balance errors again would let the two or three crops that lie next to the sphere place it, and
    rounding moves each of them; the ratio of norms is known from many.

    >>> norms = np.linspace(0.5, 2.0, 7, dtype=np.float32)
    >>> carry_over(norms, 1.1 * norms, 1.0)
    1.1

    Args:
        before: f32 (N,), norms of calibration crops in full precision, > 0.
        after: f32 (N,), norms of the same crops, quantised.
        radius: in full precision.

    Raises:
        ValueError: there is no crop, or the arrays differ in shape.
    """
    if before.shape != after.shape or not before.size:
        raise ValueError(
            f"expected as many norms before as after and at least one, got shapes "
            f"{before.shape} and {after.shape}"
        )
    ratio = after.astype(np.float64) / before
    weight = np.exp(-np.abs(before.astype(np.float64) - radius) / (radius * WIDTH))
    order = np.argsort(ratio, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    return round(float(radius * ratio[order][np.searchsorted(share, 0.5)]), 6)
