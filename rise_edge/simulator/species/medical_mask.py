"""Medical masks: fleece over nose, mouth and chin.

Polypropylene fleece is white in near infrared whatever its dye.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from rise_edge.simulator.people import Atlas, Head, Person, head_of
from rise_edge.simulator.people.head import encoded, normals_of, openness_of, outline_of
from rise_edge.simulator.people.painting import step
from rise_edge.simulator.seeds import generator

_COLOURS = ((0.42, 0.62, 0.75), (0.75, 0.77, 0.78), (0.03, 0.03, 0.035), (0.35, 0.55, 0.5))


@lru_cache(maxsize=2)
def with_medical_mask(person: Person, make: int, atlas: Atlas) -> Head:
    """A person's head with a mask; `make` chooses which."""
    rng = generator(person.seed, make, 55)
    colour = _COLOURS[int(rng.integers(len(_COLOURS)))]
    cloth = (*colour, float(rng.uniform(0.75, 0.88)))
    return _covered(head_of(person, atlas), cloth, top_mm=26.0, thickness_mm=4.0)


def _covered(
    head: Head, cloth: tuple[float, float, float, float], top_mm: float, thickness_mm: float
) -> Head:
    """The head with a mask of cloth from the bridge of the nose to under the chin.

    Args:
        head: head whose lower face is covered.
        cloth: its reflectance: red, green, blue, near infrared.
        top_mm: upper edge, below the eyes.
        thickness_mm: how far it stands off the tips of nose and chin.
    """
    atlas = head.atlas
    x, y, z = (d * head.radius_mm for d in atlas.directions())
    rise = np.float32(0.0035) * x * x  # the edge runs down to the ears
    inside = step(y - np.float32(top_mm) - rise + 8, 2.0) * step(np.float32(112) - y, 2.0)
    inside *= step(-z - 8, 4.0) * (np.abs(x) < 72)
    reach = 2 * round(12 * atlas.texels_per_mm) + 1
    stretched = cv2.dilate(head.radius_mm, np.ones((reach, reach), np.uint8))
    tent = np.float32(0.35) * atlas.blurred(np.asarray(stretched, np.float32), 9)
    tent = np.maximum(tent + np.float32(0.65) * head.radius_mm, head.radius_mm)
    tent = atlas.blurred(np.asarray(tent, np.float32), 4)
    pleats = np.float32(1.2) * np.sin(y * np.float32(2 * np.pi / 17))
    radius = head.radius_mm + inside * (tent + pleats + np.float32(thickness_mm) - head.radius_mm)
    straps = step(1.6 - abs(y - top_mm + 4 - 0.35 * (z + 8)), 1.5)
    straps = np.maximum(straps, step(1.6 - abs(y - 62 + 0.7 * (z + 8)), 1.5))
    straps = straps * (np.abs(x) > 50) * step(14 - z, 2.0) * step(z + 10, 2.0)
    cover = np.asarray(np.maximum(inside, straps), np.float32)[..., None]
    albedo = (head.albedo.astype(np.float32) / np.float32(255)) ** 2
    albedo += cover * (np.array(cloth, np.float32) - albedo)
    radius = np.asarray(radius, np.float32)
    return replace(
        head,
        radius_mm=radius,
        relief=np.dstack([*normals_of(radius, atlas), openness_of(radius, atlas)]),
        albedo=encoded(albedo),
        gloss=np.asarray(head.gloss * (1 - cover[..., 0]) + 0.02 * cover[..., 0], np.float32),
        outline_mm=outline_of(radius, atlas),
        mobile_mouth=False,
    )
