"""Inputs that show nobody: their form, their variety, and what shuffling keeps."""

from __future__ import annotations

import pytest
import torch
from torch import Generator

from tests.train.debug_data import debug_dataset
from train.datasets.synthetic.no_face import NoFace, no_face, shuffled_tiles


def drawn(count: int = 256, size: int = 32, seed: int = 0) -> NoFace:
    return no_face(count, size, Generator().manual_seed(seed))


def batch(count: int = 6):
    dataset = debug_dataset(count)
    return dataset.batch(dataset.rows)


def test_they_have_the_form_of_raw_crops():
    found = drawn(5)
    assert [tuple(part.shape) for part in found] == [(5, 32, 32, 3), (5, 32, 32), (5, 32, 32)]
    assert {part.dtype for part in found} == {torch.float32}
    for image in (found.colour, found.infrared):
        assert 0 <= image.min() <= image.max() <= 255
    assert 0 <= found.depth_mm.min() <= found.depth_mm.max() <= 10_000


def test_the_same_seed_gives_the_same_inputs_and_another_gives_others():
    assert all(map(torch.equal, drawn(8), drawn(8)))
    assert not torch.equal(drawn(8).colour, drawn(8, seed=1).colour)


def test_no_input_at_all_is_possible():
    assert drawn(0).depth_mm.shape == (0, 32, 32)


def test_strengths_reach_from_a_constant_to_the_whole_range():
    deviation = drawn().infrared.std((1, 2))
    assert (deviation == 0).any()
    assert ((deviation > 0) & (deviation < 4)).any()
    assert (deviation > 60).any()


def test_depth_lies_around_the_distance_of_a_face_and_loses_none_to_most_readings():
    depth_mm = drawn().depth_mm
    read = (depth_mm > 0).float().mean((1, 2))
    assert (read > 0.999).any()
    assert (read < 0.1).any()
    usual = depth_mm[read > 0.9].flatten(1).median(1).values.quantile(torch.tensor([0.1, 0.9]))
    assert 200 < usual[0] < usual[1] < 1500


def test_some_colour_is_grey_in_pattern_and_some_is_not():
    centred = drawn().colour - drawn().colour.mean((1, 2), keepdim=True)
    visible = (centred.std((1, 2)) > 2).all(1)
    first, second = centred[visible, :, :, 0].flatten(1), centred[visible, :, :, 1].flatten(1)
    alike = torch.nn.functional.cosine_similarity(first, second).abs()
    assert (alike > 0.8).any()
    assert (alike < 0.2).any()


def test_modalities_share_a_pattern_in_some_inputs_and_not_in_others():
    found = drawn()
    visible = found.infrared.std((1, 2)) > 2
    pairs = torch.stack([found.colour[..., 0], found.infrared], 1).flatten(2)[visible]
    pairs = pairs - pairs.mean(2, keepdim=True)
    alike = torch.nn.functional.cosine_similarity(pairs[:, 0], pairs[:, 1]).abs()
    assert (alike > 0.8).any()
    assert (alike < 0.2).any()


def test_shuffling_moves_all_modalities_alike_and_keeps_every_pixel():
    crops = batch()
    marked = crops.depth_mm.float()
    crops = type(crops)(**{**vars(crops), "depth_mm": marked, "infrared": marked})
    found = shuffled_tiles(crops, Generator().manual_seed(0))
    assert torch.equal(found.depth_mm, found.infrared)
    assert not torch.equal(found.depth_mm, marked)
    same = torch.equal(found.depth_mm.flatten(1).sort().values, marked.flatten(1).sort().values)
    assert same


def test_each_crop_is_shuffled_in_an_order_of_its_own():
    crops = batch(2)
    twice = crops.take(torch.tensor([0, 0]))
    found = shuffled_tiles(twice, Generator().manual_seed(0))
    assert not torch.equal(found.colour[0], found.colour[1])


def test_a_side_that_no_tiles_divide_is_refused():
    crops = batch(2)
    odd = type(crops)(**{**vars(crops), "depth_mm": crops.depth_mm[:, :31, :31]})
    with pytest.raises(ValueError, match="31"):
        shuffled_tiles(odd, Generator().manual_seed(0))
