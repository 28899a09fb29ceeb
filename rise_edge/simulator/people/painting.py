"""Painting: what a head's surface reflects, drawn on the atlas."""

from __future__ import annotations

import cv2
import numpy as np

from rise_edge.simulator.people import skin
from rise_edge.simulator.people.atlas import Array
from rise_edge.simulator.people.person import Person
from rise_edge.simulator.people.relief import MOUTH_Y, Relief
from rise_edge.simulator.seeds import generator, smooth_noise

SKIN_GLOSS = 0.028 * 4  # Fresnel reflection of skin at 1.4 is 0.028; oil and sheen: four times
HAIR_GLOSS = 0.10


class Painting:
    """A head's reflectances while they are being painted.

    Attributes:
        albedo: f32 (S, S, 4), linear red, green, blue, near infrared.
        gloss: f32 (S, S), mirror-like share.
    """

    def __init__(self, relief: Relief, person: Person) -> None:
        self.relief = relief
        self.person = person
        rng = generator(person.seed, 1)
        shape = relief.atlas.shape
        blotches = smooth_noise(rng, shape, 9, octaves=4)
        grain = smooth_noise(rng, shape, 110)
        self.grain = grain
        melanin = person.melanin + 0.035 * blotches + 0.018 * grain
        if person.freckles > 0.02:
            spots = np.clip(smooth_noise(rng, shape, 75) - 1.1, 0, 1)
            melanin = melanin + np.float32(0.3 * person.freckles) * spots * (relief.y < 60)
        blood = np.full(shape, person.haemoglobin, np.float32) - 0.05 * blotches
        self._flush(blood)
        self.albedo = skin.reflectance(
            np.asarray(np.clip(melanin, 0, 1.15), np.float32),
            np.asarray(np.clip(blood, 0, 2.5), np.float32),
        )
        oil = smooth_noise(rng, shape, 12, octaves=2)
        self.gloss = np.asarray(SKIN_GLOSS * np.clip(1 + 0.25 * oil, 0.3, 2), np.float32)

    def _flush(self, blood: Array) -> None:
        """More blood in cheeks, nose, lips' surroundings and ears."""
        for x, y, sx, sy, amount in (
            (42, 32, 17, 14, 0.35),
            (-42, 32, 17, 14, 0.35),
            (0, 38, 13, 12, 0.4),
            (0, MOUTH_Y, 30, 12, 0.2),
            (0, 100, 14, 10, 0.15),
        ):
            at = self.relief.window(x, y, 3 * sx, 3 * sy)
            blood[at] += amount * _spot(self.relief, at, x, y, sx, sy)

    def blend(self, at: tuple[slice, slice], weight: Array, albedo: tuple[float, ...]) -> None:
        """Cover a window by a reflectance (4 values) where `weight` is 1."""
        self.albedo[at] += weight[..., None] * (np.array(albedo, np.float32) - self.albedo[at])

    def dim(self, at: tuple[slice, slice], weight: Array) -> None:
        """Multiply a window's reflectances by 1 - weight."""
        self.albedo[at] *= (1 - weight)[..., None]


def _spot(
    relief: Relief, at: tuple[slice, slice], x: float, y: float, sx: float, sy: float
) -> Array:
    u, v = (relief.x[at] - np.float32(x)) / np.float32(sx), (relief.y[at] - y) / np.float32(sy)
    return np.asarray(cv2.exp(-0.5 * (u * u + v * v)), np.float32)


def step(value: Array, softness: float) -> Array:
    """0 below, 1 above zero, with a ramp `softness` wide."""
    return np.asarray(np.clip(value / np.float32(softness) + np.float32(0.5), 0, 1), np.float32)


