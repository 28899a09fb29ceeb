"""Pictures: what they must show, read from the figure itself."""

import numpy as np

from tests.train.debug_data import debug_dataset
from train.evaluation.plots import det_curve, errors_by_species, norm_histogram, png, polar_picture
from train.evaluation.scoring import Outputs


def _scores(dataset):
    mean = np.where(dataset.bona_fide, 0.5, 1.5)
    return np.random.default_rng(0).normal(mean, 0.2).astype(np.float32)


def _words(figure):
    return " ".join(text.get_text() for text in figure.findobj() if hasattr(text, "get_text"))


def test_the_histogram_counts_every_crop_and_names_species_and_radius():
    dataset = debug_dataset()
    figure = norm_histogram(_scores(dataset), dataset, radius=1.0)
    assert sum(bar.get_height() for bar in figure.axes[0].patches) == len(dataset)
    for word in ("print", "mask", "bona fide", "radius 1.00"):
        assert word in _words(figure)


def test_the_det_curve_has_a_line_for_each_set_of_modalities():
    dataset = debug_dataset()
    found = {"colour+depth": _scores(dataset), "colour": -_scores(dataset)}
    figure = det_curve(found, dataset)
    assert [line.get_label() for line in figure.axes[0].lines] == ["colour + depth", "colour"]


def test_the_polar_picture_keeps_norms_and_parts_directions():
    dataset = debug_dataset()
    found = np.abs(_scores(dataset))
    direction = np.where(dataset.domain_index[:, None] == 0, [[1.0, 0.1]], [[0.1, 1.0]])
    unit = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    made = Outputs(found, found[:, None], (unit * found[:, None]).astype(np.float32))
    axes = polar_picture(made, dataset, radius=1.0).axes[0]
    clouds = [np.asarray(cloud.get_offsets()) for cloud in axes.collections]
    lengths = np.concatenate([cloud[:, 1] for cloud in clouds])
    assert np.allclose(np.sort(lengths), np.sort(found), atol=1e-5)
    angles = [np.cos(cloud[:, 0]).mean() for cloud in clouds]
    assert abs(angles[0] - angles[2]) > 1.5


def test_the_table_of_errors_has_a_number_for_each_species_and_domain():
    dataset = debug_dataset()
    figure = errors_by_species(_scores(dataset), dataset, threshold=1.0)
    assert figure.axes[0].images[0].get_array().shape == (3, 2)
    assert len(figure.axes[0].texts) == 6


def test_a_png_is_the_same_every_time():
    dataset = debug_dataset()
    one, other = (png(norm_histogram(_scores(dataset), dataset, 1.0)) for _ in range(2))
    assert one == other
    assert len(one) < 60_000
