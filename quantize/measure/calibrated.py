"""Calibrated: a model on the runtime that will run it, with the radii that were found for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantize.material import Material
from quantize.measure.carry_over_radius import carry_over
from quantize.measure.decision_margin import Norms
from quantize.measure.runtime_scores import remembered, scorer_on
from rise_edge.bundle.bundle import write_bundle
from rise_edge.frame import Modality, modality_set, parse_modality_set
from rise_edge.runtimes import RUNTIMES, Runtime, open_runtime
from train.datasets.crops import CropDataset
from train.evaluation.scoring import Scorer, rows_with
from train.evaluation.thresholds import calibrate

WHOLE_SET = modality_set(Modality)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A model on its runtime.

    Attributes:
        runtime: runtime that runs it.
        scorer: norms of a data set; none is computed twice.
        radii: modality set -> radius, from source data only.
    """

    runtime: Runtime
    scorer: Scorer
    radii: dict[str, float]

    def norms(self, dataset: CropDataset, shown: str = WHOLE_SET) -> NDArray[np.float32]:
        """Norms f32 (N,) of a data set of which some modalities are shown."""
        return self.scorer(dataset, parse_modality_set(shown))


def norms_before_and_after(
    before: Calibrated, after: Calibrated, dataset: CropDataset, shown: str = WHOLE_SET
) -> Norms:
    """The same crops through two models, each with its own radius."""
    return Norms(
        before.norms(dataset, shown),
        after.norms(dataset, shown),
        before.radii[shown],
        after.radii[shown],
    )


def calibrated(
    runtime: Runtime,
    material: Material,
    before: Calibrated | None = None,
    advance: Callable[[int], None] = lambda crops: None,
) -> Calibrated:
    """Find the radii of a model on its runtime, on validation crops only.

    Args:
        runtime: runtime that runs it.
        material: its data.
        before: the model that it was quantised from, whose decisions it is to keep; without one
            the radii lie where errors are balanced.
        advance: called with the number of crops that went through.
    """
    scorer = remembered(scorer_on(runtime, advance))
    validation = material.splits.validation
    if before is None:
        return Calibrated(
            runtime, scorer, calibrate(scorer, validation, material.run.config.radius_rule)
        )
    radii = {}
    for name, radius in before.radii.items():
        shown = parse_modality_set(name)
        part = validation.select(rows_with(validation, shown))
        radii[name] = carry_over(before.scorer(part, shown), scorer(part, shown), radius)
    return Calibrated(runtime, scorer, radii)


def open_models(
    files: Mapping[str, bytes], fields: Mapping[str, Any], threads: int = 2
) -> dict[str, Runtime]:
    """The runtimes of a bundle that is not written yet, by name.

    Args:
        files: what the bundle will hold.
        fields: fields of its manifest, without radii.
        threads: threads of each runtime.
    """
    names = [name for name, file in RUNTIMES.items() if file in files]
    with tempfile.TemporaryDirectory() as scratch:
        # A runtime runs bundles, so a draft without real radii gives the norms that they need.
        draft = write_bundle(
            Path(scratch) / "draft",
            files,
            **fields,
            radii={name: {WHOLE_SET: 1.0} for name in names},
            largest_radial_error={},
        )
        return {name: open_runtime(draft, name, threads=threads) for name in names}
