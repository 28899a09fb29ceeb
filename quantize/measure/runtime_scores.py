"""Scores of a data set on a device's runtime, in the form that radii and reports are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from quantize.measure.device_crop import crop_of, only
from rise_edge.decision.embedding import Embedding
from rise_edge.face import Crop
from rise_edge.frame import Modality
from rise_edge.runtimes import Runtime
from train.datasets.crops import CropDataset
from train.evaluation.scoring import Scorer

_BATCH = 32


def scorer_on(runtime: Runtime, advance: Callable[[int], None] = lambda crops: None) -> Scorer:
    """A scorer that runs every crop on a runtime.

    Args:
        runtime: opened.
        advance: called with the number of crops that went through.
    """

    def score(dataset: CropDataset, shown: Iterable[Modality]) -> NDArray[np.float32]:
        subset = frozenset(shown)
        found = []
        for batch in _batches(only(crop_of(dataset, i), subset) for i in range(len(dataset))):
            found += [embedding.norm for embedding in runtime.embed(batch)]
            advance(len(batch))
        return np.array(found, np.float32)

    return score


def remembered(scorer: Scorer) -> Scorer:
    """The same scorer, which scores the same rows of the same images once only."""
    known: dict[tuple[object, ...], NDArray[np.float32]] = {}
    alive = []

    def score(dataset: CropDataset, shown: Iterable[Modality]) -> NDArray[np.float32]:
        subset = frozenset(shown)
        images = (dataset.colour, dataset.depth_mm, dataset.infrared)
        key = (*map(id, images), dataset.rows.tobytes(), dataset.present.tobytes(), subset)
        if key not in known:
            alive.append(images)  # an image's id may be another's after it is gone
            known[key] = scorer(dataset, subset)
            known[key].flags.writeable = False
        return known[key]

    return score


def embed_all(runtime: Runtime, crops: Iterable[Crop]) -> list[Embedding]:
    """Embeddings of crops."""
    return [one for batch in _batches(iter(crops)) for one in runtime.embed(batch)]


def _batches(crops: Iterator[Crop]) -> Iterator[list[Crop]]:
    while batch := list(islice(crops, _BATCH)):
        yield batch
