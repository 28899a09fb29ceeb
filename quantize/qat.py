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
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import torch
import tyro

from quantize.bundle.build import (
    calibrated_models,
    difference_from_torch,
    float_model,
    manifest_fields,
    name_of,
    run_all,
    words_of,
    write,
)
from quantize.bundle.bundle_report import Report, report_numbers
from quantize.bundle.golden import golden_crops, golden_file
from quantize.bundle.int8_files import Int8Files
from quantize.bundle.int8_report import bar_table, int8_text, margin_numbers, margin_pictures
from quantize.bundle.measurements import Measurements
from quantize.console import console
from quantize.int8.fine_tune import FineTuneConfig
from quantize.int8.work_folder import begin_work, expect_work
from quantize.material import Material, expect_quantisable, load_material
from quantize.measure.calibrated import WHOLE_SET, norms_before_and_after
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
        report: measure the model on the test crops, and judge it; without it the bundle says that
            nothing is known of its errors, as does each program that opens it.
        work: folder of the state, from which a run that was stopped goes on by itself, and of the
            large set of golden vectors; none given means `qat` or `ptq` in the run's folder.
        threads: threads of torch, and of the runtimes while they measure.
    """

    run: Annotated[Path, tyro.conf.Positional]
    bundle: Annotated[Path, tyro.conf.Positional]
    name: str = ""
    ptq: bool = False
    fine_tuning: FineTuneConfig = field(default_factory=FineTuneConfig)
    report: bool = True
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
        config: config of the build.
        started: `time.perf_counter()` when the command began.
    """
    begin_work(config.work_folder, material.run, config.fine_tuning)
    made = make(material, config)
    if not config.report:
        return write(config.bundle, made, None)
    found = measure(made, config.threads, started)
    (config.work_folder / LARGE_GOLDEN).write_bytes(found.large_golden)
    return write(config.bundle, made, report(found))


def make(material: Material, config: QatConfig) -> Int8Files:
    """Quantise the model and calibrate it on its runtimes, on training and validation crops.

    Args:
        material: a trained run of the edge network, and its data.
        config: config of the build; its work folder is there.

    Raises:
        RunError: the exported full-precision model does not agree with torch, or fine-tuning
            diverged.
    """
    continued = (config.work_folder / STATE).exists()
    fields = manifest_fields(
        name_of(config.bundle, config.name), material, f"int8, {config.method}"
    )
    full = {MODEL_ONNX_FLOAT: float_model(material, fields)}
    before = calibrated_models(full, fields, material, config.threads)["onnx_float"]
    errors = {"onnx_float": difference_from_torch(before, material)}
    quantised_model, history = quantised(material, before.radii, config, words_of(fields))
    files = {MODEL_ONNX: quantised_model.onnx, MODEL_PTE: quantised_model.pte}
    int8 = calibrated_models(files, fields, material, config.threads, before)
    for name, model in int8.items():
        norms = norms_before_and_after(before, model, material.splits.validation, WHOLE_SET)
        errors[name] = float(abs(norms.after - norms.before).max())
    return Int8Files(
        material=material,
        fields=fields,
        files={**files, **full},
        models={**int8, "onnx_float": before},
        largest_radial_error=errors,
        method=config.method,
        fine_tuning=config.fine_tuning,
        history=history,
        continued=continued,
        kernels=quantised_model.kernels,
    )


def measure(made: Int8Files, threads: int, started: float) -> Measurements:
    """Run the model on all crops, against full precision and post-training quantisation.

    Args:
        made: made from `make`.
        threads: threads of the runtimes.
        started: `time.perf_counter()` when the command began.
    """
    run_all(made.models, made.material)
    margins: dict[str, dict[str, Any]] = {
        made.method: {
            name: margin_numbers(made.full_precision, model, made.material)
            for name, model in made.int8.items()
        }
    }
    if made.method != "ptq":
        margins["ptq"] = {"onnx": baseline_margins(made, threads)}
    apart, golden = large_golden(made)
    return Measurements(
        made=made,
        errors=report_numbers(made.material, made.models),
        margins=margins,
        parity=apart,
        large_golden=golden,
        milliseconds=times(made),
        seconds=None if made.continued else time.perf_counter() - started,
    )


def report(found: Measurements) -> Report:
    """Judge what was measured, print the judgement, and draw what the bundle's report shows."""
    made = found.made
    baseline = found.margins["ptq"]["onnx"] if made.method != "ptq" else None
    bars = [
        *decision_bars(found.margins[made.method]["onnx"], found.errors["runtimes"], baseline),
        *model_bars(found.parity, made.kernels, made.files),
        speed_bar(found.milliseconds),
        time_bar(found.seconds),
    ]
    console.print(bar_table(bars), soft_wrap=False)
    quantisation = {
        "method": made.method,
        "fine_tuning": asdict(made.fine_tuning),
        "history": made.history,
        "margins": found.margins,
        "bars": [asdict(bar) for bar in bars],
    }
    pictures = margin_pictures(made.full_precision, made.int8["onnx"], made.material)
    return Report(
        numbers={**found.errors, "quantisation": quantisation},
        sections=int8_text(found.margins, bars, pictures),
        pictures=pictures,
    )


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


def baseline_margins(made: Int8Files, threads: int) -> dict[str, Any]:
    """What plain post-training quantisation of the same network would have done."""
    from quantize.int8.int8_model import export, post_training

    material, before = made.material, made.full_precision
    core = post_training(material, made.fine_tuning)
    file = export(core, material.splits.train.size, pte=False).onnx
    models = calibrated_models({MODEL_ONNX: file}, made.fields, material, threads, before)
    run_all(models, material)
    return margin_numbers(before, models["onnx"], material)


def large_golden(made: Int8Files) -> tuple[Parity, bytes]:
    """How far apart the int8 model's two runtimes are on the large golden set, and that set."""
    parts = (made.material.splits.test, *made.material.unseen.values())
    crops = [c for part in parts for c in golden_crops(part, -(-LARGE_COUNT // len(parts)))]
    given = {name: embed_all(model.runtime, crops) for name, model in made.models.items()}
    onnx, executorch = made.models["onnx"], made.models["executorch"]
    apart = parity(given["onnx"], given["executorch"], onnx.radii, executorch.radii)
    return apart, golden_file(crops, given)


def times(made: Int8Files) -> dict[str, float]:
    """Milliseconds from crop to norm on one thread, of `int8` and `float`."""
    crop = golden_crops(made.material.splits.test, 24)[0]
    inputs = tensors([crop], crop.size)
    models = {"int8": MODEL_ONNX, "float": MODEL_ONNX_FLOAT}
    return median_ms({name: (made.files[file], inputs) for name, file in models.items()})


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(QatConfig)), "stopped; continue with the same command")
