"""Gallery: species x modalities x domains in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.face import face_square
from rise_edge.false_colour import LEGEND
from rise_edge.simulator.domains import DOMAINS
from rise_edge.simulator.gallery.picture import (
    Picture,
    face_depth_picture,
    infrared_picture,
    labelled,
)
from rise_edge.simulator.samples.presentation import Presentation
from rise_edge.simulator.samples.truth import SampleTruth
from rise_edge.simulator.species import SPECIES

SPECIES_NAMES = tuple(kind.name for kind in SPECIES)
_ROOM_AROUND = 1.55  # sides of the model's crop, so that hands and edges show


def gallery(
    *,
    domains: Sequence[str] = tuple(DOMAINS),
    species: Sequence[str] = SPECIES_NAMES,
    size: int = 120,
    seed: int = 0,
    difficulty: float = 0.3,
    labels: bool = True,
) -> Picture:
    """A picture u8 (H, W, 3) RGB: one row a species; colour, depth, infrared of each domain.

    Args:
        domains: names in `DOMAINS`.
        species: names in `SPECIES`.
        size: size of one cell in pixels.
        seed: seed of everything; the subject differs from row to row and from domain to domain.
        difficulty: difficulty of the attacks.
        labels: whether the names are written.

    Raises:
        ValueError: an unknown name.
    """
    columns = []
    for i, domain in enumerate(domains):
        cells = [
            _cell(seed + 31 * i + j, domain, name, 7 * seed + 5 * i + j, difficulty, size)
            for j, name in enumerate(species)
        ]
        column = np.vstack([labelled(c, "", 3) for c in cells])
        columns.append(labelled(column, domain) if labels else column)
    picture = np.hstack(columns)
    return np.hstack([_names(species, size), picture]) if labels else picture


def _cell(
    seed: int, domain: str, species: str, subject: int, difficulty: float, size: int
) -> Picture:
    """Colour, depth and infrared of one presentation, side by side."""
    one = Presentation(seed, domain=domain, species=species, subject=subject, difficulty=difficulty)
    frame = one.frame_at(one.presented_ms)
    truth = frame.truth
    assert isinstance(truth, SampleTruth)
    assert truth.keypoints is not None
    assert frame.colour is not None
    assert frame.depth is not None
    assert frame.infrared is not None
    square = face_square(truth.keypoints)
    side = square.side * _ROOM_AROUND
    centre = (square.cx, square.cy)
    colour = _cut(frame.colour.pixels, centre, side, size)
    depth = _cut(frame.depth.pixels, centre, side, size)
    infrared = _cut(frame.infrared.pixels, centre, side, size)
    return np.hstack(
        [colour, face_depth_picture(depth, truth.distance_mm), infrared_picture(infrared)]
    )


def _cut(pixels: NDArray[Any], centre: tuple[float, float], side: float, size: int) -> NDArray[Any]:
    """A square of an image at another size; black beyond its edges."""
    scale = size / side
    matrix = np.array(
        [[scale, 0, size / 2 - scale * centre[0]], [0, scale, size / 2 - scale * centre[1]]]
    )
    how = cv2.INTER_NEAREST if pixels.ndim == 2 and pixels.dtype == np.uint16 else cv2.INTER_AREA
    return np.asarray(cv2.warpAffine(pixels, matrix, (size, size), flags=how))


def _names(species: Sequence[str], size: int) -> Picture:
    """The species' names beside the rows, on two lines where they are long, under a legend."""
    strips = [labelled(np.empty((0, 112, 3), np.uint8), LEGEND.partition(",")[0])]
    for name in species:
        strip = np.full((size + 3, 112, 3), 24, np.uint8)
        for line, word in enumerate(name.replace("bona_fide", "bonafide").split("_")):
            text = word.replace("bonafide", "bona fide")
            cv2.putText(
                strip,
                text,
                (6, size // 2 - 8 + 18 * line),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.45,
                (230, 230, 230),
                1,
                cv2.LINE_AA,
            )
        strips.append(strip)
    return np.vstack(strips)
