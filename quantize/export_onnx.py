"""Build a full-precision bundle: `python quantize/export_onnx.py RUN_FOLDER BUNDLE_FOLDER`.

The radii and the report are those of the exported model on its runtime, not of the network that it
was exported from.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from rich.console import Console

from quantize.bundle_report import WHOLE_SET, report_files, report_numbers
from quantize.golden import golden_crops, golden_file
from quantize.graph import DeviceGraph, fold_batch_norms
from quantize.onnx_file import onnx_bytes
from quantize.provenance import notice, provenance
from quantize.runtime_scores import norms, scorer_on
from rise_edge.bundle import GOLDEN, MODEL_ONNX, Bundle, write_bundle
from rise_edge.errors import RiseEdgeError
from rise_edge.frame import Modality
from rise_edge.runtimes.onnx import OnnxRuntime
from train.checkpoint import Run, RunError, open_run
from train.datasets.crops import CropDataset
from train.datasets.sources import load_held_back, load_splits
from train.datasets.splits import Splits
from train.radius import calibrate
from train.report import summary
from train.scoring import scores

LARGEST_DIFFERENCE = 1e-3
_console = Console(stderr=True, soft_wrap=True, highlight=False)


@dataclass(frozen=True)
class ExportConfig:
    """Build a full-precision ONNX bundle from a training run.

    Attributes:
        run: folder of the training run.
        bundle: folder to write; a bundle that stands there is replaced once the new one is whole.
        name: what people call the bundle.
    """

    run: Annotated[Path, tyro.conf.Positional]
    bundle: Annotated[Path, tyro.conf.Positional]
    name: str = "demo"


def main(config: ExportConfig) -> Bundle:
    """Export the run's best epoch; see `build`."""
    run = open_run(config.run)
    data = run.config.data
    return build(run, load_splits(data), config.bundle, config.name, load_held_back(data))


def build(
    run: Run, splits: Splits, folder: Path, name: str, unseen: Mapping[str, CropDataset]
) -> Bundle:
    """Export, check against torch, calibrate, measure, and write the bundle.

    Args:
        run: a trained run.
        splits: the data that it was trained on; its radii come from the validation part.
        folder: of the bundle.
        name: of the bundle.
        unseen: domain -> crops of it, where nothing was learned or chosen; for the report.

    Raises:
        RunError: the model is not for devices, or the exported model does not agree with it.
        BundleError: the bundle cannot be written there.
    """
    network = run.algorithm.network
    if not network.radial or run.config.algorithm.inside != "bona_fide":
        raise RunError(f"run {run.folder} has no sphere with bona fide presentations inside, which "
                       "is what devices decide by; train with --network.head polar")  # fmt: skip
    model = onnx_bytes(DeviceGraph(fold_batch_norms(network)), splits.train.size)
    fields = {
        "name": name,
        "notice": notice(run),
        "simulated": run.config.data.source == "simulated",
        "crop_size": splits.train.size,
        "embedding_size": network.embedding_size,
        "provenance": provenance(run, splits, "float32"),
    }
    with tempfile.TemporaryDirectory() as scratch:
        # A runtime runs bundles, so a draft without real radii gives the norms that they need.
        draft = write_bundle(Path(scratch) / "draft", {MODEL_ONNX: model}, **fields,
                             radii={OnnxRuntime.name: {WHOLE_SET: 1.0}},
                             largest_radial_error={})  # fmt: skip
        runtime = OnnxRuntime(draft, threads=2)
    error = largest_difference(runtime, run, splits.validation)
    radii = calibrate(scorer_on(runtime), splits.validation, run.config.criterion)
    numbers = report_numbers(runtime, splits, unseen, radii, run.config.criterion)
    crops = golden_crops(splits.test)
    files = {
        MODEL_ONNX: model,
        GOLDEN: golden_file(crops, {runtime.name: norms(runtime, crops)}),
        **report_files(name, fields["notice"], runtime, splits, numbers),
    }
    fields |= {"radii": {runtime.name: radii}, "largest_radial_error": {runtime.name: error}}
    bundle = write_bundle(folder, files, **fields)
    _console.print(f"largest difference in norm, onnxruntime against torch: {error:.2g}")
    _console.print(", ".join(f"{file} {len(data) / 1e6:.2f} MB" for file, data in files.items()))
    _console.print(summary(numbers["test"]))
    return bundle


def largest_difference(runtime: OnnxRuntime, run: Run, dataset: CropDataset) -> float:
    """Between the norms that a runtime and torch give to the same crops.

    Raises:
        RunError: it is larger than `LARGEST_DIFFERENCE`.
    """
    scorers = scorer_on(runtime), partial(scores, run.algorithm)
    pairs = (
        [score(dataset, shown) for score in scorers]
        for shown in (frozenset(Modality), frozenset({Modality.COLOUR}))
    )
    largest = max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)
    if not largest <= LARGEST_DIFFERENCE:
        raise RunError(f"expected onnxruntime and torch to agree within {LARGEST_DIFFERENCE}, they "
                       f"differ by {largest:.2g}; install the train extra's versions")  # fmt: skip
    return largest


if __name__ == "__main__":
    try:
        main(tyro.cli(ExportConfig))
    except RiseEdgeError as error:
        _console.print(f"error: {error}", style="red", markup=False)
        sys.exit(error.exit_code)
