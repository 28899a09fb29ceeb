"""Shading: the light that a surface sends to the camera.

Diffuse reflection is Lambert's; highlights are Blinn's half-vector form (1977,
doi:10.1145/563858.563893). The camera's own light falls off with the square of the distance and
with the beam's profile.
"""

from __future__ import annotations

import cv2
import numpy as np

from rise_edge.simulator.rendering.hits import Hits
from rise_edge.simulator.rendering.lighting import Lighting
from rise_edge.simulator.rendering.view import Array, View

_BLEED = (1.0, 0.45, 0.3)  # red light creeps farthest under the skin


def shade(hits: Hits, light: Lighting, view: View) -> tuple[Array, Array, Array]:
    """Colour f32 (h, w, 3), infrared f32 (h, w) and its active part f32 (h, w)."""
    nx, ny, nz = hits.normal
    x, y = view.rays(hits.window)
    lx, ly, lz = (np.float32(v) for v in light.key_direction)
    facing = nx * lx + ny * ly + nz * lz
    around = hits.openness * (np.float32(1 - light.overhead / 2) - np.float32(light.overhead) * ny)
    toward = np.asarray(
        1 / cv2.sqrt(x * x + y * y + 1), np.float32
    )  # unit vector to the camera: -(x, y, 1) * toward
    highlight = _highlight(hits, (lx, ly, lz), (x, y, toward))
    colour = np.empty((*facing.shape, 3), np.float32)
    for c in range(3):
        wrap = np.float32(hits.softness * _BLEED[c])
        direct = np.maximum((facing + wrap) / (1 + wrap), 0) * hits.openness
        received = around * np.float32(light.ambient[c]) + direct * np.float32(light.key[c])
        colour[..., c] = received * hits.albedo[..., c] + highlight * np.float32(light.key[c])
    if hits.emission is not None:
        colour += hits.emission
    returned = _active(hits, light, (x, y, toward))
    passive = around * np.float32(light.ambient_infrared)
    passive += np.maximum(facing, 0) * np.float32(light.key_infrared)
    infrared = passive * hits.albedo[..., 3] + highlight * np.float32(light.key_infrared)
    return colour, infrared + returned, returned


def _highlight(hits: Hits, light: tuple[np.float32, ...], eye: tuple[Array, Array, Array]) -> Array:
    """Mirror-like reflection of a light of irradiance 1 from a direction."""
    x, y, toward = eye
    hx, hy, hz = light[0] - x * toward, light[1] - y * toward, light[2] - toward
    nx, ny, nz = hits.normal
    cosine = (nx * hx + ny * hy + nz * hz) / cv2.sqrt(hx * hx + hy * hy + hz * hz)
    lobe = np.maximum(cosine, 0)
    for _ in range(hits.sharpness):
        lobe = lobe * lobe
    return np.asarray(lobe * (hits.gloss * np.float32(2 ** (hits.sharpness - 2) / 4)), np.float32)


def _active(hits: Hits, light: Lighting, eye: tuple[Array, Array, Array]) -> Array:
    """The illuminator's light that comes back, diffuse and mirrored."""
    x, y, toward = eye
    z = hits.depth_mm
    px, py = (
        np.float32(light.illuminator_mm[0]) - z * x,
        np.float32(light.illuminator_mm[1]) - z * y,
    )
    distance2 = px * px + py * py + z * z
    inverse = 1 / cv2.sqrt(distance2)
    nx, ny, nz = hits.normal
    facing = np.maximum((nx * px + ny * py - nz * z) * inverse, 0)
    power = np.float32(light.illuminator * 500.0**2) / distance2 * toward**light.beam
    direction = (px * inverse, py * inverse, -z * inverse)
    mirrored = _highlight(hits, direction, eye)
    return np.asarray(power * (facing * hits.albedo[..., 3] + mirrored), np.float32)
