"""Expression: eyes that look and blink, a mouth that smiles and speaks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from rise_edge.simulator.people.atlas import Array
from rise_edge.simulator.people.eyes import Look, paint_eye
from rise_edge.simulator.people.head import Head, encoded

_INSIDE = (0.06, 0.02, 0.02, 0.12)


@dataclass(frozen=True)
class Expression:
    """A face at one instant.

    Attributes:
        look: direction of the eyes.
        smile: -0.3 to 1.
        jaw_mm: how far the lower lip is down.
    """

    look: Look = field(default_factory=Look)
    smile: float = 0.0
    jaw_mm: float = 0.0


def express(head: Head, expression: Expression) -> Head:
    """The same head with an expression; a head without eyes of its own keeps its painted ones."""
    albedo, gloss = head.albedo.copy(), head.gloss.copy()
    for eye in head.eyes:
        colour, shine = paint_eye(eye, expression.look)
        albedo[eye.at] = encoded(colour)
        gloss[eye.at] = shine
    head = replace(head, albedo=albedo, gloss=gloss)
    if head.mobile_mouth and (abs(expression.smile) > 0.02 or expression.jaw_mm > 0.3):
        _move_mouth(head, expression)
    return head


def _move_mouth(head: Head, expression: Expression) -> None:
    """Warp the lower face of a head whose albedo and gloss may be written to."""
    middle, density = head.atlas.size // 2, np.float32(head.atlas.texels_per_mm)
    reach_x, reach_y = int(48 * density), int(34 * density)
    row = middle + int(head.mouth_row)
    at = slice(row - reach_y, row + reach_y), slice(middle - reach_x, middle + reach_x)
    v, u = np.mgrid[-reach_y:reach_y, -reach_x:reach_x].astype(np.float32) / density
    fade = np.clip(1 - (u / 46) ** 2, 0, 1) * np.clip(1 - (v / 33) ** 2, 0, 1)
    half = np.float32(head.person.mouth_width_mm / 2)
    corner = cv2.exp(-0.5 * ((np.abs(u) - half) / 13) ** 2 - 0.5 * (v / 12) ** 2)
    move_x = np.sign(u) * corner * np.float32(4.5 * expression.smile) * fade
    move_y = -corner * np.float32(4.0 * expression.smile) * fade
    below = np.clip(v / 3 + 0.5, 0, 1)
    lip = np.sqrt(np.clip(1 - (u / half) ** 2, 0, 1))
    move_y += below * lip * np.float32(expression.jaw_mm) * np.clip(1 - v / 33, 0, 1)
    x = np.asarray(u - move_x, np.float32) * density + np.float32(reach_x)
    y = np.asarray(v - move_y, np.float32) * density + np.float32(reach_y)
    for picture in (head.albedo, head.gloss):
        picture[at] = cv2.remap(
            picture[at].copy(), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    if expression.jaw_mm > 1:
        _open(head, at, v, lip, expression.jaw_mm)


def _open(head: Head, at: tuple[slice, slice], v: Array, lip: Array, jaw_mm: float) -> None:
    """The dark of the open mouth."""
    inside = np.clip(v + 0.5, 0, 1) * np.clip(jaw_mm * 0.85 * lip - v, 0, 1)
    dark = encoded(np.array(_INSIDE, np.float32)[None, None])
    patch = head.albedo[at].astype(np.float32)
    patch += inside[..., None] * (dark - patch)
    head.albedo[at] = patch.astype(np.uint8)
