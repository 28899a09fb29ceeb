"""Counts of accepted presentations and their exact intervals."""

from __future__ import annotations

import numpy as np
import pytest

from train.attacks.accepted import Accepted

FOUND = Accepted.of(
    np.array([True, True, False, False]), np.array(["print", "print", "print", "screen"])
)


def test_accepted_presentations_are_counted_by_species():
    assert (FOUND.count, FOUND.total, FOUND.rate) == (2, 4, 0.5)
    assert FOUND.by_species == {"print": (2, 3), "screen": (0, 1)}


def test_the_interval_is_that_of_clopper_and_pearson():
    from scipy.stats import beta  # takes a second to import

    expected = beta.ppf(0.025, 2, 3), beta.ppf(0.975, 3, 2)
    assert FOUND.interval == pytest.approx(expected, abs=1e-9)


def test_the_text_has_count_and_interval_in_percent():
    assert str(Accepted(0, 24, {})) == "0 of 24 [0.0, 14.2]%"
