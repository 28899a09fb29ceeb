"""A debug data set: crops of 32 pixels in which every modality shows some of the attacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from train.algorithms import AlgorithmConfig
from train.config import TrainConfig
from train.datasets.augment import AugmentConfig
from train.datasets.crops import CropDataset
from train.datasets.splits import Splits, split_subjects
from train.loop.trainer import TENSORBOARD
from train.models.networks import NetworkConfig

SIZE = 32


def debug_dataset(count: int = 480, domains: tuple[str, ...] = ("dim", "lit"), seed: int = 0):
    """Prints are flat in depth, masks are bright in infrared; domains differ in colour."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE - 0.5
    bowl = np.clip(0.2 - rows**2 - columns**2, 0, None) * 300
    row = np.arange(count)
    live = row % 2 == 0
    species = np.where(live, "bona_fide", np.where(row % 4 == 1, "print", "mask"))
    place = (row // 4) % len(domains)
    distance = rng.uniform(400, 900, (count, 1, 1))
    relief = np.where((species == "print")[:, None, None], 0.0, bowl)
    depth = distance - relief + rng.normal(0, 1.5, (count, SIZE, SIZE))
    depth *= rng.random(depth.shape) > 0.02
    infrared = rng.normal(90, 8, depth.shape) + 50 * (species == "mask")[:, None, None]
    colour = rng.normal(90 + 60 * place[:, None, None, None], 15, (*depth.shape, 3))
    return CropDataset(
        colour=np.clip(colour, 0, 255).astype(np.uint8),
        depth_mm=depth.astype(np.uint16),
        infrared=np.clip(infrared, 0, 255).astype(np.uint8),
        rows=row,
        present=np.ones((count, 3), np.float32),
        bona_fide=live,
        species=species,
        domain=np.asarray(domains)[place],
        subject=np.array([f"person {i // 8 % 30}" for i in row]),
    )


def debug_splits(**knobs) -> Splits:
    return split_subjects(debug_dataset(**knobs), validation=0.2, test=0.2, seed=0)


def debug_config(out: Path, **fields) -> TrainConfig:
    """A small network, float32, and augmentation that leaves the debug data its meaning."""
    chosen = {
        "network": NetworkConfig(width=4, directions=4),
        "algorithm": AlgorithmConfig(name="erm"),
        "augment": AugmentConfig(shift_px=1, registration_px=1, infrared_gain=0.05, depth_patch=0),
        "epochs": 4,
        "batch_size": 32,
        "learning_rate": 5e-3,
        "precision": "32-true",
        "threads": 1,
        **fields,
    }
    return TrainConfig(out=out, **chosen)


def curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard shows of a run: step and value of every point, by name."""
    board = EventAccumulator(str(folder / TENSORBOARD)).Reload()
    names = board.Tags()["scalars"]
    return {name: [(point.step, point.value) for point in board.Scalars(name)] for name in names}


def curves_of(history: list[dict[str, float]]) -> dict[str, list[tuple[int, float]]]:
    """What it ought to show; event files hold float32."""
    names = history[0].keys() - {"epoch"}
    return {
        name: [(entry["epoch"], float(np.float32(entry[name]))) for entry in history]
        for name in names
    }
