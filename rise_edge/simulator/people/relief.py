"""Relief: the shape of a head as distances from its centre.

Two merged ellipsoids (skull and jaw) carry the features as smooth bumps placed in millimetres on
the face seen from the front. The shape is ours; its measures are those of `person.Person`.
"""

from __future__ import annotations

import cv2
import numpy as np

from rise_edge.simulator.people.atlas import Array, Atlas
from rise_edge.simulator.people.person import Person

EYE_Y = 0.0
MOUTH_Y = 67.0
CHIN_Y = 103.0
_DROP = 6.0  # what stands out from a sphere's centre also moves down


class Relief:
    """A head's shape while it is being modelled.

    Attributes:
        atlas: the map it is drawn on.
        radius_mm: f32, the distance for each direction.
        x, y, z: the bare skull's surface points, by which features are placed.
    """

    def __init__(self, person: Person, atlas: Atlas) -> None:
        self.atlas = atlas
        dx, dy, dz = atlas.directions()
        wide, long = person.width * person.scale, person.face_length * person.scale
        skull = _ellipsoid(
            (dx, dy, dz), (0, -24 * long, 10), (79 * wide, 92 * long, 98 * person.scale)
        )
        jaw = _ellipsoid(
            (dx, dy, dz),
            (0, 30 * long, -19),
            (71 * wide * person.jaw_width, 86 * long, 73 * person.scale),
        )
        self.radius_mm = _smooth_maximum(skull, jaw, 7.0)
        self.x, self.y, self.z = (d * self.radius_mm for d in (dx, dy, dz))
        self._edge = atlas.size // 2 - int(1.35 * atlas.texels)  # before the ears x grows
        self._columns = self.x[atlas.size // 2]
        self._rows = self.y[:, atlas.size // 2]

    def window(self, x: float, y: float, rx: float, ry: float) -> tuple[slice, slice]:
        """Texels that hold the rectangle x ± rx, y ± ry on the front of the face."""
        half = self._edge
        columns = self._columns[half:-half]
        rows = self._rows[half:-half]
        x0, x1 = np.searchsorted(columns, [x - 1.15 * rx - 3, x + 1.15 * rx + 3]) + half
        y0, y1 = np.searchsorted(rows, [y - 1.15 * ry - 3, y + 1.15 * ry + 3]) + half
        return slice(int(y0), int(y1)), slice(int(x0), int(x1))

    def bump(
        self, x: float, y: float, sx: float, sy: float, height_mm: float, tilt: float = 0.0
    ) -> None:
        """Add a Gaussian bump; `tilt` shears it, in mm down for each mm outwards from x."""
        at = self.window(x, y, 3 * sx, 3 * (sy + abs(tilt) * sx))
        u = self.x[at] - np.float32(x)
        v = self.y[at] - np.float32(y) - np.float32(tilt) * u
        weight = cv2.exp(-0.5 * ((u / np.float32(sx)) ** 2 + (v / np.float32(sy)) ** 2))
        self.radius_mm[at] += np.float32(height_mm) * weight

    def both(
        self, x: float, y: float, sx: float, sy: float, height_mm: float, tilt: float = 0.0
    ) -> None:
        """The same bump on both sides of the face."""
        self.bump(x, y, sx, sy, height_mm, tilt)
        self.bump(-x, y, sx, sy, height_mm, -tilt)


def model_face(relief: Relief, person: Person) -> None:
    """Brows, eyes, cheeks, nose, mouth, chin and ears."""
    k = person.relief
    eye = person.eye_distance_mm / 2
    relief.both(eye - 1, -person.brow_height_mm + 3, 17, 6, person.brow_ridge_mm * k)  # brow ridge
    relief.both(eye - 4, EYE_Y - 1, 15, 9, -7.5 * k)  # sockets
    relief.both(eye, EYE_Y, 10, 6.5, 5.0)  # eyeballs behind their lids
    relief.both(46, 27, 17, 12, 4.0 * person.cheekbones * k)
    relief.both(eye - 3, 17, 14, 6, -2.2 * k)  # the hollow under the eye
    relief.both(58, -22, 12, 22, -3.0)  # temples
    relief.bump(0, -52, 60, 18, -3.0)  # the forehead leans back
    relief.both(44, 58, 16, 20, person.fullness_mm)  # the cheek, hollow or full
    _nose(relief, person)
    _mouth(relief, person)
    relief.bump(0, CHIN_Y, 17, 9, person.chin_mm)
    relief.bump(0, 86, 17, 4, -2.5 * k)
    if person.hair.style != "long":  # else they are under the hair
        _ears(relief, person)


def _nose(relief: Relief, person: Person) -> None:
    length, half = person.nose_length_mm - _DROP, person.nose_width_mm / 2
    at = relief.window(0, length / 2, 34, length / 2 + 14)
    x, y = relief.x[at], relief.y[at]
    down = (y + 3) / np.float32(length)  # 0 at the root, 1 at the tip
    ridge = np.clip(down, 0, 1) ** np.float32(1.25)
    fall = np.clip((np.float32(length + 9) - y) / np.float32(14), 0, 1)
    fall = fall * fall * (3 - 2 * fall)
    spread = 5.5 + 3.5 * np.clip(down, 0, 1)
    cross = (
        cv2.exp(-0.5 * (x / spread) ** 2) * 0.8 + cv2.exp(-0.5 * (x / (1.9 * spread)) ** 2) * 0.2
    )
    relief.radius_mm[at] += np.float32(person.nose_protrusion_mm) * ridge * fall * cross
    relief.bump(0, -4, 9, 9, 3.0)  # root between the eyes
    relief.bump(0, 0.42 * length, 6, 7, person.nose_bump_mm)
    relief.both(half - 5, length - 2, 4.6, 5.2, 5.5)  # wings
    relief.both(half + 4, length + 1, 4, 7, -1.5)
    relief.both(6.5, length + 7.5, 3.2, 2.6, -3.0)  # nostrils


def _mouth(relief: Relief, person: Person) -> None:
    half, full = person.mouth_width_mm / 2, person.lip_fullness
    relief.bump(0, MOUTH_Y, 24, 16, 3.0)  # the teeth behind
    relief.bump(0, MOUTH_Y - 5, half * 0.62, 3.2 * full, 3.0 * full)
    relief.bump(0, MOUTH_Y + 6, half * 0.52, 3.8 * full, 4.0 * full)
    relief.bump(0, MOUTH_Y, half * 0.7, 1.3, -3.0)
    relief.bump(0, MOUTH_Y - 13, 2.6, 4.5, -1.2)  # philtrum
    relief.both(half + 2, MOUTH_Y + 1, 4, 4, -1.5)
    folds = 0.8 + 0.03 * max(0.0, person.age - 25)
    relief.both(30, MOUTH_Y - 15, 2.6, 15, -folds, tilt=0.0)


def _ears(relief: Relief, person: Person) -> None:
    """An oval bump with a hollow, above and below the ear's middle at the side of the head."""
    side = np.abs(relief.x) > 45
    y, z = (relief.y - 14) / 27, (relief.z - 14) / 15
    distance = np.sqrt(y * y + z * z)
    rim = np.clip((1.15 - distance) / 0.5, 0, 1)
    hollow = cv2.exp(-0.5 * ((relief.z - 9) / 6) ** 2 - 0.5 * ((relief.y - 14) / 12) ** 2)
    relief.radius_mm += np.where(side, person.ears_mm * rim - 5 * hollow, 0).astype(np.float32)


def _ellipsoid(
    direction: tuple[Array, Array, Array],
    centre: tuple[float, float, float],
    semi: tuple[float, float, float],
) -> Array:
    """Distance along each direction to an ellipsoid that holds the origin."""
    a = b = c = np.float32(0)
    for d, m, s in zip(direction, centre, semi, strict=True):
        a = a + d * d / np.float32(s * s)
        b = b + d * np.float32(m / (s * s))
        c = c + np.float32(m * m / (s * s))
    return np.asarray((b + np.sqrt(b * b - a * (c - np.float32(1)))) / a, np.float32)


def _smooth_maximum(one: Array, two: Array, k: float) -> Array:
    """The larger of two, blended over about k."""
    far = np.abs(one - two) / np.float32(k)
    return np.asarray(np.maximum(one, two) + np.float32(k) * np.log1p(cv2.exp(-far)), np.float32)
