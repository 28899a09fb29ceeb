import numpy as np
import torch

from tests.train.gpu.debug_rendered import debug_cell, debug_place
from train.evaluation.scoring import outputs
from train.gpu.cell import start
from train.gpu.images import DeviceImages, device_outputs


def test_outputs_are_those_of_the_data_set_on_the_host():
    place, cell = debug_place(), debug_cell("radial")
    splits = place.splits(cell)
    algorithm, _ = start(cell, place, splits, 1)
    found = device_outputs(algorithm, place.images, splits.validation)
    wanted = outputs(algorithm, splits.validation)
    for name, value in vars(found).items():
        assert np.allclose(value, getattr(wanted, name), atol=1e-5)


def test_a_batch_has_the_images_and_the_labels_of_its_rows():
    place, cell = debug_place(), debug_cell()
    train = place.splits(cell).train
    _, loop = start(cell, place, place.splits(cell), 3)
    batch = place.images.batch(loop.draw, 0, 2)
    rows = loop.draw.rows[:2].flatten().numpy()
    shown = (loop.draw.images[:2].flatten() < place.images.crops).numpy()
    wanted = train.batch(rows)
    assert torch.equal(batch.attack, wanted.attack)
    assert torch.equal(batch.domain, wanted.domain)
    assert torch.equal(batch.depth_mm[shown].int(), wanted.depth_mm[shown])
    assert torch.equal(batch.colour[shown], wanted.colour[shown])


def test_depth_beyond_16_bits_with_a_sign_is_cut_where_the_network_cuts_it():
    place = debug_place()
    dataset = place.rendered.dataset
    dataset.depth_mm[0] = 65535
    made = DeviceImages.of(dataset, 4, torch.Generator().manual_seed(0), torch.device("cpu"))
    assert made.depth_mm[0].unique().tolist() == [32767]
    assert len(made.colour) == len(dataset) + 4
