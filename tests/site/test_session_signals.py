from __future__ import annotations

import numpy as np
import pytest

import rise_edge
from rise_edge.frame_pipeline import Observer
from rise_edge.site.session_signals import READINGS, SignalMeter
from tests.support.pictures import photograph_frame


def measured(checker: rise_edge.Checker, count: int) -> SignalMeter:
    meter, observer = SignalMeter(), Observer(checker, 1000.0)
    for number in range(1, count + 1):
        meter.add(observer.observe(photograph_frame(number), number * 1000 / 30))
    return meter


def test_a_session_is_told_in_numbers(tiny_checker: rise_edge.Checker) -> None:
    signals = measured(tiny_checker, 2 * READINGS).signals
    assert signals is not None
    assert np.linalg.norm(signals.direction) == pytest.approx(1)
    assert signals.depth_coverage == pytest.approx(1)
    assert signals.infrared_level == pytest.approx(40, abs=0.5)
    assert signals.sharpness is not None
    assert 0.2 < signals.sharpness < 1
    # The picture's noise: one of 0, 1 and 2 mm in each pixel of a plane.
    assert signals.depth_noise_mm == pytest.approx(np.sqrt(2 / 3), rel=0.1)


def test_too_few_readings_tell_nothing(tiny_checker: rise_edge.Checker) -> None:
    assert measured(tiny_checker, READINGS - 1).signals is None
