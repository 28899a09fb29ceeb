"""Prints: portraits on paper, flat, bent, or with the eyes cut out.

Dye inks of photo printers hardly absorb in near infrared, so there the portrait fades and plain
paper is left; carbon, in toner and in pigment black, absorbs there as in visible light
(Havermans et al., Multispectral imaging of historical documents; the same contrast sorts
inks in document forensics). Paper reflects 0.7 to 0.9 at 850 nm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from rise_edge.simulator.people import Atlas, Person, head_of
from rise_edge.simulator.photograph import Photograph, grey_of, photograph_of
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.sheet import Sheet
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.species.held_picture import HeldPicture
from rise_edge.simulator.species.staging import Cast, Moment


class FlatPrint(HeldPicture):
    """A portrait printed on paper and held flat."""

    def __init__(self, cast: Cast, bend: float = 0.0) -> None:
        rng = cast.instrument(42)
        super().__init__(cast, float(rng.uniform(0.85, 1.1)), bend)
        self._ink = ink_of(cast, 58)
        self._gloss = float(rng.uniform(0.02, 0.14))
        self._raster = float(rng.uniform(0.9, 1.6))
        self._raster_depth = float(rng.uniform(0.0, 0.25)) * (1 - cast.difficulty)
        self.cover: Array | None = None

    def sheet(self, place: Pose) -> list[Shape]:
        """The paper."""
        return [
            Sheet(
                place,
                self.width_mm,
                self.height_mm,
                self._ink.albedo,
                self._ink.infrared_albedo,
                bend=self.bend,
                cover=self.cover,
                gloss=self._gloss,
                raster_mm=self._raster,
                raster_depth=self._raster_depth,
            )
        ]


class BentPrint(FlatPrint):
    """A portrait printed on paper and bent about the vertical, to feign relief."""

    def __init__(self, cast: Cast) -> None:
        bend = float(cast.instrument(44).uniform(0.0015, 0.0045))
        super().__init__(cast, bend)


class CutPrint(FlatPrint):
    """A portrait printed on paper, its eyes cut out: the presenter's own eyes look through."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast, float(cast.instrument(45).uniform(0.0, 0.0015)))
        self.cover = with_eye_holes(np.ones(self.photo.colour.shape[:2], np.float32), self.photo)

    def presenter_pose(self, place: Pose, moment: Moment) -> Pose:
        """Right behind the sheet, eye to eye."""
        own = head_of(self.cast.presenter, self.cast.atlas).keypoints_mm
        eyes = self.on_sheet(self.keypoints_on_sheet[:2]).mean(0)
        mine = own[:2].mean(0)
        return place @ Pose(np.eye(3), np.array([eyes[0], eyes[1] - mine[1], 3.0 - own[2, 2]]))


def with_eye_holes(cover: Array, photo: Photograph, size: float = 1.0) -> Array:
    """Cut two almond holes into a cover of a photograph's size."""
    axes = round(16 * size / photo.mm_per_pixel), round(8 * size / photo.mm_per_pixel)
    for x, y in photo.keypoints[:2]:
        cv2.ellipse(cover, (round(x), round(y)), axes, 0, 0, 360, 0.0, -1)
    return cover


@dataclass(frozen=True, eq=False)
class Ink:
    """What a printed portrait reflects.

    Attributes:
        albedo: f32 (h, w, 3), linear colour.
        infrared_albedo: f32 (h, w).
    """

    albedo: Array
    infrared_albedo: Array


def ink_of(cast: Cast, key: int) -> Ink:
    """The portrait of the one who is shown, in ink; `key` seeds the print."""
    return _ink(cast.shown, cast.make, cast.difficulty, key, cast.atlas)


@lru_cache(maxsize=4)
def _ink(shown: Person, make: int, difficulty: float, key: int, atlas: Atlas) -> Ink:
    """A smaller range of colours than the portrait's, and carbon that is seen in infrared."""
    rng = generator(shown.seed, make, key)
    colour = photograph_of(shown, atlas).colour
    paper = np.float32(rng.uniform(0.78, 0.9))
    black = np.float32(rng.uniform(0.02, 0.10) * (1.5 - difficulty))
    contrast = np.float32(1 + rng.uniform(-0.3, 0.3) * (1 - difficulty))
    tone = np.clip(colour, 0.002, 1) ** contrast
    cast = np.exp(rng.normal(0, 0.14 * (1.2 - difficulty), 3)).astype(np.float32)
    albedo = np.clip(black + (paper - black) * tone * cast, 0, paper)
    carbon = rng.uniform(0.3, 0.95) if rng.random() < 0.25 + 0.6 * difficulty else 0.05
    grey = np.clip(grey_of(albedo) / paper, 0, 1) ** np.float32(0.7)
    infrared = np.float32(rng.uniform(0.7, 0.88)) * (1 - np.float32(carbon) * (1 - grey))
    return Ink(albedo.astype(np.float32), infrared.astype(np.float32))
