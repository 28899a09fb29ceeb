"""Build a full-precision bundle: `python quantize/export_onnx.py RUN_FOLDER BUNDLE_FOLDER`.

For networks that are not quantised, such as a large teacher, and where the quantize extra cannot be
installed. Devices are better served by `quantize/qat.py`, whose bundle holds this model too.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dataclasses import dataclass
from typing import Annotated

import tyro

from quantize.bundle.build import (
    calibrated_models,
    difference_from_torch,
    float_model,
    manifest_fields,
    name_of,
    write,
)
from quantize.bundle.bundle_report import Report, report_numbers
from quantize.bundle.model_files import ModelFiles
from quantize.material import Material, load_material
from rise_edge.bundle.bundle import MODEL_ONNX, Bundle, expect_bundle_place
from rise_edge.command_line.run_command import run_command
from train.loop.checkpoint import open_run


@dataclass(frozen=True)
class ExportConfig:
    """Build a full-precision ONNX bundle from a training run.

    Attributes:
        run: folder of the training run.
        bundle: folder to write; a bundle that stands there is replaced once the new one is whole.
        name: what people call the bundle; by default the name of its folder.
    """

    run: Annotated[Path, tyro.conf.Positional]
    bundle: Annotated[Path, tyro.conf.Positional]
    name: str = ""


def main(config: ExportConfig) -> Bundle:
    """Export the run's best epoch; see `build`."""
    run = open_run(config.run)
    expect_bundle_place(config.bundle)
    return build(load_material(run), config.bundle, config.name)


def build(material: Material, folder: Path, name: str = "") -> Bundle:
    """Export, check against torch, calibrate, measure, and write the bundle.

    Args:
        material: a trained run and its data.
        folder: folder of the bundle.
        name: name of the bundle; "" means that of its folder.

    Raises:
        RunError: the exported model does not agree with torch.
        BundleError: the bundle cannot be written there.
    """
    fields = manifest_fields(name_of(folder, name), material, "float32")
    files = {MODEL_ONNX: float_model(material, fields)}
    models = calibrated_models(files, fields, material)
    errors = {"onnx": difference_from_torch(models["onnx"], material)}
    made = ModelFiles(material, fields, files, models, errors)
    return write(folder, made, Report(report_numbers(material, models)))


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(ExportConfig)))
