"""Worn paper: a paper mask, and partial attacks that cover only some of the face."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import head_of
from rise_edge.simulator.photograph import HEIGHT_MM, WIDTH_MM, photograph_of
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.sheet import Sheet
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.species.prints import Ink, ink_of, with_eye_holes
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class WornPaper(Staging):
    """Printed paper, cut out and bent around the presenter's face.

    Args:
        cast: who shows whom.
        cover: f32 of the photograph's size, the paper that is left.
        ahead_mm: how far it stands before the presenter's eyes.
        key: seeds the print.
    """

    radius_mm = 92.0

    def __init__(self, cast: Cast, cover: Array, ahead_mm: float, key: int) -> None:
        self.cast = cast
        rng = cast.instrument(key)
        self._photo = photograph_of(cast.shown, cast.atlas)
        self._ink = ink_of(cast, key)
        self._cover = cover
        self.head = head_of(cast.presenter, cast.atlas)
        self._bend = float(0.5 / (self.radius_mm * rng.uniform(0.92, 1.3)))
        size = float(rng.uniform(0.95, 1.04))
        self._size_mm = WIDTH_MM * size, HEIGHT_MM * size
        self._on_sheet = self._photo.keypoints_mm * size
        eyes, mine = self._on_sheet[:2].mean(0), self.head.keypoints_mm[:2].mean(0)
        self._place = Pose(np.eye(3), np.array([-eyes[0], mine[1] - eyes[1], mine[2] - ahead_mm]))
        self._gloss = float(rng.uniform(0.02, 0.1))

    def printed_keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """The six keypoints of the printed face."""
        x, y = self._on_sheet[:, 0], self._on_sheet[:, 1]
        sheet = np.stack([x, y, self._bend * x * x], 1)
        return (moment.pose @ self._place).apply(sheet)

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the printed face."""
        return self.printed_keypoints_mm(moment)

    def shapes(self, moment: Moment) -> list[Shape]:
        """The paper on the presenter."""
        presenter = self.cast.presenter
        paper = Sheet(
            moment.pose @ self._place,
            *self._size_mm,
            self._ink.albedo,
            self._ink.infrared_albedo,
            bend=self._bend,
            cover=self._cover,
            gloss=self._gloss,
        )
        head = HeadShape(self.head, moment.pose, moment.expression)
        return [paper, head, *body(presenter, moment.pose, self.cast.seed)]


class PaperMask(WornPaper):
    """A life-size print, cut along the face, with eye holes, worn like a carnival mask."""

    def __init__(self, cast: Cast) -> None:
        photo = photograph_of(cast.shown, cast.atlas)
        cover = np.zeros(photo.colour.shape[:2], np.float32)
        eyes, mouth = photo.keypoints[:2].mean(0), photo.keypoints[3]
        x, y = (eyes + mouth) / 2
        down = float(mouth[1] - eyes[1])
        middle, axes = (round(x), round(y - 0.05 * down)), (round(1.15 * down), round(1.5 * down))
        cv2.ellipse(cover, middle, axes, 0, 0, 360, 1.0, -1)
        if cast.instrument(47).random() < 0.75:
            cover = with_eye_holes(cover, photo, 0.9)
        super().__init__(cast, cover, 38.0, 48)


class PartialPrint(WornPaper):
    """A strip of printed paper over forehead and eyes; nose and mouth are the presenter's own."""

    def __init__(self, cast: Cast) -> None:
        photo = photograph_of(cast.shown, cast.atlas)
        cover = np.zeros(photo.colour.shape[:2], np.float32)
        (x0, y0), (x1, y1) = photo.keypoints[0], photo.keypoints[1]
        unit = float(np.hypot(x1 - x0, y1 - y0))
        middle, level = (x0 + x1) / 2, (y0 + y1) / 2
        rng = cast.instrument(49)
        top = level - unit * float(rng.uniform(0.55, 0.95))
        bottom = level + unit * float(rng.uniform(0.28, 0.42))
        half = unit * 1.15
        cv2.rectangle(
            cover,
            (round(middle - half), round(top)),
            (round(middle + half), round(bottom)),
            1.0,
            -1,
        )
        super().__init__(cast, cover, 24.0, 50)

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Printed eyes; the rest is the presenter's."""
        points = moment.pose.apply(self.head.keypoints_mm)
        points[:2] = self.printed_keypoints_mm(moment)[:2]
        return points


class PartialGlasses(WornPaper):
    """Glasses of cardboard with somebody else's eyes printed on them."""

    def __init__(self, cast: Cast) -> None:
        photo = photograph_of(cast.shown, cast.atlas)
        cover = np.zeros(photo.colour.shape[:2], np.float32)
        rng = cast.instrument(52)
        (x0, y0), (x1, y1) = photo.keypoints[0], photo.keypoints[1]
        unit = float(np.hypot(x1 - x0, y1 - y0))
        crude = 0.12 * (1 - cast.difficulty)  # larger than glasses are
        across, along = rng.uniform(0.38, 0.44) + crude / 2, rng.uniform(0.30, 0.36) + crude
        axes = (round(unit * float(across)), round(unit * float(along)))
        for x, y in ((x0, y0), (x1, y1)):
            cv2.ellipse(cover, (round(x), round(y)), axes, 0, 0, 360, 1.0, -1)
        cv2.rectangle(cover, *_bar(photo.keypoints, x0, x1), 1.0, -1)
        super().__init__(cast, cover, 22.0, 53)
        self._rim(photo.keypoints, axes, float(rng.choice([0.03, 0.1, 0.6])))

    def _rim(self, keypoints: Array, axes: tuple[int, int], grey: float) -> None:
        """The frame that is printed around the eyes."""
        albedo, infrared = self._ink.albedo.copy(), self._ink.infrared_albedo.copy()
        x0, x1 = keypoints[0][0] + axes[0], keypoints[1][0] - axes[0]
        bar, line = _bar(keypoints, x0, x1), max(1, round(0.08 * float(x1 - x0 + 2 * axes[0])))
        for picture, value in ((albedo, (grey, grey, grey)), (infrared, (0.55,))):
            for x, y in keypoints[:2]:
                cv2.ellipse(picture, (round(x), round(y)), axes, 0, 0, 360, value, line)
            cv2.rectangle(picture, *bar, value, -1)
        self._ink = Ink(albedo, infrared)

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Printed eyes; the rest is the presenter's."""
        points = moment.pose.apply(self.head.keypoints_mm)
        points[:2] = self.printed_keypoints_mm(moment)[:2]
        return points


def _bar(keypoints: Array, left: float, right: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Corners of the bar between two glasses, a little above the eyes."""
    unit = float(keypoints[1, 0] - keypoints[0, 0])
    level = float(keypoints[:2, 1].mean()) - 0.05 * unit
    half = 0.065 * unit
    return (round(left), round(level - half)), (round(right), round(level + half))
