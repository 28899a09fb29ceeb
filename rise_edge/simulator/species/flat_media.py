"""Flat media: a portrait on a held sheet, and where its face lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator import photograph
from rise_edge.simulator.bodies import body, holding_hand
from rise_edge.simulator.photograph import Photograph, photograph_of
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.rendering.sheet import Sheet
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class HeldPicture(Staging):
    """A portrait that somebody holds before the camera, life-size or near it.

    Attributes:
        width_mm, height_mm: of the portrait.
        bend: of the sheet, in 1/mm.
    """

    bend = 0.0

    def __init__(self, cast: Cast, size: float) -> None:
        self.cast = cast
        self.rng = generator(cast.seed, 41)
        self.photo: Photograph = photograph_of(cast.shown, int(self.rng.integers(4)))
        scale = photograph.MM_PER_PIXEL * size
        self.width_mm, self.height_mm = photograph.WIDTH * scale, photograph.HEIGHT * scale
        centre = np.array([photograph.WIDTH, photograph.HEIGHT]) / 2
        self._on_sheet = (self.photo.keypoints - centre) * scale
        self._hold = float(self.rng.uniform(-0.1, 0.3)) * self.height_mm
        self._behind = np.array([self.rng.normal(0, 60), self.rng.uniform(-70, 60), 0.0])
        self._reach = float(self.rng.uniform(260, 420))

    def _place(self, moment: Moment) -> Pose:
        """The sheet's pose: its portrait's face is where a head's face would be."""
        face = self._on_sheet[:4].mean(0)
        return moment.pose @ Pose(np.eye(3), np.array([-face[0], 20.0 - face[1], -85.0]))

    def _sheet_points(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        x, y = points[:, 0], points[:, 1]
        return np.stack([x, y, self.bend * x * x], 1).astype(np.float64)

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the pictured face, on the sheet."""
        return self._place(moment).apply(self._sheet_points(self._on_sheet))

    def sheet(self, place: Pose) -> list[Shape]:
        """The thing itself, at a pose."""
        raise NotImplementedError

    def shapes(self, moment: Moment) -> list[Shape]:
        """The sheet, the hands at its edges, and the presenter behind it."""
        place = self._place(moment)
        presenter, seed = self.cast.presenter, self.cast.seed
        shapes = self.sheet(place)
        edge = self.width_mm / 2 + 4
        for side in (-1, 1):
            at = self._sheet_points(np.array([[side * edge, self._hold]]))[0]
            grip = place @ Pose(np.eye(3), at)
            shapes += holding_hand(presenter, grip, side, seed)
        behind = moment.pose.translation_mm + self._behind + [0, 0, self._reach]
        shapes += body(presenter, turned(at_mm=(behind[0], behind[1], behind[2])), seed)
        from rise_edge.simulator.people import head_of
        from rise_edge.simulator.rendering.head_shape import HeadShape

        own = turned(at_mm=(behind[0], behind[1], behind[2]))
        return [*shapes, HeadShape(head_of(presenter), own)]


class FlatPrint(HeldPicture):
    """A portrait printed on paper.

    Dye inks of photo printers do not absorb in near infrared, so the portrait vanishes there and
    plain paper is left; the carbon of laser toner and black pigment ink absorbs it as it does
    visible light (e.g. Chingovska et al. 2016, Face Recognition Systems Under Spoofing Attacks).
    """

    def __init__(self, cast: Cast) -> None:
        rng = generator(cast.seed, 42)
        super().__init__(cast, float(rng.uniform(0.85, 1.1)))
        self._albedo = _printed(self.photo.colour, cast.difficulty, rng)
        self._gloss = float(rng.uniform(0.02, 0.14))

    def sheet(self, place: Pose) -> list[Shape]:
        """The paper."""
        return [
            Sheet(place, self.width_mm, self.height_mm, self._albedo, bend=self.bend,
                  gloss=self._gloss)
        ]  # fmt: skip


def _printed(colour: Array, difficulty: float, rng: np.random.Generator) -> Array:
    """Ink on paper, f32 (h, w, 4): a smaller range of colours, and carbon seen in infrared."""
    paper = np.float32(rng.uniform(0.78, 0.9))
    black = np.float32(rng.uniform(0.02, 0.10) * (1.5 - difficulty))
    contrast = np.float32(1 + rng.uniform(-0.3, 0.3) * (1 - difficulty))
    tone = np.clip(colour, 0.002, 1) ** contrast
    cast = np.exp(rng.normal(0, 0.12 * (1.2 - difficulty), 3)).astype(np.float32)
    albedo = np.clip(black + (paper - black) * tone * cast, 0, paper)
    carbon = rng.uniform(0.0, 0.9) if rng.random() < 0.3 + 0.6 * difficulty else 0.0
    grey = np.clip(0.8 * albedo.mean(2) / paper + 0.2, 0, 1)
    infrared = np.float32(rng.uniform(0.72, 0.88)) * (1 - np.float32(carbon) * (1 - grey))
    return np.dstack([albedo, infrared]).astype(np.float32)


class ReplayLcd(HeldPicture):
    """A portrait on a liquid-crystal screen.

    A screen sends out visible light only: its backlight's diodes and phosphors end near 700 nm. In
    near infrared it is a dark, mirror-like pane, and its depth is a plane or missing.
    """

    def __init__(self, cast: Cast) -> None:
        rng = generator(cast.seed, 43)
        super().__init__(cast, float(rng.uniform(0.62, 0.95)))
        glow = float(rng.uniform(0.5, 1.1))
        tint = np.exp(rng.normal(0, 0.06, 3) + np.array([-0.04, 0.0, 0.08])).astype(np.float32)
        black = 0.012 * (1.5 - cast.difficulty)
        self._emission = np.asarray((self.photo.colour * tint + black) * glow, np.float32)
        self._gloss = float(rng.uniform(0.25, 0.6))

    def sheet(self, place: Pose) -> list[Shape]:
        """The screen in its frame."""
        w, h = self.width_mm, self.height_mm
        frame = place @ Pose(np.eye(3), np.array([0.0, 0.0, 1.0]))
        return [
            Sheet(place, w, h, (0.02, 0.02, 0.02, 0.035), emission=self._emission,
                  gloss=self._gloss, sharpness=7),
            Sheet(frame, w + 14, h + 26, (0.02, 0.02, 0.022, 0.05), gloss=self._gloss,
                  sharpness=7),
        ]  # fmt: skip
