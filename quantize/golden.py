"""Golden vectors: raw crops by which any device can prove that it decides as the build did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from quantize.device_crop import crop_of, only
from rise_edge.face import Crop
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset
from train.radius import MODALITY_SETS

_WHOLE, _PARTIAL = 12, 12


def golden_crops(dataset: CropDataset, seed: int = 0) -> list[Crop]:
    """Crops of all species and domains in turn, some with modalities missing, and edge values.

    Args:
        dataset: taken from; a device reads the same kind of crop.
        seed: of the choice.
    """
    rows = _spread(dataset, _WHOLE + _PARTIAL, seed)
    whole = [crop_of(dataset, row) for row in rows[:_WHOLE]]
    missing = [subset for subset in MODALITY_SETS if len(subset) < len(Modality)]
    partial = [
        only(crop_of(dataset, row), missing[i % len(missing)])
        for i, row in enumerate(rows[_WHOLE:])
    ]
    return [*whole, *partial, *_edge_values(whole[0])]


def golden_file(crops: Sequence[Crop], norms: Mapping[str, NDArray[np.float32]]) -> bytes:
    """`golden.npz` as `rise_edge.selftest` reads it.

    Args:
        crops: what goes in.
        norms: runtime -> the norms that must come out.
    """
    file = BytesIO()
    np.savez_compressed(
        file,
        colour=np.stack([crop.colour for crop in crops]),
        depth_mm=np.stack([crop.depth_mm for crop in crops]),
        infrared=np.stack([crop.infrared for crop in crops]),
        present=np.array([[m in crop.present for m in Modality] for crop in crops], np.uint8),
        **{f"norm_{runtime}": values for runtime, values in norms.items()},
    )
    return file.getvalue()


def _spread(dataset: CropDataset, count: int, seed: int) -> NDArray[np.int64]:
    """Row numbers that go round all pairs of domain and species."""
    order = np.random.default_rng(seed).permutation(len(dataset))
    kinds = np.array([f"{s}/{d}" for s, d in zip(dataset.species, dataset.domain, strict=True)])
    turn = np.zeros(len(dataset), np.int64)
    for kind in np.unique(kinds):
        same = order[kinds[order] == kind]
        turn[same] = np.arange(same.size)
    return order[np.argsort(turn[order], kind="stable")][:count]


def _edge_values(crop: Crop) -> list[Crop]:
    """What a broken or blinded sensor gives: nothing, all that fits, holes, one flat distance."""
    size, everything = crop.size, frozenset(Modality)
    holes = crop.depth_mm * (np.indices((size, size)).sum(0) % 3 > 0).astype(np.uint16)
    fills = [(0, 0, 0), (255, 65535, 255), (255, 32767, 0), (128, 1, 128), (0, 600, 255)]
    flat = [
        Crop(np.full((size, size, 3), c, np.uint8), np.full((size, size), d, np.uint16),
             np.full((size, size), i, np.uint8), everything)
        for c, d, i in fills
    ]  # fmt: skip
    blind = np.zeros_like(crop.depth_mm)
    return [
        *flat,
        Crop(crop.colour, holes, crop.infrared, everything),
        Crop(crop.colour, blind, crop.infrared, everything),
        Crop(np.full_like(crop.colour, 255), crop.depth_mm, crop.infrared, everything),
    ]
