"""Backdrop: the room behind, made of walls and furniture that face the camera."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from rise_edge.simulator.bodies import cloth_of
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering import Lighting, View
from rise_edge.simulator.rendering.lookup import look_up
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator, smooth_noise


@dataclass(frozen=True)
class Panel:
    """A rectangle that faces the camera or leans, in the scene's millimetres.

    Attributes:
        left, top, right, bottom, depth_mm: where it is.
        turn: how fast it comes nearer to the right and downwards, about the camera's axis:
            1 / depth grows by that share of itself for each unit of a ray's x and y.
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
    turn: tuple[float, float] = (0.0, 0.0)


Room = tuple[Panel, ...]
_WALL_GLOSS = 0.02
_FARTHEST_MM = 20_000.0


@dataclass(frozen=True)
class RoomKind:
    """What rooms of a domain are like.

    Attributes:
        depth_mm: range of the back wall's distance.
        furniture: range of the number of things in the room.
        window: chance of a window with daylight.
        close: chance of something close behind the head: a chair's back, a shelf, a sofa.
        close_mm: range of its distance from the camera.
    """

    depth_mm: tuple[float, float] = (1200.0, 3000.0)
    furniture: tuple[int, int] = (2, 7)
    window: float = 0.0
    close: float = 0.0
    close_mm: tuple[float, float] = (900.0, 1300.0)


@lru_cache(maxsize=256)
def room_of(kind: RoomKind, number: int) -> Room:
    """One room of a kind."""
    rng = generator(number, 21)
    depth = float(rng.uniform(*kind.depth_mm))
    panels = [_wall(rng, depth)]
    if rng.random() < 0.4:  # a side wall, which meets the first in a corner
        panels.append(_side_wall(rng, panels[0]))
    if rng.random() < kind.window:
        panels.append(replace(_window(rng, depth), turn=panels[0].turn))
    things = int(rng.integers(kind.furniture[0], kind.furniture[1] + 1))
    panels += [_furniture(rng, depth) for _ in range(things)]
    if rng.random() < kind.close:
        panels += [_close_thing(rng, kind) for _ in range(int(rng.integers(1, 4)))]
    return tuple(sorted(panels, key=lambda panel: -panel.depth_mm))


def _wall(rng: np.random.Generator, depth: float) -> Panel:
    value = rng.uniform(0.25, 0.8)
    tint = np.clip(value * np.exp(rng.normal(0, 0.07, 3)), 0.05, 0.85)
    far = 1e5
    colour = (float(tint[0]), float(tint[1]), float(tint[2]), float(rng.uniform(0.45, 0.85)))
    turn = (float(rng.normal(0, 0.25)), float(rng.normal(0, 0.08)))
    return Panel(-far, -far, far, far, depth, colour, turn=turn)


def _side_wall(rng: np.random.Generator, wall: Panel) -> Panel:
    side = float(rng.choice([-1.0, 1.0]))
    near = wall.depth_mm / float(rng.uniform(0.75, 1.0))  # it meets the wall beside the middle
    turn = (side * float(rng.uniform(0.8, 2.5)), float(rng.normal(0, 0.05)))
    return replace(wall, depth_mm=near, turn=turn)


def _window(rng: np.random.Generator, depth: float) -> Panel:
    x, y = rng.uniform(-0.5, 0.5) * depth, rng.uniform(-0.35, -0.05) * depth
    w, h = rng.uniform(300, 700), rng.uniform(300, 600)
    light = rng.uniform(0.5, 1.6)
    return Panel(
        x - w,
        y - h,
        x + w,
        y + h,
        depth - 5,
        (0.1, 0.1, 0.1, 0.1),
        (0.92 * light, light, 1.1 * light, 0.45 * light),
    )


def _furniture(rng: np.random.Generator, depth: float) -> Panel:
    z = float(rng.uniform(0.7, 0.98)) * depth
    x = float(rng.uniform(-0.7, 0.7)) * z
    w, h = float(rng.uniform(60, 420)), float(rng.uniform(100, 700))
    y = float(rng.uniform(-0.3, 0.5)) * z
    return Panel(x - w, y - h / 2, x + w, y + h, z, cloth_of(rng))


def _close_thing(rng: np.random.Generator, kind: RoomKind) -> Panel:
    z = float(rng.uniform(*kind.close_mm))
    x, y = float(rng.uniform(-0.35, 0.35)) * z, float(rng.uniform(-0.1, 0.3)) * z
    w, h = float(rng.uniform(60, 300)), float(rng.uniform(200, 600))
    return Panel(x - w, y - h / 2, x + w, y + h, z, cloth_of(rng))


