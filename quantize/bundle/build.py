"""Build: model files and a run become a bundle, calibrated and measured on its own runtimes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from quantize.bundle.bundle_report import report_files
from quantize.bundle.golden import golden_crops, golden_file
from quantize.bundle.provenance import notice, provenance
from quantize.console import console, progress_bar
from quantize.export.device_graph import DeviceGraph, fold_batch_norms
from quantize.export.onnx_file import onnx_bytes
from quantize.material import Material
from quantize.measure.calibrated import WHOLE_SET, Calibrated, calibrated
from quantize.measure.runtime_scores import embed_all
from rise_edge.bundle.bundle import GOLDEN, Bundle, write_bundle
from rise_edge.bundle.report_warnings import report_warnings
from rise_edge.bundle.set_report import set_report
from rise_edge.frame import Modality
from rise_edge.runtimes import Runtime
from train.evaluation.report import summary
from train.evaluation.scoring import scores
from train.evaluation.thresholds import MODALITY_SETS
from train.loop.checkpoint import RunError

LARGEST_DIFFERENCE = 1e-3
GOLDEN_COUNT = 48


def manifest_fields(name: str, material: Material, precision: str) -> dict[str, Any]:
    """The fields of a bundle's manifest that do not depend on its radii.

    Args:
        name: of the bundle.
        material: what it is made of.
        precision: of its model.
    """
    run, splits = material.run, material.splits
    return {
        "name": name,
        "notice": notice(run),
        "simulated": run.config.data.source == "simulated",
        "crop_size": splits.train.size,
        "embedding_size": run.algorithm.network.embedding_size,
        "provenance": provenance(run, splits, precision),
    }


def name_of(bundle: Path, name: str) -> str:
    """What people call a bundle: the name that was given, else that of its folder."""
    return name or bundle.resolve().name


def words_of(fields: Mapping[str, Any]) -> str:
    """What a model file says of itself, as JSON text; from `manifest_fields`."""
    return json.dumps({key: fields[key] for key in ("name", "notice", "crop_size")})


def float_model(material: Material, fields: Mapping[str, Any]) -> bytes:
    """The run's network as it was trained, as the bytes of an ONNX file."""
    network = fold_batch_norms(material.run.algorithm.network)
    return onnx_bytes(DeviceGraph(network), fields["crop_size"], words_of(fields))


def write(
    folder: Path,
    material: Material,
    fields: Mapping[str, Any],
    files: Mapping[str, bytes],
    models: Mapping[str, Calibrated],
    errors: Mapping[str, float],
    numbers: Mapping[str, Any],
    more: str = "",
) -> Bundle:
    """Add radii, golden vectors and the report to model files, and write the bundle whole.

    Its notice says what the report says against it; see `rise_edge.bundle.report_warnings`.

    Args:
        folder: of the bundle.
        material: what it is made of.
        fields: from `manifest_fields`.
        files: the model files, and pictures that `more` shows.
        models: runtime -> the model on it, the most important first.
        errors: runtime -> largest radial error.
        numbers: from `quantize.bundle.bundle_report.report_numbers`, with what else belongs in
            there.
        more: further sections of the report.

    Raises:
        BundleError: the bundle cannot be written there.
    """
    report = set_report(json.loads(json.dumps(numbers)), next(iter(models)), WHOLE_SET)
    notice = "; ".join(filter(None, (fields["notice"], *report_warnings(report))))
    fields = {**fields, "notice": notice}
    crops = golden_crops(material.splits.test, GOLDEN_COUNT)
    golden = {name: embed_all(model.runtime, crops) for name, model in models.items()}
    first = next(iter(models.values()))
    whole = {
        **files,
        GOLDEN: golden_file(crops, golden),
        **report_files(fields["name"], notice, material, first, numbers, more),
    }
    radii = {name: model.radii for name, model in models.items()}
    bundle = write_bundle(folder, whole, **fields, radii=radii, largest_radial_error=errors)
    if notice:
        console.print(f"notice: {notice}", style="yellow", markup=False)
    console.print(", ".join(f"{file} {len(data) / 1e6:.2f} MB" for file, data in whole.items()))
    console.print("errors on the test subjects:")
    console.print(summary(next(iter(numbers["runtimes"].values()))["test"]), soft_wrap=False)
    return bundle


def difference_from_torch(model: Calibrated, material: Material) -> float:
    """Largest one between the norms that a full-precision model and torch give to the same crops.

    Raises:
        RunError: it is larger than `LARGEST_DIFFERENCE`.
    """
    held_out = material.splits.validation
    scorers = model.scorer, partial(scores, material.run.algorithm)
    pairs = (
        [score(held_out, shown) for score in scorers]
        for shown in (frozenset(Modality), frozenset({Modality.COLOUR}))
    )
    largest = max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)
    if not largest <= LARGEST_DIFFERENCE:
        raise RunError(f"expected onnxruntime and torch to agree within {LARGEST_DIFFERENCE}, they "
                       f"differ by {largest:.2g}; install the train extra's versions")  # fmt: skip
    return largest


def measured(runtime: Runtime, material: Material, before: Calibrated | None = None) -> Calibrated:
    """Find a model's radii and run all crops with every set of modalities, with a progress bar.

    What is asked of the model later is remembered.

    Args:
        runtime: that runs it.
        material: its data.
        before: the model that it was quantised from; see `quantize.measure.calibrated.calibrated`.
    """
    crops = sum(len(part) for part in material.parts.values())
    with progress_bar() as progress:
        task = progress.add_task(f"measuring {runtime.name}", total=crops * len(MODALITY_SETS))
        model = calibrated(runtime, material, before, lambda n: progress.advance(task, n))
        for part in material.parts.values():
            for shown in model.radii:
                model.norms(part, shown)
        progress.update(task, completed=crops * len(MODALITY_SETS))
    return model
