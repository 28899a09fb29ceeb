"""Evaluation: what a bundle's radii do to labelled pictures of people and attacks."""

from rise_edge.evaluation.labelled_crops import LabelledCrop, LabelledCutter
from rise_edge.evaluation.labelled_set import (
    LabelledSet,
    LabelledSetError,
    Presentation,
    read_labelled_sets,
)
from rise_edge.evaluation.measure import measure_sets

__all__ = [
    "LabelledCrop",
    "LabelledCutter",
    "LabelledSet",
    "LabelledSetError",
    "Presentation",
    "measure_sets",
    "read_labelled_sets",
]
