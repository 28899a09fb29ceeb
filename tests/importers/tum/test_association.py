"""Pictures of two streams are paired by time, each once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rise_edge.importers.tum.association import associate

_TIMES = st.lists(st.integers(0, 400).map(float), max_size=12)


def every_pair_tried(first: list[float], second: list[float], limit: float) -> set[float]:
    """The rule as the benchmark words it: differences of the pairs that it takes."""
    pairs = sorted(
        (abs(a - b), i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if abs(a - b) < limit
    )
    left, right, taken = set(range(len(first))), set(range(len(second))), []
    for difference, i, j in pairs:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            taken.append((i, j, difference))
    return {(i, j) for i, j, _ in taken}


@given(st.lists(st.integers(0, 400).map(float), max_size=8, unique=True), _TIMES)
def test_it_is_the_rule_of_the_benchmark(first: list[float], second: list[float]) -> None:
    expected = every_pair_tried(first, second, 20.0)
    # Of pairs that are equally near, which one is taken first may differ: the times do not.
    got = associate(first, second, 20.0)
    differences = sorted(abs(first[i] - second[j]) for i, j in got)
    assert differences == sorted(abs(first[i] - second[j]) for i, j in expected)


@given(_TIMES, _TIMES)
def test_no_picture_is_in_two_pairs(first: list[float], second: list[float]) -> None:
    pairs = associate(first, second, 20.0)
    for side in (0, 1):
        assert len({pair[side] for pair in pairs}) == len(pairs)


def test_the_limit_itself_is_too_far() -> None:
    assert associate([0.0], [20.0], 20.0) == []
    assert associate([0.0], [19.999], 20.0) == [(0, 0)]


def test_the_nearest_pair_comes_first() -> None:
    """0 could go with 15, but 15 is nearer to 14."""
    assert associate([0.0, 14.0], [15.0], 20.0) == [(1, 0)]


def test_pairs_come_in_order_of_time_from_lists_in_any_order() -> None:
    times = np.array([66.0, 0.0, 33.0])
    assert associate(times.tolist(), (times + 1).tolist(), 20.0) == [(1, 1), (2, 2), (0, 0)]


def test_very_many_equal_times_take_no_time() -> None:
    assert len(associate([1.0] * 20000, [1.0] * 20000, 20.0)) > 0
