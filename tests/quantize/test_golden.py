import io

import numpy as np

from quantize.golden import golden_crops, golden_file
from rise_edge.frame import Modality
from tests.train.debug_data import debug_dataset


def test_golden_crops_hold_every_species_and_domain_and_every_set_of_modalities():
    dataset = debug_dataset()
    crops = golden_crops(dataset)
    assert 30 <= len(crops) <= 48
    assert {crop.present for crop in crops[12:24]} | {frozenset(Modality)} == {
        frozenset(m for i, m in enumerate(Modality) if n >> i & 1) for n in range(1, 8)
    }
    first = {crop.infrared.tobytes() for crop in crops[:6]}
    kinds = {
        (dataset.species[i], dataset.domain[i])
        for i in range(len(dataset))
        if dataset.infrared[i].tobytes() in first
    }
    assert len(kinds) == 6


def test_golden_crops_hold_blind_and_saturated_sensors_and_holes():
    crops = golden_crops(debug_dataset())
    everything = [crop for crop in crops if len(crop.present) == 3]
    assert any(not (c.colour.any() or c.depth_mm.any() or c.infrared.any()) for c in everything)
    assert any(c.depth_mm.min() == 65535 and c.colour.min() == 255 for c in everything)
    assert any(c.colour.any() and not c.depth_mm.any() for c in everything)
    assert any(0.3 < np.mean(c.depth_mm == 0) < 0.4 for c in everything)


def test_the_file_is_as_the_selftest_reads_it():
    crops = golden_crops(debug_dataset())
    content = golden_file(crops, {"onnx": np.arange(len(crops), dtype=np.float32)})
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        assert file["present"].dtype == np.uint8
        assert file["depth_mm"].dtype == np.uint16
        assert file["norm_onnx"].shape == (len(crops),)
        assert np.array_equal(file["colour"][3], crops[3].colour)
