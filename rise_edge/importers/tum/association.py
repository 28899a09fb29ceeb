"""Pairs the pictures of two streams by the nearest timestamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_NEIGHBOURS = 8  # on either side; more than any camera takes within one frame of another


def associate(
    first_ms: Sequence[float], second_ms: Sequence[float], less_than_ms: float
) -> list[tuple[int, int]]:
    """Which picture of one stream goes with which of another.

    The rule of the TUM RGB-D benchmark (`associate.py`, Sturm et al., 2012): of all pairs whose
    timestamps differ by less than a limit, the nearest ones first, each picture in one pair only.

    Args:
        first_ms: timestamps of one stream, in any order.
        second_ms: timestamps of the other.
        less_than_ms: limit of the difference, in milliseconds.

    Returns:
        Indices of pictures that belong together, in order of the first stream's timestamps.

    >>> associate([0.0, 33.0, 66.0], [3.0, 34.0, 99.0], 20.0)
    [(0, 0), (1, 1)]
    """
    second = np.asarray(second_ms, np.float64)
    order = np.argsort(second, kind="stable")
    places = np.searchsorted(second[order], np.asarray(first_ms, np.float64))
    candidates = sorted(
        (difference, index, int(other))
        for index, place in enumerate(places)
        for other in order[max(place - _NEIGHBOURS, 0) : place + _NEIGHBOURS]
        if (difference := abs(first_ms[index] - second_ms[other])) < less_than_ms
    )
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, other in candidates:
        if index not in partners and other not in taken:
            partners[index] = other
            taken.add(other)
    return sorted(partners.items(), key=lambda pair: (first_ms[pair[0]], pair[0]))
