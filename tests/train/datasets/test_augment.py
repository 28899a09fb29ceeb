import dataclasses

import cv2
import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_dataset
from train.datasets.augment import AugmentConfig, augment, blur

_NOTHING = AugmentConfig(**{name: 0 for name in vars(AugmentConfig())})


def _batch(count=64):
    return debug_dataset(count).batch(np.arange(count))


def _augment(config, batch=None, seed=0):
    return augment(batch or _batch(), config, torch.Generator().manual_seed(seed))


def test_nothing_switched_on_changes_nothing():
    before, after = _batch(), _augment(_NOTHING)
    for one, other in zip(before.crop, after.crop, strict=True):
        assert torch.equal(one.float(), other)


def test_the_same_generator_gives_the_same_crops_and_labels_stay():
    one, other = _augment(AugmentConfig()), _augment(AugmentConfig())
    assert all(torch.equal(a, b) for a, b in zip(one.crop, other.crop, strict=True))
    assert not torch.equal(one.colour, _augment(AugmentConfig(), seed=1).colour)
    assert torch.equal(one.attack, _batch().attack)
    assert torch.equal(one.domain, _batch().domain)


def test_values_stay_within_what_a_sensor_can_give():
    batch = _augment(AugmentConfig(colour_gain=2.0, infrared_gain=2.0, depth_noise_mm=400))
    for image in (batch.colour, batch.infrared):
        assert image.min() >= 0
        assert image.max() <= 255
    assert batch.depth_mm.min() == 0


def test_holes_stay_holes_and_more_are_made():
    before = _batch().depth_mm == 0
    after = (
        _augment(AugmentConfig(flip=0, shift_px=0, depth_holes=0.5, no_face=0, sheets=0)).depth_mm
        == 0
    )
    assert torch.all(after[before])
    assert after.sum() > 1.5 * before.sum()


def test_readings_are_lost_one_by_one_and_in_clumps_as_a_sensor_loses_them():
    config = AugmentConfig(**{**vars(_NOTHING), "depth_holes": 1.0})
    after, before = _augment(config).depth_mm, _batch().depth_mm
    lost = ((after == 0) & (before > 0)).float()
    share = lost.mean((1, 2))
    assert 0.4 < share.mean() < 0.6
    some = (share > 0.2) & (share < 0.8)
    beside = (lost[:, :, 1:] * lost[:, :, :-1]).mean((1, 2))[some] / share[some]
    together = beside - share[some]  # 0 where pixels are lost independently of each other
    assert together.min() < 0.1
    assert together.max() > 0.2


def test_a_mirrored_crop_is_mirrored_in_all_modalities():
    config = AugmentConfig(**{**vars(_NOTHING), "flip": 1.0})
    before, after = _batch(), _augment(config)
    assert torch.equal(after.colour, before.colour.flip(2).float())
    assert torch.equal(after.depth_mm, before.depth_mm.flip(2).float())
    assert torch.equal(after.infrared, before.infrared.flip(2).float())


def test_registration_moves_colour_and_infrared_against_depth():
    config = AugmentConfig(**{**vars(_NOTHING), "registration_px": 3})
    before, after = _batch(), _augment(config)
    assert torch.equal(after.depth_mm, before.depth_mm.float())
    moved = (after.infrared != before.infrared).flatten(1).any(1)
    assert moved.float().mean() > 0.9


def test_bumps_are_smooth_and_leave_holes():
    config = AugmentConfig(**{**vars(_NOTHING), "depth_bumps_mm": 8.0})
    before, after = _batch().depth_mm.float(), _augment(config).depth_mm
    error = torch.where(before > 0, after - before, torch.zeros_like(before))
    assert error.abs().max() > 3
    step = (error[:, :, 1:] - error[:, :, :-1])[(before[:, :, 1:] > 0) & (before[:, :, :-1] > 0)]
    assert step.std() < error[before > 0].std()
    assert torch.equal(after == 0, before == 0)


def test_a_slope_is_a_plane_through_the_middle():
    config = AugmentConfig(**{**vars(_NOTHING), "depth_tilt": 0.2})
    batch = _batch()
    batch = dataclasses.replace(batch, depth_mm=torch.full_like(batch.depth_mm, 600))
    error = _augment(config, batch).depth_mm - 600
    assert error.mean((1, 2)).abs().max() < 1e-2
    assert torch.allclose(error.diff(dim=2).diff(dim=2), torch.zeros(1), atol=1e-3)
    assert error.abs().amax((1, 2)).median() > 5


