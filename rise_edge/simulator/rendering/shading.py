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
from rise_edge.simulator.rendering.lookup import magnify
from rise_edge.simulator.rendering.view import Array, View

_BLEED = (1.0, 0.45, 0.3)  # red light creeps farthest under the skin


def shade(hits: Hits, light: Lighting, view: View) -> tuple[Array, Array, Array]:
    """Colour f32 (h, w, 3), infrared f32 (h, w) and its active part f32 (h, w)."""
    s, shape = hits.stride, hits.depth_mm.shape
    x, y = view.rays(hits.window, s)
    toward = np.asarray(1 / cv2.sqrt(x * x + (y * y + 1)), np.float32)
    eye = (x, y, toward)  # the unit vector to the camera is -(x, y, 1) * toward
    gloss = hits.gloss if isinstance(hits.gloss, float) else hits.gloss[::s, ::s]
    visible, mirrored, passive = _passive(hits, light, eye, gloss)
    active = _active(hits, light, eye, gloss)
    colour = magnify(visible, s, shape)
    colour = np.asarray(
        cv2.multiply(colour, np.ascontiguousarray(hits.albedo[..., :3])), np.float32
    )
    shine = magnify(mirrored, s, shape)
    colour += cv2.merge([shine * np.float32(k) for k in light.key])
    if hits.emission is not None:
        colour += hits.emission
    reflectance = hits.albedo[..., 3]
    returned = magnify(active[0], s, shape) * reflectance
    returned += magnify(active[1], s, shape)
    infrared = magnify(passive, s, shape) * reflectance
    infrared += returned
    return colour, infrared, returned


def _passive(
    hits: Hits, light: Lighting, eye: tuple[Array, Array, Array], gloss: Array | float
) -> tuple[Array, Array, Array]:
    """The room's light: received colour, mirrored (irradiance 1), received infrared."""
    nx, ny, nz = hits.normal
    lx, ly, lz = (np.float32(v) for v in light.key_direction)
    facing = nx * lx
    facing += ny * ly
    facing += nz * lz
    around = ny * np.float32(-light.overhead)
    around += np.float32(1 - light.overhead / 2)
    around *= hits.openness
    channels = []
    for c in range(3):
        wrap = np.float32(hits.softness * _BLEED[c])
        if c == 0 or hits.softness > 0:
            direct = np.maximum((facing + wrap) * (1 / (1 + wrap)), 0)
            direct *= hits.openness
        received = direct * np.float32(light.key[c])
        received += around * np.float32(light.ambient[c])
        channels.append(received)
    infrared = around * np.float32(light.ambient_infrared)
    infrared += direct * np.float32(light.key_infrared)
    mirrored = _highlight(hits, (lx, ly, lz), eye, gloss)
    return np.asarray(cv2.merge(channels), np.float32), mirrored, infrared


def _highlight(
    hits: Hits,
    light: tuple[Array | np.float32, ...],
    eye: tuple[Array, Array, Array],
    gloss: Array | float,
) -> Array:
    """Mirror-like reflection of a light of irradiance 1 from a direction."""
    x, y, toward = eye
    hx, hy, hz = light[0] - x * toward, light[1] - y * toward, light[2] - toward
    nx, ny, nz = hits.normal
    lobe = nx * hx
    lobe += ny * hy
    lobe += nz * hz
    hx *= hx
    hy *= hy
    hz *= hz
    hx += hy
    hx += hz
    lobe /= cv2.sqrt(hx)
    np.maximum(lobe, 0, out=lobe)
    for _ in range(hits.sharpness):
        lobe *= lobe
    lobe *= gloss
    lobe *= np.float32(2 ** (hits.sharpness - 2) / 4)
    return np.asarray(lobe, np.float32)


def _active(
    hits: Hits, light: Lighting, eye: tuple[Array, Array, Array], gloss: Array | float
) -> tuple[Array, Array]:
    """The illuminator's light: received by the surface, and mirrored to the camera."""
    x, y, toward = eye
    z = hits.depth_mm[:: hits.stride, :: hits.stride]
    px = np.float32(light.illuminator_mm[0]) - z * x
    py = np.float32(light.illuminator_mm[1]) - z * y
    distance2 = px * px
    distance2 += py * py
    distance2 += z * z
    inverse = np.asarray(1 / cv2.sqrt(distance2), np.float32)
    px *= inverse
    py *= inverse
    pz = z * -inverse
    nx, ny, nz = hits.normal
    facing = nx * px
    facing += ny * py
    facing += nz * pz
    np.maximum(facing, 0, out=facing)
    mirrored = _highlight(hits, (px, py, pz), eye, gloss)
    inverse *= inverse
    inverse *= np.float32(light.illuminator * 500.0**2) * toward**light.beam
    facing *= inverse
    mirrored *= inverse
    return facing, mirrored
