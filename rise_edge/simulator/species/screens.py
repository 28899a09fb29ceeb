"""Screens: replays on liquid-crystal and on organic-diode displays.

A screen sends out visible light only: the phosphors of a liquid-crystal display's backlight and
organic diodes end near 700 nm. In near infrared the portrait is gone and a dark pane is left;
depth is a plane, or missing where the pane mirrors the projector away.
"""

from __future__ import annotations

import numpy as np

from rise_edge.simulator.photograph import grey_of
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.sheet import Sheet
from rise_edge.simulator.species.held_picture import HeldPicture
from rise_edge.simulator.species.staging import Cast

_TILT_DEG = (4.0, 12.0)  # so that lamps and the illuminator are not mirrored over the face


def _dimmed(cast: Cast) -> float:
    """How far the screen's light is turned down: not as far as the room's."""
    return float(min(1.0, cast.room_light) ** 0.7)


class ReplayLcd(HeldPicture):
    """A tablet or monitor with a liquid-crystal display: blacks glow, half-matt surface."""

    def __init__(self, cast: Cast) -> None:
        rng = cast.instrument(43)
        super().__init__(cast, float(rng.uniform(0.7, 1.0)), tilt_deg=_TILT_DEG)
        glow = float(rng.uniform(0.6, 1.1)) * _dimmed(cast)
        tint = np.exp(rng.normal(0, 0.05, 3) + np.array([-0.04, 0.0, 0.10]))
        black = 0.03 * (1.5 - cast.difficulty)
        self._emission = ((self.photo.colour * tint + black) * glow).astype(np.float32)
        self._infrared = float(rng.uniform(0.04, 0.12))
        self._gloss = float(rng.uniform(0.04, 0.1))
        self._pitch = float(rng.uniform(0.18, 0.28))
        self._moire = float(rng.uniform(0.05, 0.25)) * (1.1 - cast.difficulty)
        self._bezel = float(rng.uniform(8, 22))
        self._body = float(rng.choice([0.015, 0.03, 0.55]))

    def sheet(self, place: Pose) -> list[Shape]:
        """The display in its frame."""
        w, h, edge = self.width_mm, self.height_mm, self._bezel
        frame = place @ Pose(np.eye(3), np.array([0.0, 0.0, 1.5]))
        return [
            Sheet(
                place,
                w,
                h,
                (0.02, 0.02, 0.02, self._infrared),
                emission=self._emission,
                gloss=self._gloss,
                sharpness=10,
                raster_mm=self._pitch,
                raster_depth=self._moire,
            ),
            Sheet(
                frame,
                w + 2 * edge,
                h + 2 * edge,
                (self._body, self._body, self._body, max(self._body, 0.06)),
                gloss=0.1,
            ),
        ]


class ReplayOled(HeldPicture):
    """A phone or tablet with an organic-diode display: deep blacks, saturated, a glass mirror.

    Its light is dimmed by pulses; a rolling shutter sees them as bands (e.g. Kim et al. 2018).
    """

    def __init__(self, cast: Cast) -> None:
        rng = cast.instrument(46)
        super().__init__(cast, float(rng.uniform(0.5, 0.72)), tilt_deg=_TILT_DEG)
        grey = grey_of(self.photo.colour)[..., None]
        vivid = np.clip(grey + (self.photo.colour - grey) * float(rng.uniform(1.05, 1.35)), 0, 1)
        glow = float(rng.uniform(0.7, 1.3)) * _dimmed(cast)
        rows = np.arange(vivid.shape[0], dtype=np.float32)[:, None, None]
        period, phase = rng.uniform(40, 130), rng.uniform(0, 6.28)
        depth = float(rng.uniform(0.0, 0.3)) * (1.1 - cast.difficulty)
        bands = 1 - depth * np.clip(np.sin(rows * (2 * np.pi / period) + phase), 0, 1)
        self._emission = (vivid ** np.float32(1.1) * bands * glow).astype(np.float32)
        self._gloss = float(rng.uniform(0.3, 0.6))
        self._pitch = float(rng.uniform(0.06, 0.10))
        self._moire = 0.06 * (1.1 - cast.difficulty)

    def sheet(self, place: Pose) -> list[Shape]:
        """The pane of glass, lit up to a thin edge."""
        w, h = self.width_mm, self.height_mm
        frame = place @ Pose(np.eye(3), np.array([0.0, 0.0, 1.0]))
        return [
            Sheet(
                place,
                w,
                h,
                (0.012, 0.012, 0.012, 0.03),
                emission=self._emission,
                gloss=self._gloss,
                sharpness=12,
                raster_mm=self._pitch,
                raster_depth=self._moire,
            ),
            Sheet(frame, w + 6, h + 14, (0.01, 0.01, 0.012, 0.03), gloss=self._gloss, sharpness=12),
        ]
