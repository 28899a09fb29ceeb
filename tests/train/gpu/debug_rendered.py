"""The debug data set in four domains of the simulator, with and without a correlation."""

from __future__ import annotations

import numpy as np
import torch

from tests.train.debug_data import debug_dataset
from train.gpu.cell import Cell, Place
from train.gpu.images import DeviceImages
from train.gpu.loop import LoopConfig
from train.gpu.rendered import Rendered
from train.leave_one_out.cells import Task
from train.models.networks import NetworkConfig

DOMAINS = ("clinic", "lobby", "office", "street")


def debug_rendered(count: int = 960) -> Rendered:
    whole = debug_dataset(count, (*DOMAINS, "night"))
    names = ("colour", "depth_mm", "infrared", "bona_fide", "species", "domain")
    subject = np.char.add(np.char.add(whole.domain, " "), whole.subject)
    arrays = {name: getattr(whole, name) for name in names}
    return Rendered.of(np.zeros(count, np.float32), subject=subject, **arrays)


def debug_place() -> Place:
    rendered, cpu = debug_rendered(), torch.device("cpu")
    images = DeviceImages.of(rendered.dataset, 16, torch.Generator().manual_seed(0), cpu)
    return Place(rendered, images, ("night",))


def debug_cell(row: str = "erm") -> Cell:
    task = Task(DOMAINS[:3], DOMAINS[3:])
    return Cell(row, task, 0.0, 0, NetworkConfig(width=4, directions=4), LoopConfig(batch_size=24))
