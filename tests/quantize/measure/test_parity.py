"""Two runtimes are compared with each other, each at its own radius."""

import numpy as np
import pytest

from quantize.measure.parity import parity
from rise_edge.decision.embedding import Embedding
from rise_edge.frame import Modality

WHOLE = frozenset(Modality)
RADII = {"colour+depth+infrared": 1.0}


def embeddings(*norms, present=WHOLE):
    return [Embedding(np.float32([norm, 0]), norm, present) for norm in norms]


def test_a_decision_that_differs_is_counted_and_the_largest_difference_told():
    found = parity(embeddings(0.5, 0.99, 2.0), embeddings(0.5, 1.01, 2.0), RADII, RADII)
    assert (found.crops, found.flips) == (3, 1)
    assert found.largest_difference == pytest.approx(0.02, abs=1e-6)
    assert found.largest_norm_difference == pytest.approx(0.02)


def test_each_runtime_decides_by_its_own_radius():
    larger = {"colour+depth+infrared": 1.1}
    assert parity(embeddings(1.05), embeddings(1.05), RADII, larger).flips == 1


def test_embeddings_of_other_crops_are_refused():
    with pytest.raises(ValueError, match="same crops"):
        parity(embeddings(1.0), embeddings(1.0, present=WHOLE - {Modality.DEPTH}), RADII, RADII)
    with pytest.raises(ValueError, match="at least one"):
        parity([], [], RADII, RADII)
