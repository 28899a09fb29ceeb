"""Crops as the tensors of the input contract, the same for every runtime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rise_edge.face import Crop
from rise_edge.frame import Modality


def tensors(crops: Sequence[Crop], size: int) -> dict[str, NDArray[np.generic]]:
    """Stack crops into the model's inputs.

    Raises:
        ValueError: there is no crop, or one has another size.
    """
    if not crops:
        raise ValueError("expected at least one crop, got none")
    wrong = next((crop.size for crop in crops if crop.size != size), None)
    if wrong is not None:
        raise ValueError(f"expected crops of {size} pixels, got one of {wrong}")
    present = [[modality in crop.present for modality in Modality] for crop in crops]
    return {
        "colour": np.stack([crop.colour for crop in crops]),
        "depth_mm": np.stack([crop.depth_mm for crop in crops]).astype(np.int32),
        "infrared": np.stack([crop.infrared for crop in crops]),
        "present": np.asarray(present, np.float32),
    }
