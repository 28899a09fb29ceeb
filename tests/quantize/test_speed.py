"""The yardstick is of the size that the bar names, and times are those of the models."""

import numpy as np
import torch

from quantize.speed import median_ms, yardstick_model
from quantize.yardstick import SIZE, Yardstick
from tests.multiplications import multiplications
from tests.tiny_bundle import tiny_model


def test_the_yardstick_has_a_fifth_of_a_billion_multiplications():
    found = multiplications(Yardstick(), torch.zeros(1, 3, SIZE, SIZE))
    assert 0.18e9 < found < 0.22e9


def test_a_larger_model_takes_longer():
    tiny = {
        "colour": np.zeros((1, 32, 32, 3), np.uint8),
        "depth_mm": np.zeros((1, 32, 32), np.int32),
        "infrared": np.zeros((1, 32, 32), np.uint8),
        "present": np.ones((1, 3), np.float32),
    }
    times = median_ms({"tiny": (tiny_model(), tiny), "yardstick": yardstick_model()})
    assert 0 < 10 * times["tiny"] < times["yardstick"]
