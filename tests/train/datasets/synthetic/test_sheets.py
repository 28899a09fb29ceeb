import numpy as np
import torch

from train.datasets.synthetic.sheets import sheets


def _made(count=64, size=40):
    return sheets(count, size, torch.Generator().manual_seed(0), torch.device("cpu")).numpy()


def test_sheets_lie_where_faces_do_and_have_a_reading_everywhere():
    depth = _made()
    assert depth.shape == (64, 40, 40)
    assert depth.min() > 150
    assert 350 < np.median(depth[:, 20, 20]) < 1000


def test_a_sheet_is_a_quadratic_surface_but_for_dents_and_noise():
    y, x = np.mgrid[:40, :40] / 39 - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    residuals, bends = [], []
    for depth in _made():
        fit, *_ = np.linalg.lstsq(terms, depth.ravel(), rcond=None)
        residuals.append((depth.ravel() - terms @ fit).std())
        bends.append((fit[3] + fit[5]) / 4)
    assert max(residuals) < 6
    assert np.mean(np.abs(bends) < 5) > 0.15, "some are flat"
    assert max(bends) > 50
    assert min(bends) > -10


def test_the_same_generator_gives_the_same_sheets():
    assert np.array_equal(_made(), _made())
