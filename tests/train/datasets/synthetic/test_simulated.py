"""Simulated crops come through the cache; an altered cache is rendered again."""

import numpy as np
import pytest

from rise_edge.simulator import DOMAINS
from train.datasets.synthetic.simulated import request_of, simulated


@pytest.fixture(scope="module")
def request_and_cache(tmp_path_factory):
    request = request_of(("office",), ("flat_print",), crops=4, subjects=2)
    cache = tmp_path_factory.mktemp("crops")
    simulated(request, cache, workers=1)
    return request, cache


def test_the_crops_of_a_request_become_a_data_set(request_and_cache):
    dataset = simulated(*request_and_cache, workers=1)
    assert dataset.size == 112
    assert dataset.bona_fide.tolist() == [True, True, False, False]
    assert set(dataset.species[2:]) == {"flat_print"}
    assert dataset.domains == ("office",)
    assert dataset.present.all()


def test_crops_that_were_altered_on_disk_are_rendered_anew(request_and_cache):
    request, cache = request_and_cache
    before = simulated(request, cache, workers=1).colour.copy()
    file = cache / request.name / "colour.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 255
    file.write_bytes(content)
    assert np.array_equal(simulated(request, cache, workers=1).colour, before)


def test_no_name_means_all_that_is_for_training_and_no_attack_counts_as_bona_fide():
    request = request_of((), ())
    assert request.domains == tuple(d.name for d in DOMAINS.values() if d.use == "training")
    assert {d.use for d in DOMAINS.values()} == {"training", "tuning", "held_back"}
    assert "flat_print" in request.attack_species
    assert not set(request.attack_species) & set(request.bona_fide_species)
