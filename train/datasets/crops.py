"""CropDataset: labelled crops in memory or on disk; Batch: some of them as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Raw crops with labels, as tensors on one device.

    Attributes:
        colour: (B, S, S, 3) in 0..255, integer as recorded or float after augmentation.
        depth_mm: (B, S, S), 0 = no reading.
        infrared: (B, S, S) in 0..255.
        present: f32 (B, 3), 0 or 1: colour, depth, infrared.
        attack: f32 (B,), 1 = attack presentation, 0 = bona fide.
        domain: i64 (B,), index into the data set's `domains`.
    """

    colour: Tensor
    depth_mm: Tensor
    infrared: Tensor
    present: Tensor
    attack: Tensor
    domain: Tensor

    @property
    def crop(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The four inputs of the tensor contract, in its order."""
        return self.colour, self.depth_mm, self.infrared, self.present

    def __len__(self) -> int:
        return len(self.attack)

    def take(self, rows: Tensor) -> Batch:
        """The given rows, in the given order."""
        return Batch(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def to(self, device: torch.device | str) -> Batch:
        """The same on another device."""
        return Batch(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})


@dataclass(frozen=True, eq=False)
class CropDataset:
    """Labelled crops. Selecting rows copies no image.

    Attributes:
        colour: u8 (M, S, S, 3) RGB; arrays may be memory maps.
        depth_mm: u16 (M, S, S), 0 = no reading.
        infrared: u8 (M, S, S).
        rows: i64 (N,), the rows of the three arrays that belong to this data set.
        present: f32 (N, 3), 0 or 1.
        bona_fide: bool (N,).
        species: str (N,), of bona fide presentations too.
        domain: str (N,).
        subject: str (N,).
        left_out: list and number of each line that could not be used, of all the lists that this
            data set came from.

    Raises:
        ValueError: an array has another dtype, shape or length than this.
    """

    colour: NDArray[np.uint8]
    depth_mm: NDArray[np.uint16]
    infrared: NDArray[np.uint8]
    rows: NDArray[np.int64]
    present: NDArray[np.float32]
    bona_fide: NDArray[np.bool_]
    species: NDArray[np.str_]
    domain: NDArray[np.str_]
    subject: NDArray[np.str_]
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        images, size = self.depth_mm.shape[0], self.depth_mm.shape[-1]
        count = len(self.rows)
        shapes: dict[str, tuple[Any, tuple[int, ...]]] = {
            "colour": ("u1", (images, size, size, 3)),
            "depth_mm": ("u2", (images, size, size)),
            "infrared": ("u1", (images, size, size)),
            "rows": ("i8", (count,)),
            "present": ("f4", (count, 3)),
            "bona_fide": ("?", (count,)),
            "species": ("U", (count,)),
            "domain": ("U", (count,)),
            "subject": ("U", (count,)),
        }
        for name, (dtype, shape) in shapes.items():
            array = getattr(self, name)
            same = array.dtype.kind == "U" if dtype == "U" else array.dtype == np.dtype(dtype)
            if not same or array.shape != shape:
                raise ValueError(
                    f"expected {name} as {dtype} {shape}, got {array.dtype} {array.shape}"
                )

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def size(self) -> int:
        """Side S of the crops in pixels."""
        return int(self.depth_mm.shape[-1])

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Names of the domains, sorted."""
        return tuple(str(d) for d in np.unique(self.domain))

    @cached_property
    def domain_index(self) -> NDArray[np.int64]:
        """Number of each row's domain in `domains`, i64 (N,)."""
        return np.searchsorted(np.asarray(self.domains), self.domain).astype(np.int64)

    @property
    def missing_class(self) -> str:
        """The class of which there is no crop, in words; empty if there are both."""
        if self.bona_fide.all():
            return "attack"
        return "" if self.bona_fide.any() else "bona fide"

    def select(self, chosen: NDArray[Any]) -> CropDataset:
        """Some rows of this data set, by mask or by number."""
        names = ("rows", "present", "bona_fide", "species", "domain", "subject")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def batch(self, chosen: NDArray[np.int64]) -> Batch:
        """The chosen rows as tensors on the CPU, in the given order."""
        at = self.rows[chosen]
        return Batch(
            colour=torch.from_numpy(np.ascontiguousarray(self.colour[at])),
            depth_mm=torch.from_numpy(self.depth_mm[at].astype(np.int32)),
            infrared=torch.from_numpy(np.ascontiguousarray(self.infrared[at])),
            present=torch.from_numpy(self.present[chosen]),
            attack=torch.from_numpy(np.float32(1) - self.bona_fide[chosen]),
            domain=torch.from_numpy(self.domain_index[chosen]),
        )


def smaller(dataset: CropDataset, size: int) -> CropDataset:
    """The same crops with a smaller side: colour and infrared averaged, depth picked.

    Depth is not averaged: between a face and the wall behind it there is nothing.

    Args:
        dataset: dataset whose rows are copied.
        size: new side in pixels.

    Raises:
        ValueError: the side is no whole multiple of the new one.
    """
    if size < 1 or dataset.size % size:
        raise ValueError(f"expected a side that divides {dataset.size} pixels, got {size}")
    step = dataset.size // size
    if step == 1:
        return dataset

    def averaged(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        small = np.empty((len(dataset), size, size, *images.shape[3:]), np.uint8)
        for row, at in zip(small, dataset.rows, strict=True):
            row[:] = cv2.resize(images[at], (size, size), interpolation=cv2.INTER_AREA)
        return small

    return replace(
        dataset,
        colour=averaged(dataset.colour),
        depth_mm=dataset.depth_mm[dataset.rows, step // 2 :: step, step // 2 :: step],
        infrared=averaged(dataset.infrared),
        rows=np.arange(len(dataset)),
    )


def join(parts: Sequence[CropDataset]) -> CropDataset:
    """Several data sets as one; images are copied.

    Raises:
        ValueError: there is none, or their crops differ in size.
    """
    if not parts:
        raise ValueError("expected at least one data set to join, got none")
    whole = {
        name: np.concatenate([getattr(part, name)[part.rows] for part in parts])
        for name in ("colour", "depth_mm", "infrared")
    }
    labels = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("present", "bona_fide", "species", "domain", "subject")
    }
    left_out = tuple(dict.fromkeys(line for part in parts for line in part.left_out))
    rows = np.arange(len(labels["domain"]))
    return CropDataset(**whole, rows=rows, **labels, left_out=left_out)
