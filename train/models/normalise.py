"""Normalise: raw crops to the network's input, the part of the exported graph before the network.

Everything here gives the same bits on every machine: 8-bit values are shifted and divided by a
power of two, and the face's own distance is a quotient of two integers that float32 holds exactly,
so that no order of summation matters. The whole scheme is this project's own.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

DEPTH_RANGE_MM = 128.0
_MAX_DEPTH_MM = 32767.0
_NEAR_MM = 150.0
_STRIDE = 4


class Normalised(NamedTuple):
    """What a network reads.

    Attributes:
        colour: f32 (N, 3, S, S) in [-1, 1).
        depth: f32 (N, 2, S, S); first the depth relative to the face in units of 128 mm, clipped to
            [-1, 1], 0 where there is no reading; then 1 where there is a reading, else 0.
        infrared: f32 (N, 1, S, S) in [-1, 1).
        present: f32 (N, 3), 0 or 1: colour, depth, infrared. What is absent is 0 above.
    """

    colour: Tensor
    depth: Tensor
    infrared: Tensor
    present: Tensor


class Normalise(nn.Module):
    """Takes a raw crop as the tensor contract has it; integer or float tensors alike.

    Shapes: colour (N, S, S, 3), depth_mm (N, S, S), infrared (N, S, S), present (N, 3).
    """

    def forward(
        self, colour: Tensor, depth_mm: Tensor, infrared: Tensor, present: Tensor
    ) -> Normalised:
        """Normalise a batch; see `Normalised`."""
        seen = present.reshape(-1, 3, 1, 1)
        return Normalised(
            colour=_eight_bit(colour).permute(0, 3, 1, 2) * seen[:, 0:1],
            depth=_relative_depth(depth_mm) * seen[:, 1:2],
            infrared=_eight_bit(infrared).unsqueeze(1) * seen[:, 2:3],
            present=present,
        )


def face_distance_mm(depth_mm: Tensor) -> Tensor:
    """The face's distance in the middle of the crop, f32 (N, 1, 1); 0 where nothing was read.

    The mean of the readings in the middle half, then the mean of those within 150 mm of it, so that
    a background that shows there pulls less. Every fourth pixel is read: 196 readings of a crop of
    112 pixels sum to less than 2**24.
    """
    quarter = depth_mm.shape[1] // 4
    middle = slice(quarter, depth_mm.shape[1] - quarter, _STRIDE)
    sample = depth_mm[:, middle, middle].float().clamp(0.0, _MAX_DEPTH_MM)
    read = (sample > 0).float()
    first = _mean(sample, read)
    near = read * ((sample - first).abs() <= _NEAR_MM).float()
    second = _mean(sample, near)
    return torch.where(second > 0, second, first)


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    count = weight.sum((1, 2), keepdim=True)
    return (values * weight).sum((1, 2), keepdim=True) / count.clamp(min=1.0)


def _eight_bit(values: Tensor) -> Tensor:
    """A cast comes first: TensorRT takes uint8 for nothing else."""
    return (values.float() - 128.0) / 128.0


def _relative_depth(depth_mm: Tensor) -> Tensor:
    values = depth_mm.float().clamp(0.0, _MAX_DEPTH_MM)
    read = (values > 0).float()
    relative = (values - face_distance_mm(depth_mm)) / DEPTH_RANGE_MM
    return torch.stack([relative.clamp(-1.0, 1.0) * read, read], dim=1)