def paint_lips(painting: Painting) -> None:
    """Lips: thin skin, so more blood; the line between them; shine of the lower one."""
    person, relief = painting.person, painting.relief
    half, full = person.mouth_width_mm / 2, person.lip_fullness
    at = relief.window(0, MOUTH_Y, half + 6, 22)
    u, v = relief.x[at] / np.float32(half), relief.y[at] - np.float32(MOUTH_Y)
    arch = np.sqrt(np.clip(1 - u * u, 0, 1))
    bow = 1 - 0.25 * cv2.exp(-0.5 * (u / 0.1) ** 2)
    upper = step(v + 8.0 * full * arch * bow, 2.0) * step(-v + 0.5, 2.0)
    lower = step(11.0 * full * arch - v, 2.5) * step(v - 0.5, 2.0)
    inside = step(1 - np.abs(u), 0.12)
    colour = skin.plain(0.75 * person.melanin + 0.06, person.haemoglobin + person.lip_colour)
    cover = np.asarray(np.maximum(upper, lower) * inside * 0.8, np.float32)
    painting.blend(at, cover, colour)
    painting.dim(at, np.asarray(0.25 * upper * inside, np.float32))
    line = cv2.exp(-0.5 * (v / 1.1) ** 2) * inside
    painting.dim(at, np.asarray(0.75 * line, np.float32))
    painting.gloss[at] += 0.10 * lower * inside


def paint_under_eyes(painting: Painting) -> None:
    """The skin under the eyes is thin: what is under it makes it darker, in infrared too."""
    person, relief = painting.person, painting.relief
    for side in (-1, 1):
        x, y = side * (person.eye_distance_mm / 2 - 1), 15.0
        at = relief.window(x, y, 40, 20)
        painting.dim(at, (0.065 + 0.001 * person.age) * _spot(relief, at, x, y, 13, 6))


def paint_nostrils(painting: Painting) -> None:
    """Dark holes under the wings of the nose, and the crease above the wings."""
    person, relief = painting.person, painting.relief
    y = person.nose_length_mm + 1.0
    for side in (-1, 1):
        x = side * person.nose_width_mm * 0.21
        at = relief.window(x, y, 12, 8)
        painting.dim(at, 0.85 * _spot(relief, at, x, y, 3.6, 1.9))
        x = side * (person.nose_width_mm / 2 + 1)
        at = relief.window(x, y - 6, 8, 18)
        painting.dim(at, 0.22 * _spot(relief, at, x, y - 6, 1.8, 5.5))
        at = relief.window(side * 31, MOUTH_Y - 14, 14, 34)
        fold = 0.10 + 0.003 * max(0.0, person.age - 25)
        slope = relief.x[at] - side * (31 + 0.35 * (relief.y[at] - MOUTH_Y + 14))
        along = cv2.exp(-0.5 * ((relief.y[at] - MOUTH_Y + 14) / 12) ** 2)
        painting.dim(at, np.asarray(fold * cv2.exp(-0.5 * (slope / 1.8) ** 2) * along, np.float32))


def paint_brows(painting: Painting) -> None:
    """Brows: arched strokes of hair."""
    person, relief = painting.person, painting.relief
    for side in (-1, 1):
        x = side * (person.eye_distance_mm / 2 + 1)
        y = -person.brow_height_mm
        at = relief.window(x, y, 24, 16)
        u = side * (relief.x[at] - x) / np.float32(22)
        arch = y + person.brow_arch_mm * (u - 0.25) ** 2 - 1.5 - 20 * u * person.eye_slant
        thickness = person.brow_thickness_mm / 2 * (1.15 - 0.55 * np.clip(u + 0.3, -0.5, 1))
        body = step(thickness - np.abs(relief.y[at] - arch), 2.5) * step(1 - np.abs(u), 0.35)
        strands = 0.72 + 0.22 * painting.grain[at]
        colour = np.minimum(np.array(person.hair.colour) * 0.8, 0.16)
        painting.blend(
            at,
            np.asarray(np.clip(body * strands, 0, 0.95), np.float32),
            (*(float(c) for c in colour), min(person.hair.infrared, 0.3)),
        )


