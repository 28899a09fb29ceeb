"""Times are those of the models."""

import numpy as np

from quantize.measure.speed import median_ms
from tests.support.tiny_bundle import tiny_model


def crops(count: int) -> dict[str, np.ndarray]:
    return {
        "colour": np.zeros((count, 32, 32, 3), np.uint8),
        "depth_mm": np.zeros((count, 32, 32), np.int32),
        "infrared": np.zeros((count, 32, 32), np.uint8),
        "present": np.ones((count, 3), np.float32),
    }


def test_more_work_takes_longer():
    model = tiny_model()
    times = median_ms({"one": (model, crops(1)), "many": (model, crops(2000))})
    assert 0 < 5 * times["one"] < times["many"]
