"""Intervals over people."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.evaluation.people import people_auc, people_rate
from rise_edge.pad_metrics import clopper_pearson


def test_where_each_person_has_one_frame_the_interval_is_exact() -> None:
    wrong = np.array([True, False, False, False])
    found = people_rate(wrong, np.array(list("abcd")))
    assert (found.rate, found.errors, found.total, found.people) == (0.25, 1, 4, 4)
    assert found.interval == clopper_pearson(1, 4)


def test_many_frames_of_few_people_are_not_certainty() -> None:
    wrong = np.repeat([True, False, False, False, False, False], 100)
    found = people_rate(wrong, np.repeat(list("abcdef"), 100))
    assert found.interval is not None
    low, high = clopper_pearson(100, 600)
    assert found.interval[0] < low
    assert found.interval[1] > high


@pytest.mark.parametrize("all_wrong", [True, False])
def test_people_who_agree_count_as_people(all_wrong: bool) -> None:
    found = people_rate(np.full(600, all_wrong), np.repeat(list("abcdef"), 100))
    assert found.interval == clopper_pearson(6 if all_wrong else 0, 6)


def test_one_person_has_no_interval() -> None:
    assert people_rate(np.array([True, False]), np.array(["a", "a"])).interval is None


def test_no_frame_has_no_rate() -> None:
    with pytest.raises(ValueError, match="none"):
        people_rate(np.array([], np.bool_), np.array([], np.str_))


def test_the_area_has_an_interval_over_people() -> None:
    live = np.tile([True, False], 6)
    norms = np.array([0.1, 0.9, 0.2, 0.8, 0.3, 0.25, 0.6, 0.5, 0.2, 0.9, 0.1, 0.7])
    found = people_auc(norms, live, np.repeat(list("abcdef"), 2))
    low, high = found["interval"]
    assert low < found["rate"] < high


@pytest.mark.parametrize("subjects", ["aaaa", "abab"])
def test_an_area_that_no_draw_changes_has_no_interval(subjects: str) -> None:
    live = np.array([True, True, False, False])
    found = people_auc(np.array([0.1, 0.2, 0.8, 0.9]), live, np.array(list(subjects)))
    assert found == {"rate": 1.0, "interval": None}