def paint_hair(painting: Painting, relief: Relief) -> None:
    """Hair of the head and the beard: colour on the atlas, and volume on the relief."""
    person, rng = painting.person, generator(painting.person.seed, 2)
    shape = relief.atlas.shape
    strands = cv2.resize(
        rng.standard_normal((24, 150), dtype=np.float32), shape, interpolation=cv2.INTER_LINEAR
    ) * np.float32(0.6) + 0.5 * smooth_noise(rng, shape, 14, octaves=2)
    clumps = smooth_noise(rng, shape, 40)
    hair = _hair_mask(person, relief, strands)
    if hair is not None:
        soft = relief.atlas.blurred(hair, 3.0)
        _cover(painting, np.minimum(np.maximum(hair, 2.5 * soft), 1), strands)
        relief.radius_mm += soft * (person.hair.volume_mm * (1 + 0.06 * strands + 0.12 * clumps))
    beard = _beard_mask(person, relief, painting.grain)
    if beard is not None:
        _cover(painting, np.float32(0.9) * beard, strands)
        relief.radius_mm += relief.atlas.blurred(beard, 2.5) * np.float32(4 * person.beard)


def _cover(painting: Painting, mask: Array, strands: Array) -> None:
    """Hair of the person's colour where the mask is 1."""
    hair = painting.person.hair
    shade = np.clip(1 + np.float32(0.28) * strands, 0.4, 1.8)
    for c, value in enumerate((*hair.colour, hair.infrared)):
        channel = painting.albedo[..., c]
        channel += mask * (np.float32(value) * shade - channel)
    painting.gloss += mask * (np.float32(HAIR_GLOSS) - painting.gloss)


_HAIRLINE_DEG = (0, 22, 40, 52, 62, 70, 78, 95, 110, 130, 180)
_HAIRLINE_Y = (-68, -66, -56, -34, -8, 12, -4, 0, 40, 66, 72)


def _hair_mask(person: Person, relief: Relief, strands: Array) -> Array | None:
    if person.hair.style == "bald":
        return None
    line = np.array(_HAIRLINE_Y, np.float32)
    if person.hair.style == "receding":
        line[:4] -= (26, 34, 32, 14)
    if person.hair.style == "long":
        line[5:] += (30, 60, 70, 60, 40, 40)
        line[4] += 10
    line[:4] += person.hair.fringe_mm * np.array([1, 1, 0.8, 0.4], np.float32)
    azimuth = np.linspace(0, 180, 361)
    table = np.interp(azimuth, _HAIRLINE_DEG, line).astype(np.float32)
    edge = table[np.minimum(relief.atlas.azimuth_deg() * 2, 360).astype(np.int32)]
    ear = np.clip(1.5 - np.hypot((relief.y - 14) / 30, (relief.z - 14) / 17), 0, 0.5) * 2
    bare = np.where(person.hair.style == "long", 0, ear * (np.abs(relief.x) > 45))
    return step(edge - relief.y + 2.2 * strands, 6.0) * np.asarray(1 - bare, np.float32)


def _beard_mask(person: Person, relief: Relief, grain: Array) -> Array | None:
    if person.beard <= 0:
        return None
    x, y = np.abs(relief.x), relief.y
    half = person.mouth_width_mm / 2
    beard = step(y - (78 - 0.9 * np.maximum(x - half, 0)), 8.0)
    moustache = step(6.5 - np.abs(y - (MOUTH_Y - 9.5 + 0.004 * x * x)), 4) * step(half + 3 - x, 6)
    lips = step(11 * person.lip_fullness - np.abs(y - MOUTH_Y - 2), 3) * step(half - 2 - x, 8)
    mask = np.maximum(beard, moustache) * (1 - lips) * (relief.z < 40)
    density = np.clip(person.beard * (0.9 + 0.3 * grain), 0, 1)
    return np.asarray(mask * density, np.float32)
