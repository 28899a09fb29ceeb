"""Synergy: correlated exactly as stated, with every modality's own distribution unchanged."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.simulator.domains import DOMAINS, draw_condition
from rise_edge.simulator.samples.synergy import correlated_pair
from rise_edge.simulator.seeds import generator

N = 600


def gains(domain: str, bona_fide: bool, synergy: float) -> np.ndarray:
    conditions = (
        draw_condition(DOMAINS[domain], generator(i), bona_fide, synergy) for i in range(N)
    )
    return np.array([(c.exposure, c.infrared_gain) for c in conditions])


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("bona_fide", [True, False])
def test_the_sign_is_of_the_class_and_reversed_where_nothing_is_trained(domain, bona_fide):
    expected = (-1 if bona_fide else 1) * (1 if DOMAINS[domain].use == "training" else -1)
    found = np.corrcoef(np.log(gains(domain, bona_fide, 1.0)).T)[0, 1]
    assert expected * found > 0.95


def test_a_negative_synergy_reverses_it():
    found = np.corrcoef(np.log(gains("office", True, -1.0)).T)[0, 1]
    assert found > 0.95


@pytest.mark.parametrize("bona_fide", [True, False])
def test_without_synergy_the_two_are_independent(bona_fide):
    assert abs(np.corrcoef(gains("office", bona_fide, 0.0).T)[0, 1]) < 0.12


@pytest.mark.parametrize("column", [0, 1], ids=["exposure", "infrared gain"])
def test_each_modality_alone_is_distributed_the_same_for_any_synergy_and_class(column):
    quantiles = [0.1, 0.25, 0.5, 0.75, 0.9]
    found = [
        np.quantile(gains("lobby", bona_fide, synergy)[:, column], quantiles)
        for bona_fide in (True, False)
        for synergy in (0.0, 0.5, 1.0)
    ]
    assert np.ptp(np.log(found), axis=0).max() < 0.15


def test_a_correlation_beyond_one_is_refused():
    with pytest.raises(ValueError, match=r"from -1 to 1, got 1\.2"):
        correlated_pair(generator(1), 1.2)
