import dataclasses

import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_dataset
from train.datasets.crops import join, smaller


def test_a_batch_holds_the_chosen_rows_in_their_order():
    dataset = debug_dataset(40)
    batch = dataset.batch(np.array([5, 0, 7]))
    assert np.array_equal(batch.colour.numpy(), dataset.colour[[5, 0, 7]])
    assert np.array_equal(batch.depth_mm.numpy(), dataset.depth_mm[[5, 0, 7]])
    assert batch.depth_mm.dtype == torch.int32
    assert batch.attack.tolist() == [1.0, 0.0, 1.0]
    assert batch.domain.tolist() == [1, 0, 1]


def test_selecting_shares_the_images():
    dataset = debug_dataset(40)
    part = dataset.select(dataset.species == "mask").select(np.array([1]))
    assert len(part) == 1
    assert part.colour is dataset.colour
    assert np.array_equal(part.batch(np.array([0])).infrared[0].numpy(), dataset.infrared[7])


def test_joined_data_sets_keep_every_crop_beside_its_labels():
    dataset = debug_dataset(40)
    whole = join([dataset.select(dataset.bona_fide), dataset.select(~dataset.bona_fide)])
    assert len(whole) == 40
    assert whole.bona_fide.tolist() == [True] * 20 + [False] * 20
    assert np.array_equal(whole.infrared[20], dataset.infrared[1])


def test_selected_and_joined_data_sets_know_the_lines_that_were_left_out():
    first, second = (
        dataclasses.replace(debug_dataset(40), left_out=lines).select(np.arange(8))
        for lines in (("a.csv:2",), ("a.csv:2", "b.csv:5"))
    )
    assert join([first, second]).left_out == ("a.csv:2", "b.csv:5")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("infrared", np.zeros((40, 32, 32), np.uint16)),
        ("species", np.array(["a"])),
        ("bona_fide", np.ones(40, int)),
        ("present", np.ones((40, 2), np.float32)),
    ],
)
def test_an_array_of_another_form_is_named(field, value):
    with pytest.raises(ValueError, match=f"expected {field}"):
        dataclasses.replace(debug_dataset(40), **{field: value})


def test_smaller_crops_average_pictures_and_pick_depths():
    dataset = debug_dataset(40).select(np.array([3, 8]))
    small = smaller(dataset, dataset.size // 2)
    one = dataset.infrared[8].astype(np.float64)
    mean = one.reshape(small.size, 2, small.size, 2).mean((1, 3))
    assert np.abs(small.infrared[1] - mean).max() <= 0.5
    assert np.array_equal(small.depth_mm[1], dataset.depth_mm[8, 1::2, 1::2])
    assert small.species.tolist() == dataset.species.tolist()


def test_a_side_that_divides_nothing_is_refused():
    with pytest.raises(ValueError, match="divides"):
        smaller(debug_dataset(40), 5)
