"""ModelFiles: what a bundle's runtimes run, calibrated, before anything is measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quantize.material import Material
from quantize.measure.calibrated import Calibrated


@dataclass(frozen=True, eq=False)
class ModelFiles:
    """All that a bundle needs but its golden vectors and its report.

    Attributes:
        material: trained run and data that the files were made of.
        fields: manifest fields that do not depend on radii, from `manifest_fields`.
        files: file name -> content.
        models: runtime -> the model on it with its radii, the most important first.
        largest_radial_error: runtime -> largest |norm - full-precision norm| on validation crops.
    """

    material: Material
    fields: Mapping[str, Any]
    files: Mapping[str, bytes]
    models: Mapping[str, Calibrated]
    largest_radial_error: Mapping[str, float]
