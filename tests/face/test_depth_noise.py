from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rise_edge.face import depth_noise_mm


def sphere_mm(noise_mm: float, seed: int = 0) -> np.ndarray:
    """A ball of a head's size before a sensor with independent noise."""
    y, x = np.mgrid[-27:28, -27:28] * 2.0
    depth = 600 - np.sqrt(np.maximum(90.0**2 - x**2 - y**2, 0))
    noisy = depth + noise_mm * np.random.default_rng(seed).standard_normal(depth.shape)
    return np.rint(noisy).astype(np.uint16)


@pytest.mark.parametrize("noise_mm", [0.5, 1.0, 2.0])
def test_independent_noise_is_measured_with_its_rounding(noise_mm: float) -> None:
    found = depth_noise_mm(sphere_mm(noise_mm))
    assert found == pytest.approx(np.hypot(noise_mm, 1 / np.sqrt(12)), rel=0.08)


def test_a_tilted_plane_has_none() -> None:
    y, x = np.mgrid[:40, :40]
    assert depth_noise_mm((500 + 3 * x + 2 * y).astype(np.uint16)) == 0


def test_a_sensor_that_smooths_is_less_rough() -> None:
    noise = 2 * np.random.default_rng(1).standard_normal((55, 55))
    rough, smooth = (np.rint(600 + n).astype(np.uint16) for n in (noise, gaussian_filter(noise, 1)))
    assert depth_noise_mm(smooth) < 0.3 * depth_noise_mm(rough)


def test_an_edge_and_holes_change_it_little() -> None:
    depth = sphere_mm(1.0)
    before = depth_noise_mm(depth)
    depth[:, 40] = 0
    depth[20, 10:13] = 0
    assert depth_noise_mm(depth) == pytest.approx(before, rel=0.05)
    depth[:, :5] += 300
    assert depth_noise_mm(depth) == pytest.approx(before, rel=0.35)


def test_too_few_readings_tell_nothing() -> None:
    holes = np.zeros((55, 55), np.uint16)
    assert depth_noise_mm(holes) is None
    holes[::2] = 600
    assert depth_noise_mm(holes) is None


@pytest.mark.parametrize(
    "depth",
    [np.zeros((9, 9), np.float32), np.zeros((2, 9), np.uint16), np.zeros((9, 9, 3), np.uint16)],
)
def test_another_picture_is_refused(depth: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected depth as uint16"):
        depth_noise_mm(depth)
