from math import nextafter

import numpy as np
import pytest

from rise_edge.decision.embedding import Embedding
from rise_edge.decision.reading import Reading
from rise_edge.frame import Modality


def reading(norm: float, radius: float) -> Reading:
    return Reading(Embedding(np.array([norm], np.float32), norm, frozenset(Modality)), radius)


@pytest.mark.parametrize(("norm", "margin"), [(0.0, 1.0), (1.0, 0.5), (2.0, 0.0), (5.0, -1.5)])
def test_the_margin_is_the_distance_to_the_sphere_in_radii(norm: float, margin: float) -> None:
    assert reading(norm, 2.0).margin == margin


@pytest.mark.parametrize("radius", [0.7, 1.0, nextafter(2.0, 0.0), 3.3, 1e9])
def test_the_margin_s_sign_says_exactly_whether_the_norm_is_within_the_radius(
    radius: float,
) -> None:
    assert reading(nextafter(radius, 0.0), radius).margin > 0
    assert reading(radius, radius).margin == 0
    assert reading(nextafter(radius, np.inf), radius).margin < 0
