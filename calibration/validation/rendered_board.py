"""A board as known cameras would see it: lens, blur, noise and depth, with nothing unknown.

Every pixel is followed back through the lens to the board, four rays to a pixel. What comes out is
what the calibration is measured with, and the simulated site on which an installer can practise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.sensors.board import Board
from calibration.sensors.lens_camera import rotation_of
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.sensor_calibration import CalibratedSensor
from rise_edge.cameras.lens import BROWN_CONRADY, Lens
from rise_edge.frame import Frame, Image, Intrinsics, Modality, Viewpoint

_FINE = 2  # rays to a pixel, along each side
_TEXELS = 60  # of a square of the board
_FOUND = 1e-12  # a ray is no better known in f32
_WALL_MM = 1800.0
_ROWS = 8  # are followed at a time, so that they stay in the processor's cache


@dataclass(frozen=True, eq=False)
class BoardPose:
    """Where the board is: `rotation @ point + centre_mm` of a point about the board's middle.

    Attributes:
        rotation: f64 (3, 3), to the depth camera's axes.
        centre_mm: the board's middle, in the depth camera's coordinates.
    """

    rotation: NDArray[np.float64]
    centre_mm: NDArray[np.float64]

    def seen_from(self, view: Viewpoint, board: Board) -> tuple[NDArray[np.float64], ...]:
        """Rotation and translation from the board's coordinates to those of a camera."""
        middle = np.array([*board.size_mm, 0.0]) / 2
        origin = self.centre_mm - self.rotation @ middle
        return view.rotation @ self.rotation, view.rotation @ origin + view.translation_mm


@dataclass(frozen=True)
class Rig:
    """Cameras whose truth is known.

    Attributes:
        colour: the colour camera.
        infrared: the infrared camera, with which depth shares its rays.
        depth: what a number in a depth picture means.
        blur_px: standard deviation of the optics' blur.
        noise: standard deviation of a grey value.
        depth_noise: standard deviation of a depth reading at 1 m, in mm; it grows with z squared.
    """

    colour: CalibratedSensor
    infrared: CalibratedSensor
    depth: DepthScale = field(default_factory=DepthScale)
    blur_px: float = 0.7
    noise: float = 3.0
    depth_noise: float = 3.0

    @cached_property
    def _rays(self) -> dict[Modality, NDArray[np.float32]]:
        return {
            Modality.COLOUR: rays_of(self.colour, _FINE),
            Modality.INFRARED: rays_of(self.infrared, _FINE),
            Modality.DEPTH: rays_of(self.infrared, 1),
        }

    def take(
        self, board: Board, pose: BoardPose, rng: np.random.Generator, number: int = 0
    ) -> Frame:
        """One frame of the board, held still."""
        grey = self._picture(Modality.COLOUR, board, pose, rng, (25.0, 215.0))
        colour = np.stack([grey, grey * 0.97, grey * 0.9], axis=2)
        infrared = self._picture(Modality.INFRARED, board, pose, rng, (45.0, 150.0))
        time_ms = number * 1000.0
        colour_u8, infrared_u8 = self._expose(colour, rng), self._expose(infrared, rng)
        depth_mm = self._depth(board, pose, rng)
        view = self.infrared.viewpoint
        return Frame(
            colour=Image(colour_u8, self.colour.viewpoint, number, time_ms),
            depth=Image(depth_mm, view, number, time_ms),
            infrared=Image(infrared_u8, view, number, time_ms),
        )

    def _picture(
        self,
        modality: Modality,
        board: Board,
        pose: BoardPose,
        rng: np.random.Generator,
        levels: tuple[float, float],
    ) -> NDArray[np.float32]:
        sensor = self.colour if modality is Modality.COLOUR else self.infrared
        x, y, _ = self._meet(modality, sensor, board, pose)
        dark, light = levels
        page = _page(board).astype(np.float32) / 255 * (light - dark) + dark
        step = _TEXELS / board.square_mm
        u = (x * step + _TEXELS / 2 - 0.5).astype(np.float32)
        v = (y * step + _TEXELS / 2 - 0.5).astype(np.float32)
        # A wall behind the board; light falls off towards one side.
        fine = cv2.remap(
            page,
            u,
            v,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(light * 0.45,),
        )
        fine *= np.linspace(1.0, rng.uniform(0.7, 0.95), fine.shape[1], dtype=np.float32)
        size = (sensor.width, sensor.height)
        seen = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(seen, (0, 0), self.blur_px), np.float32)

    def _expose(self, light: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
        noisy = light + rng.normal(0, self.noise, light.shape).astype(np.float32)
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)

    def _depth(self, board: Board, pose: BoardPose, rng: np.random.Generator) -> NDArray[np.uint16]:
        x, y, z = self._meet(Modality.DEPTH, self.infrared, board, pose)
        width, height = board.size_mm
        edge = board.square_mm / 2
        on = (x > -edge) & (y > -edge) & (x < width + edge) & (y < height + edge)
        true_mm = np.where(on, z, _WALL_MM)
        true_mm = true_mm + rng.normal(0, 1, z.shape) * self.depth_noise * (true_mm / 1000) ** 2
        numbers = np.rint((true_mm - self.depth.offset_mm) / self.depth.step_mm)
        numbers[rng.random(z.shape) < 0.03] = 0
        return np.clip(numbers, 0, 65535).astype(np.uint16)

    def _meet(
        self, modality: Modality, sensor: CalibratedSensor, board: Board, pose: BoardPose
    ) -> tuple[NDArray[np.float32], ...]:
        """Where each ray meets the board's plane: x and y on the board, z of the camera, in mm."""
        rotation, moved_mm = pose.seen_from(sensor.viewpoint, board)
        normal = rotation[:, 2]
        all_rays = self._rays[modality]
        met = tuple(np.empty(all_rays.shape[:2], np.float32) for _ in range(3))
        for top in range(0, len(all_rays), _ROWS):
            rays = all_rays[top : top + _ROWS]
            along = float(normal @ moved_mm) / (rays @ normal.astype(np.float32))
            points = np.empty_like(rays)
            for axis in range(3):
                points[..., axis] = rays[..., axis] * along - np.float32(moved_mm[axis])
            on_board = points @ rotation.astype(np.float32)
            for found, part in zip(met, (on_board[..., 0], on_board[..., 1], along), strict=True):
                found[top : top + _ROWS] = part
        return met


