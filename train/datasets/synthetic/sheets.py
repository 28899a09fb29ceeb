"""Sheets: depth of paper and screens that fill a crop, flat or bent, to train on.

What lies behind a face, its edge and whoever holds it can tell a print as well as its relief does,
and are other in every room. These crops leave nothing but the relief. All of it is this project's.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn.functional import interpolate

_SIDE_MM = 210.0  # of a crop, on an adult: see `rise_edge.face.face_square`
_NEAR_MM, _FAR_MM = 350.0, 1000.0
_STEEPEST = 0.6
_DEEPEST_MM = 80.0
_NOISE_MM = 3.0
_DENTS_MM = 2.0


def sheets(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    """Depth f32 (count, size, size) in mm, with a reading in every pixel.

    A plane at 350 to 1000 mm that leans by up to 31 degrees each way, bent about an axis of any
    direction so that its edges lie up to 80 mm behind its middle, with dents and noise.

    Args:
        count: how many.
        size: side in pixels.
        generator: source of all randomness, on `device`.
        device: where they are made.
    """

    def drawn(low: float, high: float) -> Tensor:
        unit = torch.rand(count, 1, 1, generator=generator, device=device)
        return low + (high - low) * unit

    steps = torch.linspace(-0.5, 0.5, size, device=device)
    x, y = steps[None, None, :], steps[None, :, None]
    angle = drawn(0.0, math.pi)
    across = x * angle.cos() + y * angle.sin()
    lean = x * drawn(-_STEEPEST, _STEEPEST) + y * drawn(-_STEEPEST, _STEEPEST)
    bend = drawn(0.0, _DEEPEST_MM) * (drawn(0.0, 1.0) < 0.7) * (2 * across).square()
    coarse = torch.randn(count, 1, 5, 5, generator=generator, device=device)
    dents = interpolate(coarse, size=(size, size), mode="bicubic", align_corners=True)[:, 0]
    noise = torch.randn(count, size, size, generator=generator, device=device)
    rough = drawn(0.0, _DENTS_MM) * dents + drawn(0.0, _NOISE_MM) * noise
    return drawn(_NEAR_MM, _FAR_MM) + _SIDE_MM * lean + bend + rough
