"""DeviceCrop: rows of a data set as the crops that a device would have read."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rise_edge.face import Crop
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset

_T = TypeVar("_T", bound=np.generic)


def crop_of(dataset: CropDataset, row: int) -> Crop:
    """One row of a data set as the crop that a camera would have given."""
    at = dataset.rows[row]
    crop = Crop(dataset.colour[at], dataset.depth_mm[at], dataset.infrared[at], frozenset(Modality))
    seen = {m for m, present in zip(Modality, dataset.present[row], strict=True) if present}
    return only(crop, frozenset(seen))


def only(crop: Crop, shown: frozenset[Modality]) -> Crop:
    """The crop with the other modalities taken away, their arrays zero, as `Crop` has it."""

    def kept(modality: Modality, image: NDArray[_T]) -> NDArray[_T]:
        return image if modality in shown else np.zeros_like(image)

    return Crop(
        kept(Modality.COLOUR, crop.colour),
        kept(Modality.DEPTH, crop.depth_mm),
        kept(Modality.INFRARED, crop.infrared),
        crop.present & shown,
    )
