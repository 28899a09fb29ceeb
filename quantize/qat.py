"""Quantise a model: `python quantize/qat.py RUN_FOLDER BUNDLE_FOLDER`.

A full-precision run goes in, a bundle comes out: one int8 graph as `model.onnx` and `model.pte`,
the full-precision model beside it, radii for each, golden vectors, and a report that holds int8
against full precision and against plain post-training quantisation.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import torch
import tyro

from quantize.bundle.build import (
    difference_from_torch,
    float_model,
    manifest_fields,
    measured,
    name_of,
    words_of,
    write,
)
from quantize.bundle.bundle_report import report_numbers
from quantize.bundle.golden import golden_crops, golden_file
from quantize.bundle.int8_report import bar_table, int8_text, margin_numbers, margin_pictures
from quantize.console import console
from quantize.int8.fine_tune import FineTuneConfig
from quantize.int8.work_folder import begin_work, expect_work
from quantize.material import Material, expect_quantisable, load_material
from quantize.measure.calibrated import WHOLE_SET, Calibrated, norms_before_and_after, open_models
from quantize.measure.parity import Parity, parity
from quantize.measure.runtime_scores import embed_all
from quantize.measure.speed import median_ms
from quantize.measure.targets import decision_bars, model_bars, speed_bar, time_bar
from rise_edge.bundle.bundle import (
    MODEL_ONNX,
    MODEL_ONNX_FLOAT,
    MODEL_PTE,
    Bundle,
    expect_bundle_place,
)
from rise_edge.command_line.run_command import run_command
from rise_edge.runtimes.inputs import tensors
from train.loop.checkpoint import open_run

if TYPE_CHECKING:
    from quantize.int8.int8_model import Int8Model

STATE, LARGE_GOLDEN = "state.safetensors", "golden_large.npz"
LARGE_COUNT = 1008


@dataclass(frozen=True)
class QatConfig:
    """Quantise a training run's best epoch and build the bundle that devices run.

    Attributes:
        run: folder of the training run.
        bundle: folder to write; a bundle that stands there is replaced once the new one is whole.
        name: what people call the bundle; by default the name of its folder.
        ptq: do not fine-tune: build the bundle from plain post-training quantisation.
        fine_tuning: how the int8 model learns from the full-precision one.
        work: folder of the state, from which a run that was stopped goes on by itself, and of the
            large set of golden vectors; none given means `qat` or `ptq` in the run's folder.
        threads: of torch, and of the runtimes while they measure.
    """

    run: Annotated[Path, tyro.conf.Positional]
    bundle: Annotated[Path, tyro.conf.Positional]
    name: str = ""
    ptq: bool = False
    fine_tuning: FineTuneConfig = field(default_factory=FineTuneConfig)
    work: Path | None = None
    threads: int = 2

    @property
    def method(self) -> str:
        """`qat` or `ptq`."""
        return "ptq" if self.ptq else "qat"

    @property
    def work_folder(self) -> Path:
        """Where the state is."""
        return self.work or self.run / self.method


def main(config: QatConfig) -> Bundle:
    """Quantise, calibrate, measure, and write the bundle.

    Raises:
        MissingExtraError: torchao or executorch is not installed.
        RunError: the run cannot be quantised, its data cannot be used, or fine-tuning diverged.
        BundleError: the bundle cannot be written there.
    """
    torch.set_num_threads(config.threads)
    started = time.perf_counter()
    run = open_run(config.run)
    expect_quantisable(run)
    expect_bundle_place(config.bundle)
    expect_work(config.work_folder, run, config.fine_tuning)
    material = load_material(run)
    return build(material, config, started)


def build(material: Material, config: QatConfig, started: float) -> Bundle:
    """`main` on material that is open already.

    Args:
        material: a trained run of the edge network, and its data.
        config: of the build.
        started: `time.perf_counter()` when the command began.
    """
    begin_work(config.work_folder, material.run, config.fine_tuning)
    goes_on = (config.work_folder / STATE).exists()
    fields = manifest_fields(
        name_of(config.bundle, config.name), material, f"int8, {config.method}"
    )
    full = {MODEL_ONNX_FLOAT: float_model(material, fields)}
    before = _measured(full, fields, material, config)["onnx_float"]
    errors = {"onnx_float": difference_from_torch(before, material)}
    made, history = quantised(material, before.radii, config, words_of(fields))
    files = {MODEL_ONNX: made.onnx, MODEL_PTE: made.pte}
    int8 = _measured(files, fields, material, config, before)
    files |= full
    margins = {config.method: {n: margin_numbers(before, m, material) for n, m in int8.items()}}
    baseline = None if config.ptq else baseline_margins(fields, material, before, config)
    if baseline is not None:
        margins["ptq"] = {"onnx": baseline}
    for name, model in int8.items():
        norms = norms_before_and_after(before, model, material.splits.validation, WHOLE_SET)
        errors[name] = float(abs(norms.after - norms.before).max())
    models = {**int8, "onnx_float": before}
    numbers = report_numbers(material, models)
    bars = [
        *decision_bars(margins[config.method]["onnx"], numbers["runtimes"], baseline),
        *model_bars(large_golden(material, models, config), made.kernels, files),
        speed_bar(times(material, files)),
        time_bar(None if goes_on else time.perf_counter() - started),
    ]
    numbers["quantisation"] = {
        "method": config.method,
        "fine_tuning": asdict(config.fine_tuning),
        "history": history,
        "margins": margins,
        "bars": [asdict(bar) for bar in bars],
    }
    pictures = margin_pictures(before, int8["onnx"], material)
    console.print(bar_table(bars), soft_wrap=False)
    return write(
        config.bundle, material, fields, {**files, **pictures}, models, errors, numbers,
        int8_text(margins, bars, pictures),
    )  # fmt: skip


def quantised(
    material: Material, radii: dict[str, float], config: QatConfig, words: str
) -> tuple[Int8Model, list[dict[str, float]]]:
    """The int8 model, and the losses of its epochs."""
    from quantize.int8.int8_model import export, fine_tuned, post_training

    size = material.splits.train.size
    if config.ptq:
        return export(post_training(material, config.fine_tuning), size, words), []
    state = config.work_folder / STATE
    core, history = fine_tuned(material, radii, config.fine_tuning, state)
    return export(core, size, words), history


def baseline_margins(
    fields: Mapping[str, Any], material: Material, before: Calibrated, config: QatConfig
) -> dict[str, Any]:
    """What plain post-training quantisation of the same network would have done."""
    from quantize.int8.int8_model import export, post_training

    core = post_training(material, config.fine_tuning)
    file = export(core, material.splits.train.size, pte=False).onnx
    model = _measured({MODEL_ONNX: file}, fields, material, config, before)["onnx"]
    return margin_numbers(before, model, material)


def large_golden(material: Material, models: Mapping[str, Calibrated], config: QatConfig) -> Parity:
    """Write the large set of golden vectors; how far apart the int8 model's two runtimes are."""
    parts = (material.splits.test, *material.unseen.values())
    crops = [c for part in parts for c in golden_crops(part, -(-LARGE_COUNT // len(parts)))]
    given = {name: embed_all(model.runtime, crops) for name, model in models.items()}
    (config.work_folder / LARGE_GOLDEN).write_bytes(golden_file(crops, given))
    onnx, executorch = models["onnx"], models["executorch"]
    return parity(given["onnx"], given["executorch"], onnx.radii, executorch.radii)


def times(material: Material, files: Mapping[str, bytes]) -> dict[str, float]:
    """Milliseconds from crop to norm on one thread, of `int8` and `float`."""
    crop = golden_crops(material.splits.test, 24)[0]
    inputs = tensors([crop], crop.size)
    models = {"int8": MODEL_ONNX, "float": MODEL_ONNX_FLOAT}
    return median_ms({name: (files[file], inputs) for name, file in models.items()})


def _measured(
    files: Mapping[str, bytes],
    fields: Mapping[str, Any],
    material: Material,
    config: QatConfig,
    before: Calibrated | None = None,
) -> dict[str, Calibrated]:
    opened = open_models(files, fields, config.threads)
    return {name: measured(runtime, material, before) for name, runtime in opened.items()}


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(QatConfig)), "stopped; continue with the same command")
