import numpy as np
import torch

from tests.train.debug_data import debug_dataset
from train.algorithms.mixing import (
    deny_one_living,
    mix_amplitudes,
    mix_crops,
    recombine,
    shuffle_tokens,
)
from train.models.normalise import Normalise


def _images(count=6, size=32):
    return torch.rand(2, count, 3, size, size, generator=torch.Generator().manual_seed(0))


def _crop():
    return Normalise()(*debug_dataset(24).batch(np.arange(24)).crop)


def test_a_share_of_zero_gives_the_image_back():
    images, partners = _images()
    assert torch.allclose(mix_amplitudes(images, partners, torch.zeros(6)), images, atol=1e-5)


def test_the_phase_is_kept_and_the_amplitude_is_the_mixture():
    images, partners = _images().double()
    share = torch.linspace(0.1, 0.9, 6).double()
    own, foreign = torch.fft.fft2(images), torch.fft.fft2(partners)
    mixed = torch.fft.fft2(mix_amplitudes(images, partners, share))
    expected = (1 - share[:, None, None, None]) * own.abs()
    expected = expected + share[:, None, None, None] * foreign.abs()
    assert torch.allclose(mixed.abs(), expected, atol=1e-8)
    clear = mixed.abs() > 1e-6
    turned = torch.angle(mixed * own.conj())[clear]
    assert turned.abs().max() < 1e-6


def test_mixed_crops_keep_which_depth_was_read_and_what_is_absent():
    crop = _crop()
    crop.present[3] = torch.tensor([1.0, 0.0, 1.0])
    crop.depth[3] = 0
    mixed = mix_crops(crop, torch.full((24, 3), 0.5))
    assert torch.equal(mixed.depth[:, 1], crop.depth[:, 1])
    assert not mixed.depth[3].any()
    assert torch.all(mixed.depth[:, 0][crop.depth[:, 1] == 0] == 0)
    assert not torch.allclose(mixed.colour, crop.colour, atol=1e-2)


def test_shuffling_keeps_the_tokens_and_differs_between_modalities_and_crops():
    tokens = torch.arange(2 * 5 * 16.0).reshape(2, 5, 4, 4)
    shuffled = shuffle_tokens([tokens, tokens, tokens])
    for maps in shuffled:
        assert maps.shape == tokens.shape
        for before, after in zip(tokens.flatten(2), maps.flatten(2), strict=True):
            columns = {tuple(column) for column in before.T.tolist()}
            assert {tuple(column) for column in after.T.tolist()} == columns
    assert not torch.equal(shuffled[0], shuffled[1])
    assert not torch.equal(shuffled[0][0] - tokens[0], shuffled[0][1] - tokens[1])


def test_recombined_crops_take_each_modality_from_another_crop_of_their_class():
    count = 200
    attack = (torch.arange(count) % 2).float()
    tokens = [torch.arange(count).float().reshape(-1, 1, 1, 1) for _ in range(3)]
    present = torch.ones(count, 3)
    mixed, seen = recombine(tokens, present, attack)
    for maps in mixed:
        rows = maps.flatten().long()
        assert torch.equal(attack[rows], attack)
        assert torch.equal(rows.sort().values, torch.arange(count))
    assert not torch.equal(mixed[0], mixed[1])
    assert seen.all()


def test_recombination_carries_presence_along_and_leaves_no_crop_empty():
    attack = torch.zeros(60)
    present = torch.eye(3).repeat(20, 1)
    tokens = [torch.arange(60).float().reshape(-1, 1, 1, 1) for _ in range(3)]
    mixed, seen = recombine(tokens, present, attack)
    assert torch.all(seen.sum(1) >= 1)
    for i, maps in enumerate(mixed):
        assert torch.equal(present[maps.flatten().long(), i], seen[:, i])


def test_attacks_with_one_modality_of_a_living_face_and_no_other_row_changes():
    count = 40
    attack = (torch.arange(count) % 2).float()
    present = torch.ones(count, 3)
    present[1, 0] = 0
    tokens = [torch.arange(count).float().reshape(-1, 1, 1, 1) for _ in range(3)]
    mixed, rows = deny_one_living(tokens, present, attack)
    donors = torch.stack([maps.flatten().long() for maps in mixed], dim=1)
    changed = donors != rows[:, None]
    assert set(rows[:19].tolist()) == set(range(3, count, 2))
    assert torch.all(changed[:19].sum(1) == 1)
    assert torch.all(attack[donors[changed]] == 0)
    assert not changed[19:].any()


def test_without_a_living_face_nothing_is_denied():
    tokens = [torch.arange(8).float().reshape(-1, 1, 1, 1) for _ in range(3)]
    mixed, rows = deny_one_living(tokens, torch.ones(8, 3), torch.ones(8))
    for maps in mixed:
        assert torch.equal(maps.flatten().long(), rows)
