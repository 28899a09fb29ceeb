"""Run by test_distributed.py as `python -m tests.train.loop.two_processes FOLDER`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from safetensors.torch import save_file

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.algorithms import AlgorithmConfig, build_algorithm
from train.algorithms.distillation import DistillationConfig, Distilled
from train.models.networks import NetworkConfig
from train.models.normalise import Normalise
from train.models.registry import build_network
from train.train import train_on


def gradients(fabric: Fabric, rows: np.ndarray, taught: bool) -> dict[str, torch.Tensor]:
    """Gradients of the first update on some rows, by a teacher or not, batch norms held still."""
    torch.manual_seed(0)
    algorithm, teacher = (
        build_algorithm(
            build_network(NetworkConfig(width=width, directions=4)), AlgorithmConfig(name="erm"), 2
        )
        for width in (4, 8)
    )
    teacher.eval().requires_grad_(False)
    trained = Distilled(algorithm, teacher, DistillationConfig()) if taught else algorithm
    wrapped = fabric.setup(trained)
    wrapped.mark_forward_method("update")
    wrapped.eval()
    fabric.backward(wrapped.update(debug_dataset(160).batch(rows), 0.0)["total"])
    return {n: p.grad for n, p in algorithm.named_parameters() if p.grad is not None}


class Recorder:
    """Notes, while a run trains, what is normalised and what its convolutions give."""

    def __init__(self) -> None:
        self.depths: set[str] = set()
        self.convolutions: set[str] = set()
        self.keeps_millimetres = False

    def __enter__(self) -> Recorder:
        hook = torch.nn.modules.module.register_module_forward_hook
        self._handle = hook(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.remove()

    def _note(self, module: torch.nn.Module, given: tuple, made: torch.Tensor) -> None:
        if not module.training:
            return
        if isinstance(module, Normalise):
            depth_mm = given[1]
            self.depths.add(str(depth_mm.dtype))
            rounded = depth_mm.to(torch.bfloat16).to(depth_mm.dtype)
            self.keeps_millimetres |= not torch.equal(depth_mm, rounded)
        if isinstance(module, torch.nn.Conv2d):
            self.convolutions.add(str(made.dtype))

    @property
    def noted(self) -> dict[str, object]:
        return {
            "depths": sorted(self.depths),
            "convolutions": sorted(self.convolutions),
            "keeps_millimetres": self.keeps_millimetres,
        }


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    fabric = Fabric(accelerator="cpu", devices=2)
    fabric.launch()
    # Consecutive pairs of rows hold both classes, so that either process sees both.
    rows = np.arange(160).reshape(-1, 2)[fabric.global_rank :: 2].ravel()
    for taught in (False, True):
        own = gradients(fabric, rows, taught)
        if fabric.is_global_zero:
            save_file(own, folder / f"gradients-{taught}.safetensors")
    splits = debug_splits(count=960)
    config = debug_config(folder / "run", epochs=2, devices=2, precision="bf16-mixed")
    with Recorder() as recorder:
        train_on(config, splits)
    if fabric.is_global_zero:
        (folder / "noted.json").write_text(json.dumps(recorder.noted))
    train_on(replace(config, out=folder / "student", teacher=config.out), splits)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
