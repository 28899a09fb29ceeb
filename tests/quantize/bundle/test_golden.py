import io

import numpy as np
import pytest

from quantize.bundle.golden import golden_crops, golden_file
from rise_edge.decision.embedding import Embedding
from rise_edge.frame import Modality
from tests.train.debug_data import debug_dataset


def test_golden_crops_hold_every_species_and_domain_and_every_set_of_modalities():
    dataset = debug_dataset()
    crops = golden_crops(dataset, 48)
    assert len(crops) == 48
    assert {crop.present for crop in crops[24:40]} | {frozenset(Modality)} == {
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
    crops = golden_crops(debug_dataset(), 48)
    everything = [crop for crop in crops if len(crop.present) == 3]
    assert any(not (c.colour.any() or c.depth_mm.any() or c.infrared.any()) for c in everything)
    assert any(c.depth_mm.min() == 65535 and c.colour.min() == 255 for c in everything)
    assert any(c.colour.any() and not c.depth_mm.any() for c in everything)
    assert any(0.3 < np.mean(c.depth_mm == 0) < 0.4 for c in everything)


def test_the_file_is_as_the_selftest_reads_it():
    crops = golden_crops(debug_dataset(), 48)
    given = [Embedding(np.ones(4, np.float32), i, crop.present) for i, crop in enumerate(crops)]
    content = golden_file(crops, {"onnx": given})
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        assert file["present"].dtype == np.uint8
        assert file["depth_mm"].dtype == np.uint16
        assert file["norm_onnx"].tolist() == list(range(48))
        assert file["embedding_onnx"].shape == (48, 4)
        assert np.array_equal(file["colour"][3], crops[3].colour)


def test_few_crops_already_hold_every_species_and_every_domain():
    dataset = debug_dataset(domains=("dim", "lit", "far", "near"))
    crops = golden_crops(dataset, 24)
    shown = {crop.infrared.tobytes() for crop in crops[:6]}
    rows = [i for i in range(len(dataset)) if dataset.infrared[i].tobytes() in shown]
    assert set(dataset.species[rows]) == set(dataset.species)
    assert set(dataset.domain[rows]) == set(dataset.domain)


def test_too_few_to_show_everything_is_an_error():
    with pytest.raises(ValueError, match="at least 24"):
        golden_crops(debug_dataset(), 12)
