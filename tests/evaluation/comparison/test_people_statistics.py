"""Statistics of people: each person counts once, however many crops there are."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.evaluation.comparison.people_statistics import PeopleStatistics


def rows(*levels: float) -> list[np.ndarray]:
    return [np.full(8, level) for level in levels]


def test_each_person_counts_once():
    people = PeopleStatistics.of("x", rows(1, 1, 1, 4), ["a", "a", "a", "b"])
    assert people.mean.tolist() == [2.5] * 8
    assert people.deviation.tolist() == pytest.approx([np.std([1, 4], ddof=1)] * 8)


def test_a_crop_that_lacks_a_statistic_is_left_out():
    lacking = np.full(8, 9.0)
    lacking[2] = np.nan
    people = PeopleStatistics.of("x", [*rows(1, 2), lacking], ["a", "b", "c"])
    assert people.names.tolist() == ["a", "b"]


def test_the_interval_holds_the_mean_and_narrows_with_more_people():
    generator = np.random.default_rng(0)

    def width(count: int) -> float:
        drawn = generator.normal(0, 1, (count, 8))
        people = PeopleStatistics.of("x", list(drawn), [str(i) for i in range(count)])
        low, high = people.interval()
        assert (low < people.mean).all()
        assert (people.mean < high).all()
        return float((high - low).mean())

    assert width(100) < 0.5 * width(10)
