"""Golden vectors: raw crops by which any device can prove that it decides as the build did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from quantize.measure.device_crop import crop_of, only
from rise_edge.decision.embedding import Embedding
from rise_edge.face import Crop
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset
from train.evaluation.thresholds import MODALITY_SETS

_FILLS = ((0, 0, 0), (255, 65535, 255), (255, 32767, 0), (128, 1, 128), (0, 600, 255))
"""Colour, depth in mm and infrared of sensors that see nothing, all that fits, or one distance."""
_EDGE_VALUES = len(_FILLS) + 3


def golden_crops(dataset: CropDataset, count: int, seed: int = 0) -> list[Crop]:
    """Crops of all species and domains in turn, some with modalities missing, and edge values.

    Three of five are whole, the others show each lesser set of modalities in turn.

    Args:
        dataset: taken from; a device reads the same kind of crop.
        count: count of all together, at least 24.
        seed: seed of the choice.

    Raises:
        ValueError: the count is too small.
    """
    if count < 24:
        raise ValueError(f"expected at least 24 golden crops, got {count}")
    rows = _in_turn(dataset, count - _EDGE_VALUES, seed)
    whole = 3 * len(rows) // 5
    lesser = [subset for subset in MODALITY_SETS if len(subset) < len(Modality)]
    crops = [
        crop_of(dataset, row)
        if i < whole
        else only(crop_of(dataset, row), lesser[(i - whole) % len(lesser)])
        for i, row in enumerate(rows)
    ]
    return [*crops, *_edge_values(crops[0])]


def golden_file(crops: Sequence[Crop], given: Mapping[str, Sequence[Embedding]]) -> bytes:
    """`golden.npz` as `rise_edge.selftest` reads it, with `embedding_RUNTIME` f32 (N, D) besides.

    Args:
        crops: what goes in.
        given: runtime -> the embeddings that must come out.
    """
    file = BytesIO()
    outputs: dict[str, Any] = {}
    for runtime, made in given.items():
        outputs[f"norm_{runtime}"] = np.array([one.norm for one in made], np.float32)
        outputs[f"embedding_{runtime}"] = np.stack([one.vector for one in made])
    np.savez_compressed(
        file,
        colour=np.stack([crop.colour for crop in crops]),
        depth_mm=np.stack([crop.depth_mm for crop in crops]),
        infrared=np.stack([crop.infrared for crop in crops]),
        present=np.array([[m in crop.present for m in Modality] for crop in crops], np.uint8),
        **outputs,
    )
    return file.getvalue()


def _in_turn(dataset: CropDataset, count: int, seed: int) -> list[int]:
    """Row numbers: no species, no species in the same domain and no domain again before the others.

    Fewer than asked for where the data set is smaller.
    """
    left = [int(row) for row in np.random.default_rng(seed).permutation(len(dataset))]
    used: Counter[tuple[str, str]] = Counter()
    chosen: list[int] = []
    while left and len(chosen) < count:
        turns = []
        for row in left:
            species, domain = str(dataset.species[row]), str(dataset.domain[row])
            turns.append((used[species, ""], used[species, domain], used["", domain]))
        row = left.pop(min(range(len(left)), key=turns.__getitem__))
        species, domain = str(dataset.species[row]), str(dataset.domain[row])
        used.update([(species, ""), (species, domain), ("", domain)])
        chosen.append(row)
    return chosen


def _edge_values(crop: Crop) -> list[Crop]:
    """What a broken or blinded sensor gives: nothing, all that fits, holes, one flat distance."""
    size, everything = crop.size, frozenset(Modality)
    holes = crop.depth_mm * (np.indices((size, size)).sum(0) % 3 > 0).astype(np.uint16)
    flat = [
        Crop(
            np.full((size, size, 3), c, np.uint8),
            np.full((size, size), d, np.uint16),
            np.full((size, size), i, np.uint8),
            everything,
        )
        for c, d, i in _FILLS
    ]
    blind = np.zeros_like(crop.depth_mm)
    return [
        *flat,
        Crop(crop.colour, holes, crop.infrared, everything),
        Crop(crop.colour, blind, crop.infrared, everything),
        Crop(np.full_like(crop.colour, 255), crop.depth_mm, crop.infrared, everything),
    ]
