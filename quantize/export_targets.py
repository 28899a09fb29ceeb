"""Build a run for accelerators: `python quantize/export_targets.py RUN_FOLDER FOLDER`.

`model_tensorrt.onnx` is int8 with symmetric maps, fine-tuned for it, checked against what TensorRT
requires and measured on onnxruntime. `model_coreml.pte` and `model_vulkan.pte` are in full
precision, built, and not run. `targets.json` says all that. None belongs to a bundle: their radii
have to be seen to hold where they run.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import onnx
import torch
import tyro

from quantize.bundle.build import (
    calibrated_models,
    float_model,
    manifest_fields,
    run_all,
    words_of,
)
from quantize.bundle.int8_report import margin_numbers
from quantize.console import console
from quantize.export.device_graph import DeviceGraph, fold_batch_norms
from quantize.export.onnx_file import onnx_bytes
from quantize.export.tensorrt import tensorrt_problems
from quantize.export.zero_points import own_zero_points
from quantize.int8.fine_tune import FineTuneConfig
from quantize.int8.work_folder import begin_work, expect_work
from quantize.material import Material, expect_quantisable, load_material
from rise_edge.bundle.bundle import MODEL_ONNX, MODEL_ONNX_FLOAT
from rise_edge.command_line.run_command import run_command
from rise_edge.files.write_atomic import write_atomic
from train.loop.checkpoint import Run, RunError, open_run

Target = Literal["tensorrt", "coreml", "vulkan"]
FILES: dict[Target, str] = {
    "tensorrt": "model_tensorrt.onnx",
    "coreml": "model_coreml.pte",
    "vulkan": "model_vulkan.pte",
}
STATE = "tensorrt.safetensors"


@dataclass(frozen=True)
class TargetsConfig:
    """Build a training run's best epoch for accelerators.

    Attributes:
        run: folder of the training run.
        out: folder to write to.
        targets: which to build.
        fine_tuning: how the int8 model for TensorRT learns from the full-precision one; its state
            is kept in `out`, and gone on from.
        threads: threads of torch and onnxruntime.
    """

    run: Annotated[Path, tyro.conf.Positional]
    out: Annotated[Path, tyro.conf.Positional]
    targets: tuple[Target, ...] = ("tensorrt", "coreml", "vulkan")
    fine_tuning: FineTuneConfig = field(default_factory=FineTuneConfig)
    threads: int = 2


def main(config: TargetsConfig) -> dict[str, Any]:
    """Build, check, measure, and write the files; what targets.json says.

    Raises:
        MissingExtraError: torchao or executorch is not installed.
        RunError: the run cannot be quantised, or the file breaks a rule of TensorRT.
    """
    torch.set_num_threads(config.threads)
    run = open_run(config.run)
    expect_quantisable(run)
    _expect_folder(config, run)
    material = load_material(run)
    return build(material, config)


def _expect_folder(config: TargetsConfig, run: Run) -> None:
    """Refuse, before any data is rendered, a folder that holds something else."""
    if config.out.exists() and not config.out.is_dir():
        raise RunError(f"expected a folder to write to, {config.out} is a file; name another one")
    if "tensorrt" in config.targets:
        expect_work(config.out, run, config.fine_tuning)


def build(material: Material, config: TargetsConfig) -> dict[str, Any]:
    """`main` on material that is open already."""
    config.out.mkdir(parents=True, exist_ok=True)
    fields = manifest_fields(config.run.name, material, "by target")
    said: dict[str, Any] = {key: fields[key] for key in ("notice", "provenance", "crop_size")}
    for target in config.targets:
        if target == "tensorrt":
            content, facts = _tensorrt(material, config, fields)
        else:
            content, facts = _accelerator(material, target)
        write_atomic(config.out / FILES[target], content)
        said[FILES[target]] = facts
        console.print(f"{FILES[target]}: {len(content) / 1e6:.2f} MB, {facts['run']}")
    (config.out / "targets.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    return said


def _tensorrt(
    material: Material, config: TargetsConfig, fields: dict[str, Any]
) -> tuple[bytes, dict[str, Any]]:
    from quantize.int8.int8_model import fine_tuned

    begin_work(config.out, material.run, config.fine_tuning)
    full = {MODEL_ONNX_FLOAT: float_model(material, fields)}
    before = calibrated_models(full, fields, material, config.threads)["onnx_float"]
    core, _ = fine_tuned(
        material, before.radii, config.fine_tuning, config.out / STATE, symmetric=True
    )
    exported = onnx_bytes(DeviceGraph(core), material.splits.train.size, words_of(fields))
    model = own_zero_points(onnx.load_model_from_string(exported))
    problems = tensorrt_problems(model)
    if problems:
        raise RunError("TensorRT would refuse this file: " + "; ".join(problems[:5]))
    content = model.SerializeToString()
    int8 = {MODEL_ONNX: content}
    after = calibrated_models(int8, fields, material, config.threads, before)["onnx"]
    run_all({"onnx_float": before, "onnx": after}, material)
    facts = {
        "precision": "int8, symmetric",
        "run": "checked for TensorRT, which was not run; measured on onnxruntime",
        "radii": after.radii,
        "margins": margin_numbers(before, after, material),
    }
    return content, facts


def _accelerator(
    material: Material, target: Literal["coreml", "vulkan"]
) -> tuple[bytes, dict[str, Any]]:
    from quantize.export.accelerators import accelerator_bytes

    graph = DeviceGraph(fold_batch_norms(material.run.algorithm.network))
    content = accelerator_bytes(graph, material.splits.train.size, target)
    return content, {"precision": "float32, all inputs float32", "run": "built, not run"}


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(TargetsConfig)), "stopped; continue with the same command")
