"""The radius of a quantised model keeps the decisions of the model that it came from."""

import numpy as np
import pytest

from quantize.measure.carry_over_radius import carry_over


def test_a_model_whose_norms_all_grow_gets_a_radius_that_grows_with_them():
    norms = np.random.default_rng(0).uniform(0.2, 5, 500).astype(np.float32)
    assert carry_over(norms, 1.07 * norms, 0.8) == pytest.approx(0.8 * 1.07, rel=1e-4)


def test_what_happens_far_from_the_sphere_does_not_move_it():
    rng = np.random.default_rng(1)
    near, far = rng.uniform(0.9, 1.1, 200), rng.uniform(4, 6, 800)
    before = np.concatenate([near, far]).astype(np.float32)
    after = np.concatenate([1.02 * near, 1.3 * far]).astype(np.float32)
    assert carry_over(before, after, 1.0) == pytest.approx(1.02, rel=1e-3)


def test_noise_on_single_crops_moves_it_little():
    rng = np.random.default_rng(2)
    before = rng.uniform(0.5, 1.5, 400).astype(np.float32)
    after = (before * rng.normal(1, 0.02, 400)).astype(np.float32)
    assert carry_over(before, after, 1.0) == pytest.approx(1.0, abs=0.004)


@pytest.mark.parametrize("counts", [(0, 0), (3, 2)])
def test_norms_that_do_not_belong_together_are_refused(counts):
    before, after = (np.ones(count, np.float32) for count in counts)
    with pytest.raises(ValueError, match="as many norms before as after"):
        carry_over(before, after, 1.0)