@lru_cache(maxsize=1)
def _page(board: Board) -> NDArray[np.uint8]:
    """The board as it is printed, with a white edge of half a square, a little blurred."""
    edge = _TEXELS // 2
    page = cv2.copyMakeBorder(
        board.picture(_TEXELS), edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=255
    )
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 1.5), np.uint8)


def rays_of(sensor: CalibratedSensor, fine: int = 1) -> NDArray[np.float32]:
    """Rays f32 (H * fine, W * fine, 3) with z = 1 of every part of a pixel."""
    k, lens = sensor.viewpoint.intrinsics, sensor.lens
    columns = (np.arange(sensor.width * fine) + 0.5) / fine - 0.5
    rows = (np.arange(sensor.height * fine) + 0.5) / fine - 0.5
    rays = np.ones((len(rows), len(columns), 3), np.float32)
    for top in range(0, len(rows), _ROWS):
        some = rows[top : top + _ROWS]
        bent_x, bent_y = np.meshgrid((columns - k.cx) / k.fx, (some - k.cy) / k.fy)
        x, y = bent_x, bent_y
        for _ in range(20):  # the lens is given from ray to pixel: its inverse is a fixed point
            at_x, at_y = lens.distort(x, y)
            off_x, off_y = bent_x - at_x, bent_y - at_y
            x, y = x + off_x, y + off_y
            if max(np.abs(off_x).max(), np.abs(off_y).max()) < _FOUND:
                break
        rays[top : top + _ROWS, :, 0], rays[top : top + _ROWS, :, 1] = x, y
    return rays


def random_rig(rng: np.random.Generator) -> Rig:
    """A kiosk's trio: colour 25 to 60 mm beside the infrared, both with bent lenses."""

    def camera(width: int, height: int, focal: float, view: Viewpoint) -> CalibratedSensor:
        fx = focal * rng.uniform(0.97, 1.03)
        middle = (width / 2 + rng.uniform(-12, 12), height / 2 + rng.uniform(-10, 10))
        bent = (rng.uniform(-0.18, 0.08), rng.uniform(-0.05, 0.08), *rng.uniform(-1e-3, 1e-3, 2))
        lens = Lens(BROWN_CONRADY, (*(float(c) for c in bent), 0.0))
        intrinsics = Intrinsics(fx, fx * rng.uniform(0.997, 1.003), *middle)
        return CalibratedSensor(width, height, replace(view, intrinsics=intrinsics), lens)

    turned = rotation_of(np.radians(rng.uniform(-2, 2, 3)))
    side = rng.choice([-1.0, 1.0])
    moved_mm = np.array([side * rng.uniform(25, 60), rng.uniform(-10, 10), rng.uniform(-8, 8)])
    nowhere = Intrinsics(1, 1, 0, 0)
    return Rig(
        colour=camera(960, 720, 820, Viewpoint(nowhere, turned, moved_mm)),
        infrared=camera(640, 480, 560, Viewpoint(nowhere)),
        depth=DepthScale(float(rng.uniform(0.97, 1.03)), float(rng.uniform(-12, 12))),
    )


def good_poses(rng: np.random.Generator, count: int = 24) -> Sequence[BoardPose]:
    """As the guide asks for them: everywhere in the picture, tilted each way, near and far."""
    poses = []
    for i in range(count):
        distance_mm = (430.0, 600.0, 780.0)[i % 3] * rng.uniform(0.93, 1.07)
        cell = (i + i // 9 * 4) % 9
        reach_mm = distance_mm * np.array([0.32, 0.24])
        aside_mm = (np.array([cell % 3, cell // 3]) - 1 + rng.uniform(-0.2, 0.2, 2)) * reach_mm
        towards = i * 5 % 8 * math.pi / 4 + rng.uniform(-0.3, 0.3)
        lean = math.radians(rng.uniform(22, 38)) * (i % 8 != 7)
        tilt = np.array([math.sin(towards), math.cos(towards), 0.0]) * lean
        tilt[2] = math.radians(rng.uniform(-12, 12))
        poses.append(BoardPose(rotation_of(tilt), np.array([*aside_mm, distance_mm])))
    return poses
