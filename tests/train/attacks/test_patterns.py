"""Patterns: within their limits, in their own modality alone, and differentiable."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Generator

from tests.train.debug_data import SIZE, debug_dataset
from train.attacks.patterns import Light, Overlay, Pattern, Relief, rearranged, smooth

SIDE = 112
PATTERNS = (Relief(), Light(), Overlay())
IMAGES = {"relief": "depth_mm", "light": "infrared", "overlay": "colour"}


def batch():
    return debug_dataset(6).batch(np.arange(6))


def drawn(pattern: Pattern, count: int = 1) -> torch.Tensor:
    return pattern.random(count, Generator().manual_seed(0))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_changes_its_own_modality_alone(pattern):
    before, after = vars(batch()), vars(pattern.apply(batch(), drawn(pattern)))
    same = {n: torch.equal(before[n].float(), after[n].float()) for n in IMAGES.values()}
    assert same == {n: n != IMAGES[pattern.name] for n in IMAGES.values()}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_zeros_change_nothing(pattern):
    name = IMAGES[pattern.name]
    after = getattr(pattern.apply(batch(), torch.zeros_like(drawn(pattern))), name)
    assert torch.allclose(after, getattr(batch(), name).float(), atol=1e-3)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_crop_can_have_a_pattern_of_its_own(pattern):
    values, name = drawn(pattern, 6), IMAGES[pattern.name]
    together = getattr(pattern.apply(batch(), values), name)
    alone = getattr(pattern.apply(batch(), values[4:5]), name)
    assert torch.equal(together[4], alone[4])
    assert not torch.equal(together[3], alone[3])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_can_be_searched_by_its_gradient(pattern):
    values = drawn(pattern).requires_grad_()
    getattr(pattern.apply(batch(), values), IMAGES[pattern.name]).mean().backward()
    assert values.grad is not None
    assert (values.grad != 0).any()


def test_a_relief_stays_within_its_limit_and_leaves_holes():
    before, relief = batch().depth_mm.float(), Relief(limit_mm=12)
    after = relief.apply(batch(), torch.ones(1, 1, 7, 7)).depth_mm
    read = before > 0
    assert torch.equal(after[~read], before[~read])
    assert torch.equal(after[read], before[read] + 12)
    wild = relief.height_mm(drawn(relief).sign(), SIZE)
    assert wild.abs().max() <= 12


def test_a_reading_that_a_relief_brings_to_the_lens_stays_a_reading():
    near = batch()
    near = type(near)(**{**vars(near), "depth_mm": torch.full((6, SIZE, SIZE), 20)})
    assert (Relief().apply(near, -torch.ones(1, 1, 7, 7)).depth_mm == 1).all()


def test_a_light_multiplies_by_its_factor_or_the_inverse():
    before = batch().infrared.float()
    for sign, gain in ((1, 1.5), (-1, 1 / 1.5)):
        after = Light(factor=1.5).apply(batch(), sign * torch.ones(1, 1, 7, 7)).infrared
        assert torch.allclose(after, (before * gain).clamp(max=255))


def test_an_overlay_adds_its_levels_within_8_bits():
    before = batch().colour.float()
    after = Overlay(levels=32).apply(batch(), torch.ones(1, 3, 28, 28)).colour
    assert torch.allclose(after, (before + 32).clamp(max=255))


def test_a_smooth_field_has_the_numbers_of_its_grid_at_the_corners_and_no_larger_ones():
    values = drawn(Relief()).sign()
    field = smooth(values, 112)
    assert torch.allclose(
        field[..., [0, -1], :][..., [0, -1]], values[..., [0, -1], :][..., [0, -1]]
    )
    assert field.abs().max() <= 1


def test_a_rearranged_pattern_has_the_same_numbers_elsewhere():
    values = drawn(Overlay(), 2)
    other = rearranged(values, Generator().manual_seed(1))
    assert not torch.equal(other, values)
    assert torch.equal(other.flatten(2).sort().values, values.flatten(2).sort().values)


def test_a_device_refuses_a_dent_in_the_place_of_the_nose_and_what_hides_the_face():
    flat = batch()
    flat = type(flat)(**{**vars(flat), "depth_mm": torch.full((6, SIDE, SIDE), 600)})
    nothing, dent, bump, edge = torch.zeros(4, 1, 1, 7, 7)
    dent[0, 0, 3:5, 2:5] = 0.6
    bump[0, 0, 3:5, 2:5] = -0.6
    edge[0, 0, :3] = -1
    edge[0, 0, 3:] = 1
    refused = [
        bool((Relief().refusal(Relief().apply(flat, v)) > 0).all())
        for v in (nothing, dent, bump, edge)
    ]
    assert refused == [False, True, False, True]


def test_a_crop_without_depth_has_no_gradient_that_is_not_a_number():
    empty = batch()
    empty = type(empty)(**{**vars(empty), "depth_mm": torch.zeros(6, SIDE, SIDE)})
    values = drawn(Relief()).requires_grad_()
    Relief().refusal(Relief().apply(empty, values)).sum().backward()
    assert values.grad is not None
    assert torch.isfinite(values.grad).all()
