import numpy as np

from tests.train.debug_data import debug_dataset
from train.datasets.sampler import BalancedSampler
from train.gpu.draw import draw_steps


def test_the_rows_are_those_of_the_balanced_sampler_epoch_after_epoch():
    dataset = debug_dataset(160)
    sampler = BalancedSampler(dataset, 32, seed=3)
    wanted = [*sampler.epoch(0), *sampler.epoch(1)]
    draw = draw_steps(dataset, 32, len(wanted), seed=3)
    assert np.array_equal(draw.rows.numpy(), np.stack(wanted))
    assert np.array_equal(draw.images.numpy(), dataset.rows[draw.rows])


def test_a_share_of_the_attacks_shows_nobody_and_bona_fide_presentations_stay():
    dataset = debug_dataset(160)
    draw = draw_steps(dataset, 32, 100, seed=0, nobody=range(160, 170), share=0.25)
    nobody = draw.images >= 160
    attack = draw.attack[draw.rows] == 1
    assert not nobody[~attack].any()
    assert 0.2 < nobody[attack].float().mean() < 0.3
    assert set(draw.images[nobody].tolist()) == set(range(160, 170))
