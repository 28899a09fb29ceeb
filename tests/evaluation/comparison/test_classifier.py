"""A classifier between real and simulated statistics, by people whom it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.evaluation.comparison.classifier import realism_auc
from rise_edge.evaluation.comparison.people_statistics import PeopleStatistics


def people(seed: int, count: int, *, shift: float = 0.0, width: float = 1.0) -> PeopleStatistics:
    generator = np.random.default_rng(seed)
    names = np.repeat([f"{seed}-{i}" for i in range(count)], 20)
    values = generator.normal(shift, width, (len(names), 8))
    return PeopleStatistics.of("x", list(values), names.tolist())


def test_equal_distributions_cannot_be_told_apart():
    assert realism_auc(people(1, 8), people(2, 30)) == pytest.approx(0.5, abs=0.08)


def test_distributions_apart_are_told_apart():
    assert realism_auc(people(1, 8), people(2, 30, shift=2.0)) > 0.99


def test_a_distribution_that_is_too_narrow_is_told_apart():
    assert realism_auc(people(1, 8), people(2, 30, width=0.3)) > 0.9


def test_what_only_marks_single_people_is_not_learned():
    """People who differ from one another, from one distribution: what sets one apart is no help."""
    generator = np.random.default_rng(3)

    def of(count: int, name: str) -> PeopleStatistics:
        centres = np.repeat(generator.normal(0, 1, (count, 8)), 20, axis=0)
        names = np.repeat([f"{name}{i}" for i in range(count)], 20)
        values = centres + generator.normal(0, 0.05, centres.shape)
        return PeopleStatistics.of("x", list(values), names.tolist())

    assert realism_auc(of(12, "r"), of(60, "s")) < 0.75


def test_one_person_is_too_few():
    with pytest.raises(ValueError, match="got 1 and 5"):
        realism_auc(people(1, 1), people(2, 5))
