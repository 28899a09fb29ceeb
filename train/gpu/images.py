"""DeviceImages: all crops on one device, picked by number there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from train.algorithms import Algorithm
from train.datasets.crops import Batch, CropDataset
from train.datasets.synthetic.no_face import no_face, shuffled_tiles
from train.evaluation.scoring import Outputs, evaluation_mode, outputs_of
from train.gpu.draw import Draw
from train.models.normalise import Normalised

_BATCH = 512
_LARGEST_DEPTH_MM = 32767  # what int16 holds; `train.models.normalise` reads no more


@dataclass(frozen=True, eq=False)
class DeviceImages:
    """Images of crops, and after them inputs that show nobody.

    Attributes:
        colour: u8 (M + K, S, S, 3).
        depth_mm: i16 (M + K, S, S), 0 = no reading.
        infrared: u8 (M + K, S, S).
        crops: number M of crops; the K rows from there on show nobody.
    """

    colour: Tensor
    depth_mm: Tensor
    infrared: Tensor
    crops: int

    @classmethod
    def of(
        cls, dataset: CropDataset, nobody: int, generator: Generator, device: torch.device
    ) -> DeviceImages:
        """Copy the images of a data set, whatever rows it selects, and make inputs without a face.

        Args:
            dataset: dataset whose arrays are copied whole.
            nobody: inputs that show nobody; half of them are shuffled tiles of attacks.
            generator: generator of these, on the device.
            device: where the images will be.
        """
        depth = dataset.depth_mm.clip(max=_LARGEST_DEPTH_MM).astype("i2")
        arrays = (dataset.colour, depth, dataset.infrared)
        images = [torch.from_numpy(array).to(device) for array in arrays]
        attacks = dataset.rows[~dataset.bona_fide][: nobody // 2]
        torn = _unlabelled(images, torch.from_numpy(attacks).to(device))
        made = (
            no_face(nobody - len(attacks), dataset.size, generator, device),
            shuffled_tiles(torn, generator),
        )
        colour, depth_mm, infrared = (
            torch.cat([image, *(part.round().to(image.dtype) for part in parts)])
            for image, *parts in zip(images, *made, strict=True)
        )
        return cls(colour, depth_mm, infrared, crops=len(depth))

    @property
    def device(self) -> torch.device:
        """Where the images are."""
        return self.colour.device

    def batch(self, draw: Draw, start: int, stop: int) -> Batch:
        """The crops of some steps of a draw that is on the device, one step after another."""
        images, rows = (part[start:stop].flatten() for part in (draw.images, draw.rows))
        return Batch(
            colour=self.colour[images],
            depth_mm=self.depth_mm[images],
            infrared=self.infrared[images],
            present=draw.present[rows],
            attack=draw.attack[rows],
            domain=draw.domain[rows],
        )


def _unlabelled(images: list[Tensor], rows: Tensor) -> Batch:
    """Some of the images as a batch whose labels nobody reads."""
    colour, depth_mm, infrared = (part[rows] for part in images)
    nothing = torch.zeros(len(rows), device=rows.device)
    return Batch(colour, depth_mm, infrared, nothing, nothing, nothing)


def device_outputs(algorithm: Algorithm, images: DeviceImages, dataset: CropDataset) -> Outputs:
    """`train.evaluation.scoring.outputs` of crops whose images are on the device already."""
    with evaluation_mode(algorithm):
        return outputs_of(algorithm, _normalised(algorithm, images, dataset))


def _normalised(
    algorithm: Algorithm, images: DeviceImages, dataset: CropDataset
) -> Iterator[Normalised]:
    rows = torch.from_numpy(dataset.rows).to(images.device)
    present = torch.from_numpy(dataset.present).to(images.device)
    for first in range(0, len(rows), _BATCH):
        at, seen = rows[first : first + _BATCH], present[first : first + _BATCH]
        yield algorithm.normalise(images.colour[at], images.depth_mm[at], images.infrared[at], seen)
