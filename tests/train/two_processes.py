"""Run by test_distributed.py as `python -m tests.train.two_processes FOLDER`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from safetensors.torch import save_file

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.algorithms import AlgorithmConfig, build_algorithm
from train.distillation import DistillationConfig, Distilled
from train.networks import NetworkConfig, build_network
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
    config, splits = debug_config(folder / "run", epochs=2, devices=2), debug_splits(count=960)
    train_on(config, splits)
    train_on(replace(config, out=folder / "student", teacher=config.out), splits)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
