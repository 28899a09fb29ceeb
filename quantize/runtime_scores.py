"""Scores of a data set on a device's runtime, in the form that radii and reports are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from quantize.device_crop import crop_of, only
from rise_edge.face import Crop
from rise_edge.frame import Modality
from rise_edge.runtimes import Runtime
from train.datasets.crops import CropDataset
from train.scoring import Scorer

_BATCH = 32


def scorer_on(runtime: Runtime) -> Scorer:
    """A scorer that runs every crop on a runtime."""

    def score(dataset: CropDataset, shown: Iterable[Modality]) -> NDArray[np.float32]:
        subset = frozenset(shown)
        return norms(runtime, (only(crop_of(dataset, i), subset) for i in range(len(dataset))))

    return score


def norms(runtime: Runtime, crops: Iterable[Crop]) -> NDArray[np.float32]:
    """Norms f32 (N,) of crops."""
    batches = _batches(iter(crops))
    found = [embedding.norm for batch in batches for embedding in runtime.embed(batch)]
    return np.array(found, np.float32)


def _batches(crops: Iterator[Crop]) -> Iterator[list[Crop]]:
    while batch := list(islice(crops, _BATCH)):
        yield batch