def lit_room(room: Room, view: View, lighting: Lighting) -> Radiance:
    """What an empty room sends to a camera; out of focus, so made in blocks of two by two."""
    coarse = _lit(room, view.coarser(2), lighting)
    size, linear = (view.width, view.height), cv2.INTER_LINEAR
    colour, infrared, returned = (
        np.asarray(cv2.resize(picture, size, interpolation=linear), np.float32)
        for picture in (coarse.colour, coarse.infrared, coarse.return_signal)
    )
    depth = np.asarray(
        cv2.resize(coarse.depth_mm, size, interpolation=cv2.INTER_NEAREST), np.float32
    )
    gloss = np.full(depth.shape, _WALL_GLOSS, np.float32)
    return Radiance(colour, infrared, returned, gloss, depth, view.intrinsics)


def _lit(room: Room, view: View, lighting: Lighting) -> Radiance:
    shape = (view.height, view.width)
    nearness = np.full(shape, 1 / _FARTHEST_MM, np.float32)  # 1 / depth: linear on a plane
    which = np.zeros(shape, np.uint8)
    corners = [(p.left, p.top, p.depth_mm, p.right, p.bottom, p.depth_mm) for p in room]
    moved = view.pose.apply(np.array(corners).reshape(-1, 3))
    pixels = np.clip(view.project(moved), 0, max(shape) + 1).round().astype(int).reshape(-1, 4)
    for i, (panel, (u0, v0, u1, v1)) in enumerate(zip(room, pixels.tolist(), strict=True)):
        at = slice(v0, min(v1, shape[0])), slice(u0, min(u1, shape[1]))
        x, y = view.rays(at)
        turn_x, turn_y = panel.turn
        scale = np.float32(1 / moved[2 * i, 2])
        near = (scale + x * (turn_x * scale)) + y * (turn_y * scale)
        seen = near > nearness[at]
        np.copyto(nearness[at], near, where=seen)
        np.copyto(which[at], np.uint8(i), where=seen)
    table = np.array([(*_received(p, lighting), p.albedo[3]) for p in room], np.float32)
    light = np.take(table, which, axis=0)  # red, green, blue, passive infrared, active
    light[..., 4] *= nearness * nearness * np.float32(lighting.illuminator * 500.0**2)
    depth = np.asarray(1 / nearness, np.float32)
    grime, fall = _grain(view, lighting)
    softness = 1.2 * view.intrinsics.fx / 600
    if softness > 0.3:  # out of the depth of field
        cv2.GaussianBlur(light, (0, 0), softness, dst=light)
    colour = np.asarray(cv2.multiply(light[..., :3], cv2.merge([grime] * 3)), np.float32)
    passive, returned = light[..., 3], light[..., 4] * (grime * fall)
    passive += returned
    return Radiance(
        colour, passive, returned, np.full(shape, _WALL_GLOSS, np.float32), depth, view.intrinsics
    )


def _received(panel: Panel, lighting: Lighting) -> tuple[float, float, float, float]:
    """Radiance of a panel in the room's light and its own: red, green, blue and infrared."""
    facing = max(0.0, -lighting.key_direction[2])
    share, direct = 0.9, 0.6 * facing
    red, green, blue = (
        panel.albedo[c] * (share * lighting.ambient[c] + direct * lighting.key[c]) + panel.light[c]
        for c in range(3)
    )
    level = share * lighting.ambient_infrared + direct * lighting.key_infrared
    return red, green, blue, panel.albedo[3] * level + panel.light[3]


def _grain(view: View, lighting: Lighting) -> tuple[Array, Array]:
    """Unevenness of the surfaces, and the illuminator's fall towards the edges."""
    x, y = view.rays((slice(0, view.height), slice(0, view.width)))
    zero = np.zeros((view.height, view.width), np.float32)
    grime = look_up(_grime(), (x + 1) * 128 + zero, (y + 1) * 128 + zero, cv2.BORDER_REFLECT)
    toward = 1 / cv2.sqrt(x * x + (y * y + 1))
    return grime, np.asarray(toward ** (lighting.beam + 3), np.float32)


@lru_cache(maxsize=1)
def _grime() -> Array:
    return np.asarray(1 + 0.06 * smooth_noise(generator(22), (256, 256), 6, octaves=5), np.float32)