def test_a_shade_is_the_same_in_neighbouring_pixels():
    config = AugmentConfig(**{**vars(_NOTHING), "shade": 0.3, "light": 1.0})
    batch = _batch()
    batch = dataclasses.replace(batch, infrared=torch.full_like(batch.infrared, 100))
    shaded = _augment(config, batch).infrared / 100
    assert shaded.std() == pytest.approx(0.25, abs=0.1)
    assert shaded.diff(dim=2).std() < shaded.std()


def test_surroundings_are_taken_away_in_every_modality():
    config = AugmentConfig(**{**vars(_NOTHING), "surroundings": 1.0})
    after = _augment(config)
    for corner in (after.depth_mm[:, :2, :2], after.infrared[:, :2, :2]):
        assert not corner.any()
    colours = after.colour[:, :2, :2].flatten(1, 2)
    assert torch.equal(colours, colours[:, :1].expand_as(colours))
    middle = slice(_batch().depth_mm.shape[1] // 2 - 1, _batch().depth_mm.shape[1] // 2 + 1)
    assert torch.equal(after.colour[:, middle, middle], _batch().colour[:, middle, middle].float())


def test_the_light_of_a_share_of_the_crops_is_left_as_it_is():
    config = AugmentConfig(
        **{**vars(_NOTHING), "light": 0.5, "colour_gain": 0.2, "infrared_gain": 0.2}
    )
    made, batch = _augment(config, _batch(480)), _batch(480)
    for after, before in ((made.colour, batch.colour), (made.infrared, batch.infrared)):
        same = (after == before.float()).flatten(1).all(1).float().mean()
        assert 0.4 < same < 0.6


@pytest.mark.parametrize("fields", [{"flip": 1.5}, {"depth_noise_mm": -1.0}])
def test_impossible_strengths_are_refused(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        AugmentConfig(**fields)


def test_a_blur_is_that_of_opencv_and_none_leaves_an_image_as_it_is():
    images = torch.rand(3, 2, 20, 20, generator=torch.Generator().manual_seed(0))
    blurred = blur(images, torch.tensor([0.0, 0.7, 1.5]), largest=1.5)
    assert torch.allclose(blurred[0], images[0], atol=1e-6)
    for i, sigma in ((1, 0.7), (2, 1.5)):
        wanted = cv2.GaussianBlur(
            images[i, 1].numpy(), (9, 9), sigma, borderType=cv2.BORDER_REPLICATE
        )
        assert np.allclose(blurred[i, 1], wanted, atol=1e-3)


def test_depth_is_blurred_over_its_readings_and_holes_stay():
    config = AugmentConfig(**{**vars(_NOTHING), "depth_blur_px": 1.5})
    batch = _batch()
    depth = torch.full_like(batch.depth_mm, 600)
    depth[:, 4:8, 4:8] = 0
    made = _augment(config, dataclasses.replace(batch, depth_mm=depth)).depth_mm
    assert torch.equal(made == 0, depth == 0)
    assert torch.allclose(made[depth > 0], torch.tensor(600.0), atol=1e-2)


def test_a_share_of_the_attacks_shows_nobody_and_bona_fide_presentations_stay():
    config = AugmentConfig(**{**vars(_NOTHING), "no_face": 0.5})
    batch = _batch(480)
    made = _augment(config, batch)
    changed = (made.depth_mm != batch.depth_mm.float()).flatten(1).any(1)
    attack = batch.attack == 1
    assert not changed[~attack].any()
    assert 0.4 < changed[attack].float().mean() < 0.6
    assert torch.equal(made.attack, batch.attack)


def test_a_share_of_the_attacks_is_a_sheet_in_depth_and_nothing_else():
    config = AugmentConfig(**{**vars(_NOTHING), "sheets": 0.5})
    batch = _batch(480)
    made = _augment(config, batch)
    sheet = made.present[:, 0] == 0
    assert torch.equal(made.present[sheet], torch.tensor([[0.0, 1.0, 0.0]]).expand(sheet.sum(), 3))
    assert not sheet[batch.attack == 0].any()
    assert 0.4 < sheet[batch.attack == 1].float().mean() < 0.6
    assert torch.equal(made.depth_mm[~sheet], batch.depth_mm[~sheet].float())
