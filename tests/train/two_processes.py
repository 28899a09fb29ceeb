"""Run by test_distributed.py as `python -m tests.train.two_processes FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from safetensors.torch import save_file

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.algorithms import AlgorithmConfig, build_algorithm
from train.networks import NetworkConfig, build_network
from train.train import train_on


def gradients(fabric: Fabric, name: str, rows: np.ndarray) -> dict[str, torch.Tensor]:
    """Gradients of an algorithm's first update on some rows, batch norms held still."""
    torch.manual_seed(0)
    algorithm = build_algorithm(
        build_network(NetworkConfig(width=4, directions=4)), AlgorithmConfig(name=name), 2
    )
    wrapped = fabric.setup(algorithm)
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
    own = gradients(fabric, "erm", rows)
    if fabric.is_global_zero:
        save_file(own, folder / "gradients.safetensors")
    config = debug_config(folder / "run", epochs=2, devices=2)
    train_on(config, debug_splits(count=960))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
