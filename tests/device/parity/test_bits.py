"""What counts as the same bits."""

import numpy as np
import pytest

from device.parity.bits import compare

RADIUS = np.array([1.0, 1.0, 1.0])


def embedded(rows: int = 3) -> tuple[np.ndarray, np.ndarray]:
    vectors = np.random.default_rng(0).normal(size=(rows, 4)).astype(np.float32)
    return vectors, np.linalg.norm(vectors, axis=1)


def test_equal_arrays_have_the_same_bits() -> None:
    found = compare(embedded(), embedded(), RADIUS)
    assert found.same_bits
    assert (found.largest_difference, found.largest_ulps, found.flips) == (0.0, 0, 0)


@pytest.mark.parametrize("which", [0, 1], ids=["embedding", "norm"])
def test_one_flipped_bit_is_seen(which: int) -> None:
    theirs = embedded()
    theirs[which].reshape(-1).view(np.uint32)[5 % theirs[which].size] ^= 1
    found = compare(embedded(), theirs, RADIUS)
    assert not found.same_bits
    assert (found.equal_embeddings, found.equal_norms) == ((2, 3) if which == 0 else (3, 2))
    assert found.largest_ulps == 1
    assert 0 < found.largest_difference < 1e-6


def test_zero_and_negative_zero_have_different_bits_and_lie_at_one_place() -> None:
    ours, theirs = embedded(), embedded()
    ours[0][0, 0], theirs[0][0, 0] = 0.0, -0.0
    found = compare(ours, theirs, RADIUS)
    assert found.equal_embeddings == 2
    assert (found.largest_difference, found.largest_ulps) == (0.0, 0)


def test_ulps_are_counted_across_zero() -> None:
    ours, theirs = embedded(), embedded()
    ours[0][0, 0], theirs[0][0, 0] = np.float32(1e-45), np.float32(-1e-45)
    assert compare(ours, theirs, RADIUS).largest_ulps == 2


def test_nan_equals_nan_of_the_same_bits_and_is_far_from_a_number() -> None:
    ours, theirs = embedded(), embedded()
    ours[1][0] = theirs[1][0] = np.nan
    assert compare(ours, theirs, RADIUS).same_bits
    theirs[1][0] = 1.0
    found = compare(ours, theirs, RADIUS)
    assert found.equal_norms == 2
    assert found.largest_difference == np.inf


def test_a_decision_that_differs_is_counted() -> None:
    ours, theirs = embedded(), embedded()
    ours[1][:] = 1.0
    theirs[1][:] = 1.0
    theirs[1][1] = np.nextafter(np.float32(1), np.float32(2))
    assert compare(ours, theirs, RADIUS).flips == 1


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        (embedded(rows=2), "other crops"),
        (tuple(part.astype(np.float64) for part in embedded()), "float64"),
    ],
)
def test_what_cannot_be_compared_is_refused(theirs: tuple, reason: str) -> None:
    with pytest.raises(ValueError, match="expected float32 of the same shapes"):
        compare(embedded(), theirs, RADIUS)
