"""DeviceCrop: rows of a data set as the crops that a device would have read."""

from __future__ import annotations

import numpy as np

from rise_edge.face import Crop
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset


def crop_of(dataset: CropDataset, row: int) -> Crop:
    """One row of a data set as the crop that a camera would have given."""
    at = dataset.rows[row]
    crop = Crop(dataset.colour[at], dataset.depth_mm[at], dataset.infrared[at], frozenset(Modality))
    seen = {m for m, present in zip(Modality, dataset.present[row], strict=True) if present}
    return only(crop, frozenset(seen))


def only(crop: Crop, shown: frozenset[Modality]) -> Crop:
    """The crop with the other modalities taken away, their arrays zero, as `Crop` has it."""
    images = {Modality.COLOUR: crop.colour, Modality.DEPTH: crop.depth_mm,
              Modality.INFRARED: crop.infrared}  # fmt: skip
    colour, depth_mm, infrared = (
        image if m in shown else np.zeros_like(image) for m, image in images.items()
    )
    return Crop(colour, depth_mm, infrared, crop.present & shown)
