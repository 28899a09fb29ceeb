"""Backdrop: the room behind, made of walls and furniture that face the camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from rise_edge.simulator.bodies import cloth_of
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering import Lighting, View
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator, smooth_noise


@dataclass(frozen=True)
class Panel:
    """A rectangle parallel to the image plane, in the scene's millimetres.

    Attributes:
        left, top, right, bottom, depth_mm: where it is.
        albedo: linear red, green, blue, near infrared.
        light: own light in colour and infrared (a window by day), linear.
    """

    left: float
    top: float
    right: float
    bottom: float
    depth_mm: float
    albedo: tuple[float, float, float, float]
    light: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


Room = tuple[Panel, ...]


@dataclass(frozen=True)
class RoomKind:
    """What rooms of a domain are like.

    Attributes:
        depth_mm: range of the back wall's distance.
        furniture: range of the number of things in the room.
        window: chance of a window with daylight.
        open_sky: no wall: the background is out of the reach of every sensor.
    """

    depth_mm: tuple[float, float] = (1200.0, 3000.0)
    furniture: tuple[int, int] = (2, 7)
    window: float = 0.0
    open_sky: bool = False


@lru_cache(maxsize=256)
def room_of(kind: RoomKind, number: int) -> Room:
    """One room of a kind."""
    rng = generator(number, 21)
    depth = float(rng.uniform(*kind.depth_mm))
    panels = [_wall(rng, depth)]
    if rng.random() < kind.window:
        panels.append(_window(rng, depth))
    things = int(rng.integers(kind.furniture[0], kind.furniture[1] + 1))
    panels += [_furniture(rng, depth) for _ in range(things)]
    return tuple(sorted(panels, key=lambda panel: -panel.depth_mm))


def _wall(rng: np.random.Generator, depth: float) -> Panel:
    value = rng.uniform(0.25, 0.8)
    tint = np.clip(value * np.exp(rng.normal(0, 0.07, 3)), 0.05, 0.85)
    far = 1e5
    colour = (float(tint[0]), float(tint[1]), float(tint[2]), float(rng.uniform(0.45, 0.85)))
    return Panel(-far, -far, far, far, depth, colour)


def _window(rng: np.random.Generator, depth: float) -> Panel:
    x, y = rng.uniform(-0.5, 0.5) * depth, rng.uniform(-0.35, -0.05) * depth
    w, h = rng.uniform(300, 700), rng.uniform(300, 600)
    light = rng.uniform(0.5, 1.6)
    return Panel(
        x - w, y - h, x + w, y + h, depth - 5, (0.1, 0.1, 0.1, 0.1),
        (0.92 * light, light, 1.1 * light, 0.45 * light),
    )  # fmt: skip


def _furniture(rng: np.random.Generator, depth: float) -> Panel:
    z = float(rng.uniform(0.7, 0.98)) * depth
    x = float(rng.uniform(-0.7, 0.7)) * z
    w, h = float(rng.uniform(60, 420)), float(rng.uniform(100, 700))
    y = float(rng.uniform(-0.3, 0.5)) * z
    return Panel(x - w, y - h / 2, x + w, y + h, z, cloth_of(rng))


def render_backdrop(room: Room, view: View) -> tuple[Array, Array, Array]:
    """Albedo f32 (H, W, 4), own light f32 (H, W, 4) and depth f32 (H, W) of an empty room."""
    shape = (view.height, view.width)
    albedo, light = np.zeros((*shape, 4), np.float32), np.zeros((*shape, 4), np.float32)
    depth = np.zeros(shape, np.float32)
    for panel in room:
        corners = np.array([[panel.left, panel.top, panel.depth_mm],
                            [panel.right, panel.bottom, panel.depth_mm]])  # fmt: skip
        moved = view.pose.apply(corners)
        (u0, v0), (u1, v1) = np.clip(view.project(moved), -1, max(shape) + 1).round().astype(int)
        at = slice(max(v0, 0), max(v1, 0)), slice(max(u0, 0), max(u1, 0))
        albedo[at], light[at] = panel.albedo, panel.light
        depth[at] = np.float32(moved[0, 2])
    k = view.intrinsics
    x, y = view.rays((slice(0, view.height), slice(0, view.width)))
    u = np.broadcast_to((x + 1) * np.float32(128), shape)
    v = np.broadcast_to((y + 1) * np.float32(128), shape)
    grime = cv2.remap(_grime(), np.ascontiguousarray(u), np.ascontiguousarray(v),
                      cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)  # fmt: skip
    albedo *= grime[..., None]
    softness = 1.2 * k.fx / 600
    if softness > 0.3:  # out of the depth of field
        albedo = np.asarray(cv2.GaussianBlur(albedo, (0, 0), softness), np.float32)
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), softness), np.float32)
    return albedo, light, depth


@lru_cache(maxsize=1)
def _grime() -> Array:
    return np.asarray(1 + 0.06 * smooth_noise(generator(22), (256, 256), 6, octaves=5), np.float32)


def light_backdrop(parts: tuple[Array, Array, Array], view: View, lighting: Lighting) -> Radiance:
    """Light an empty room; a fresh copy that may be drawn into."""
    albedo, own, depth = parts
    colour = np.empty((*depth.shape, 3), np.float32)
    facing = max(0.0, -lighting.key_direction[2])
    for c in range(3):
        level = lighting.ambient[c] * 0.9 + lighting.key[c] * facing * 0.6
        colour[..., c] = albedo[..., c] * np.float32(level) + own[..., c]
    x, y = view.rays((slice(0, view.height), slice(0, view.width)))
    toward = 1 / cv2.sqrt(x * x + y * y + 1)
    power = np.float32(lighting.illuminator * 500.0**2) * toward ** (lighting.beam + 3)
    near = np.maximum(depth, 1)
    returned = np.asarray(albedo[..., 3] * power / (near * near), np.float32)
    returned[depth == 0] = 0
    passive = np.float32(lighting.ambient_infrared * 0.9 + lighting.key_infrared * facing * 0.6)
    infrared = returned + albedo[..., 3] * passive + own[..., 3]
    return Radiance(colour, infrared, returned, np.full_like(depth, 0.02), depth.copy(),
                    view.intrinsics)  # fmt: skip
