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

_BLEED = (1.0, 0.45, 0.3)  # red light creeps farther under the skin than green and blue
_INFRARED_BLEED = 1.2  # and near infrared farthest


def shade(hits: Hits, light: Lighting, view: View) -> tuple[Array, Array, Array]:
    """Colour f32 (h, w, 3), infrared f32 (h, w) and its active part f32 (h, w)."""
    s, shape = hits.stride, hits.depth_mm.shape
    x, y = view.rays(hits.window, s)
    toward = np.asarray(1 / cv2.sqrt(x * x + (y * y + 1)), np.float32)
    eye = (x, y, toward)  # the unit vector to the camera is -(x, y, 1) * toward
    gloss = hits.gloss if isinstance(hits.gloss, float) else hits.gloss[::s, ::s]
    visible, passive, mirrored = _passive(hits, light, eye, gloss)
    received, glint = _active(hits, light, eye, gloss)
    shine = None
    if mirrored is not None:
        shine = np.asarray(cv2.merge([mirrored * np.float32(k) for k in light.key]), np.float32)
        mirrored *= np.float32(light.key_infrared)
    # What is the same all over the shape is multiplied in before the blocks become pixels.
    if isinstance(hits.albedo, tuple):
        scaled = visible * np.array(hits.albedo, np.float32)
        colour = magnify(_plus(scaled, shine), s, shape)
    else:
        colour = np.asarray(cv2.multiply(magnify(visible, s, shape), hits.albedo), np.float32)
        colour = _plus(colour, None if shine is None else magnify(shine, s, shape))
    colour = _plus(colour, hits.emission)
    if isinstance(hits.infrared_albedo, float):
        received *= np.float32(hits.infrared_albedo)
        passive *= np.float32(hits.infrared_albedo)
        returned = magnify(_plus(received, glint), s, shape)
        return colour, _plus(magnify(_plus(passive, mirrored), s, shape), returned), returned
    returned = magnify(received, s, shape) * hits.infrared_albedo
    infrared = magnify(passive, s, shape) * hits.infrared_albedo
    if glint is not None and mirrored is not None:
        returned += magnify(glint, s, shape)
        infrared += magnify(mirrored, s, shape)
    infrared += returned
    return colour, infrared, returned


def _plus(one: Array, other: Array | None) -> Array:
    return one if other is None else np.asarray(cv2.add(one, other), np.float32)


def _passive(
    hits: Hits, light: Lighting, eye: tuple[Array, Array, Array], gloss: Array | float
) -> tuple[Array, Array, Array | None]:
    """The room's light: received colour, received infrared, mirrored of irradiance 1."""
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
            direct *= hits.lit
        received = direct * np.float32(light.key[c])
        received += around * np.float32(light.ambient[c])
        channels.append(received)
    infrared = around * np.float32(light.ambient_infrared)
    infrared += direct * np.float32(light.key_infrared)
    visible = np.asarray(cv2.merge(channels), np.float32)
    return visible, infrared, _highlight(hits, (lx, ly, lz), eye, gloss)


def _highlight(
    hits: Hits,
    light: tuple[Array | np.float32, ...],
    eye: tuple[Array, Array, Array],
    gloss: Array | float,
) -> Array | None:
    """Mirror-like reflection of a light of irradiance 1 from a direction; None without gloss."""
    if isinstance(gloss, float) and gloss == 0.0:
        return None
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
    lobe *= np.float32(min(2 ** (hits.sharpness - 4), 8))
    return np.asarray(lobe, np.float32)


def _active(
    hits: Hits, light: Lighting, eye: tuple[Array, Array, Array], gloss: Array | float
) -> tuple[Array, Array | None]:
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
    if hits.softness > 0:
        wrap = np.float32(hits.softness * _INFRARED_BLEED)
        facing += wrap
        facing *= 1 / (1 + wrap)
    np.maximum(facing, 0, out=facing)
    mirrored = _highlight(hits, (px, py, pz), eye, gloss)
    inverse *= inverse
    inverse *= np.float32(light.illuminator * 500.0**2) * toward**light.beam
    facing *= inverse
    if mirrored is not None:
        mirrored *= inverse
    return facing, mirrored
