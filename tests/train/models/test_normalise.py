"""Normalisation: exact values, the face's own distance, and finite numbers for any input."""

import pytest
import torch

from train.models.normalise import Normalise, face_distance_mm

SIZE = 112


def _crop(count=1, depth=600):
    return (
        torch.full((count, SIZE, SIZE, 3), 200, dtype=torch.uint8),
        torch.full((count, SIZE, SIZE), depth, dtype=torch.int32),
        torch.full((count, SIZE, SIZE), 64, dtype=torch.uint8),
        torch.ones(count, 3),
    )


def test_eight_bit_values_are_shifted_and_divided_by_128():
    colour, _, infrared, _ = Normalise()(*_crop())
    assert colour.shape == (1, 3, SIZE, SIZE)
    assert torch.all(colour == (200 - 128) / 128)
    assert torch.all(infrared == (64 - 128) / 128)


def test_depth_is_relative_to_the_face_so_that_distance_alone_changes_nothing():
    relief = torch.randint(-80, 80, (1, SIZE, SIZE), dtype=torch.int32)
    near, far = (Normalise()(*_crop()[:1], relief + d, *_crop()[2:]).depth for d in (400, 900))
    assert torch.allclose(near, far, atol=1e-4)
    assert near[:, 0].abs().max() < 0.7
    assert torch.all(near[:, 1] == 1)


def test_a_background_in_the_middle_of_the_crop_does_not_move_the_face():
    depth = torch.full((1, SIZE, SIZE), 500, dtype=torch.int32)
    depth[:, :, 76:] = 760
    assert face_distance_mm(depth).item() == 500.0


def test_holes_are_zero_and_marked():
    crop = _crop()
    crop[1][:, 10:20] = 0
    depth = Normalise()(*crop).depth
    assert torch.all(depth[:, :, 10:20] == 0)
    assert torch.all(depth[:, 1, 20:] == 1)


def test_an_absent_modality_is_zero_whatever_its_pixels_hold():
    crop = _crop()
    crop[3][0] = torch.tensor([0.0, 0.0, 1.0])
    normalised = Normalise()(*crop)
    assert not normalised.colour.any()
    assert not normalised.depth.any()
    assert normalised.infrared.any()


@pytest.mark.parametrize("depth", [0, 1, 32767, 65535, -5, 2**31 - 1])
def test_extreme_depth_stays_finite_and_within_range(depth):
    values = Normalise()(*_crop(depth=depth)).depth
    assert torch.isfinite(values).all()
    assert values.abs().max() <= 1


def test_the_face_distance_is_exact_so_any_order_of_summation_gives_its_bits():
    generator = torch.Generator().manual_seed(0)
    depth = torch.randint(30000, 32768, (4, SIZE, SIZE), generator=generator, dtype=torch.int32)
    sample = depth[:, 28:84:4, 28:84:4].double()
    first = sample.mean((1, 2), keepdim=True).float()
    near = ((sample.float() - first).abs() <= 150).double()
    exact = ((sample * near).sum((1, 2)) / near.sum((1, 2))).float()
    assert torch.equal(face_distance_mm(depth).flatten(), exact)
