import pytest
import torch

from quantize.int8.losses import QatLossConfig, qat_losses, radius_of
from train.models.networks import NetworkConfig
from train.models.registry import build_network

NETWORK = build_network(NetworkConfig(width=4, directions=2))


def losses(student, teacher, radius=1.0, **weights):
    made = torch.full((len(teacher),), radius)
    return qat_losses(student, teacher, made, NETWORK, QatLossConfig(**weights))


def test_the_teachers_own_embedding_costs_nothing():
    z = torch.randn(4, 8)
    assert all(value.abs() < 1e-6 for value in losses(z, z.clone()).values())


def test_length_is_paid_for_by_the_radial_loss_and_turning_by_the_direction_loss():
    z = torch.randn(4, 8)
    longer, turned = losses(1.1 * z, z), losses(-z, z)
    assert longer["radial"] == pytest.approx(0.01, rel=1e-3)
    assert longer["direction"] < 1e-6
    assert turned["radial"] < 1e-6
    assert turned["direction"] > 0.3


def test_an_error_near_the_sphere_costs_more_than_the_same_far_from_it():
    unit = torch.ones(1, 8) / 8**0.5
    near = losses(1.1 * unit, 1.0 * unit)
    far = losses(3.1 * unit, 3.0 * unit)
    # Far outside, an error counts in parts of the distance: a third each, and squared.
    assert near["radial"] == pytest.approx(9 * far["radial"].item(), rel=1e-3)
    assert near["margin"] > 1000 * far["margin"]


def test_each_crop_is_held_against_the_radius_of_its_own_modalities():
    radii = {"colour+depth+infrared": 1.0, "colour": 2.0, "depth+infrared": 3.0}
    present = torch.tensor([[1.0, 1, 1], [1, 0, 0], [0, 1, 1], [0, 0, 1]])
    assert radius_of(present, radii).tolist() == [1.0, 2.0, 3.0, 1.0]


@pytest.mark.parametrize("field", ["weight_radial", "weight_margin"])
def test_weights_below_zero_are_refused(field):
    with pytest.raises(ValueError, match=f"expected {field} >= 0"):
        QatLossConfig(**{field: -1.0})
