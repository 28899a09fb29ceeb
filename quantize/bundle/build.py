"""Build: model files and a run become a bundle, calibrated and measured on its own runtimes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from quantize.bundle.bundle_report import Report, report_files, unmeasured
from quantize.bundle.golden import golden_crops, golden_file
from quantize.bundle.model_files import ModelFiles
from quantize.bundle.provenance import notice, provenance
from quantize.console import console, progress_bar
from quantize.export.device_graph import DeviceGraph, fold_batch_norms
from quantize.export.onnx_file import onnx_bytes
from quantize.material import Material
from quantize.measure.calibrated import WHOLE_SET, Calibrated, calibrated, open_models
from quantize.measure.runtime_scores import embed_all
from rise_edge.bundle.bundle import GOLDEN, Bundle, write_bundle
from rise_edge.bundle.report_warnings import report_warnings
from rise_edge.bundle.set_report import set_report
from rise_edge.frame import Modality
from train.evaluation.report import summary
from train.evaluation.scoring import scores
from train.evaluation.thresholds import MODALITY_SETS
from train.loop.checkpoint import RunError

LARGEST_DIFFERENCE = 1e-3
GOLDEN_COUNT = 48


def manifest_fields(name: str, material: Material, precision: str) -> dict[str, Any]:
    """The fields of a bundle's manifest that do not depend on its radii.

    Args:
        name: name of the bundle.
        material: what it is made of.
        precision: precision of its model.
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


def write(folder: Path, made: ModelFiles, report: Report | None) -> Bundle:
    """Add radii, golden vectors and a report to model files, and write the bundle whole.

    Its notice says what the report says against it; see `rise_edge.bundle.report_warnings`.

    Args:
        folder: folder of the bundle.
        made: the model files.
        report: what was measured; None where nothing was.

    Raises:
        BundleError: the bundle cannot be written there.
    """
    first = next(iter(made.models))
    known = None
    if report:
        known = set_report(json.loads(json.dumps(report.numbers)), first, WHOLE_SET)
    notice = "; ".join(filter(None, (made.fields["notice"], *report_warnings(known))))
    fields = {**made.fields, "notice": notice}
    crops = golden_crops(made.material.splits.test, GOLDEN_COUNT)
    golden = {name: embed_all(model.runtime, crops) for name, model in made.models.items()}
    whole = {
        **made.files,
        **(report.pictures if report else {}),
        GOLDEN: golden_file(crops, golden),
        **(report_files(made, notice, report) if report else unmeasured(made, notice)),
    }
    radii = {name: model.radii for name, model in made.models.items()}
    errors = made.largest_radial_error
    bundle = write_bundle(folder, whole, **fields, radii=radii, largest_radial_error=errors)
    if notice:
        console.print(f"notice: {notice}", style="yellow", markup=False)
    console.print(", ".join(f"{file} {len(data) / 1e6:.2f} MB" for file, data in whole.items()))
    if report:
        console.print("errors on the test subjects:")
        console.print(summary(report.numbers["runtimes"][first]["test"]), soft_wrap=False)
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
        raise RunError(
            f"expected onnxruntime and torch to agree within {LARGEST_DIFFERENCE}, they "
            f"differ by {largest:.2g}; install the train extra's versions"
        )
    return largest


def calibrated_models(
    files: Mapping[str, bytes],
    fields: Mapping[str, Any],
    material: Material,
    threads: int = 2,
    before: Calibrated | None = None,
) -> dict[str, Calibrated]:
    """Open model files on their runtimes and find their radii, with a progress bar.

    Args:
        files: model files of a bundle.
        fields: fields from `manifest_fields`.
        material: its validation crops place the radii.
        threads: threads of each runtime.
        before: the model that they were quantised from; see
            `quantize.measure.calibrated.calibrated`.

    Returns:
        Runtime -> the model on it.
    """
    models = {}
    total = len(material.splits.validation) * len(MODALITY_SETS)
    for name, runtime in open_models(files, fields, threads).items():
        with progress_bar() as progress:
            task = progress.add_task(f"calibrating {name}", total=total)
            models[name] = calibrated(runtime, material, before, partial(progress.advance, task))
            progress.update(task, completed=total)
    return models


def run_all(models: Mapping[str, Calibrated], material: Material) -> None:
    """Run all crops with every set of modalities, with a progress bar.

    What is asked of the models later is remembered.
    """
    crops = sum(len(part) for part in material.parts.values())
    for name, model in models.items():
        with progress_bar() as progress:
            task = progress.add_task(f"measuring {name}", total=crops * len(model.radii))
            for part in material.parts.values():
                for shown in model.radii:
                    model.norms(part, shown)
                    progress.advance(task, len(part))
