"""Bodies: neck, shoulders, long hair, hands and forearms around a head or a held thing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rise_edge.simulator.people import Person, skin
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.ellipsoid import Ellipsoid
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator, smooth_noise

Material = tuple[float, float, float, float]


def skin_of(person: Person) -> Material:
    """A person's plain skin."""
    return skin.plain(person.melanin, person.haemoglobin)


def cloth_of(rng: np.random.Generator) -> Material:
    """A fabric. Its near-infrared reflectance tells little of its colour.

    Most dyes for cotton and wool, black ones too, hardly absorb at 850 nm, so that dark clothes
    look pale there (Haran 2009, doi:10.1039/9781847559371); carbon-black pigment stays dark.
    """
    value, tint = rng.uniform(0.02, 0.6), rng.normal(0, 0.25, 3)
    colour = np.clip(value * np.exp(tint), 0.01, 0.75)
    infrared = rng.uniform(0.35, 0.75) if rng.random() < 0.8 else rng.uniform(0.03, 0.2)
    return float(colour[0]), float(colour[1]), float(colour[2]), float(infrared)


def body(
    person: Person,
    head: Pose,
    seed: int,
    *,
    long_hair: bool = True,
    plastic: tuple[Material, float] | None = None,
) -> list[Shape]:
    """Neck, shoulders, clothes and long hair under a head at a pose; `seed` chooses clothes.

    Args:
        person: person whose body.
        head: pose of the head.
        seed: chooses the clothes.
        long_hair: whether hair may hang down.
        plastic: material and gloss of a dummy's neck; None = skin.
    """
    rng = generator(seed, 11)
    cloth = cloth_of(rng)
    size = person.scale
    facing = np.degrees(np.arctan2(-head.rotation[0, 2], head.rotation[2, 2]))
    x, y, z = head.translation_mm
    high = float(rng.uniform(20, 75))  # shoulders are drawn up more or less
    trunk = turned(0.4 * facing, at_mm=(x, y + 330 * size - high, z + 62))
    neck = turned(0.4 * facing, -12, at_mm=(x, y + 122 * size, z + 36))
    arm = 188 * size
    side = trunk.rotation[:, 0] * arm
    neck_semi, chin = (58 * size, 110.0, 56 * size), _chin_shadow()
    shapes: list[Shape] = [
        Ellipsoid(neck, neck_semi, *plastic, texture=chin, texels_per_mm=0.5)
        if plastic
        else Ellipsoid(neck, neck_semi, skin_of(person), 0.05, 0.3, chin, 0.5),
        Ellipsoid(
            trunk,
            (205 * size, 178, 105),
            cloth,
            0.0,
            texture=_weave(seed % 8),
            texels_per_mm=0.6,
        ),
        # What slopes from the neck to the shoulders.
        Ellipsoid(
            Pose(trunk.rotation, trunk.translation_mm - np.array([0, 150 * size, -8])),
            (130 * size, 56, 66),
            cloth,
            0.0,
            texture=_weave(seed % 8),
            texels_per_mm=0.6,
        ),
    ]
    for sign in (-1, 1):
        at = trunk.translation_mm + sign * side + np.array([0, 130, 0])
        shapes.append(Ellipsoid(Pose(trunk.rotation, at), (62, 240, 70), cloth, 0.0))
    shapes += _around_the_neck(rng, head, cloth, size)
    if long_hair and person.hair.style == "long":
        shapes += _long_hair(person, head)
    return shapes


def _around_the_neck(
    rng: np.random.Generator, head: Pose, cloth: Material, size: float
) -> list[Shape]:
    """A collar, a scarf, a hood, or nothing."""
    draw, other = rng.random(), cloth_of(rng)
    x, y, z = head.translation_mm

    def piece(
        down: float, back: float, semi: tuple[float, float, float], colour: Material
    ) -> list[Shape]:
        weave = _weave(int(rng.integers(8)))
        at = turned(at_mm=(x, y + down * size, z + back))
        return [Ellipsoid(at, semi, colour, 0.0, texture=weave, texels_per_mm=0.6)]

    if draw < 0.30:
        return piece(146, 44, (80 * size, 30, 70), cloth)  # a collar
    if draw < 0.42:
        return piece(138, 44, (98 * size, 42, 84), other)  # a scarf
    if draw < 0.50:  # a hood behind the head, over the ears
        hood = Pose(head.rotation, head.translation_mm + head.rotation @ np.array([0, -18, 62]))
        return [
            Ellipsoid(hood, (118 * size, 142, 92), cloth, 0.0, texture=_weave(1), texels_per_mm=0.6)
        ]
    return []


def _long_hair(person: Person, head: Pose) -> list[Shape]:
    """Hair that falls behind the neck and, on some, hangs in beside the face."""
    hair, size = (*person.hair.colour, person.hair.infrared), person.scale

    def lock(at: tuple[float, float, float], semi: tuple[float, float, float]) -> Shape:
        place = Pose(head.rotation, head.translation_mm + head.rotation @ np.array(at))
        return Ellipsoid(place, semi, hair, 0.08, texture=_strands(), texels_per_mm=1)

    shapes = [lock((0, 55, 48), (92 * size, 150, 62))]
    if person.hair.curtain_mm > 0:
        width = 16 + person.hair.curtain_mm
        shapes += [lock((side * 78 * size, 50, -2), (width, 135, 40)) for side in (-1, 1)]
    return shapes


def dummy_body(head: Pose, material: Material, gloss: float) -> list[Shape]:
    """Neck and shoulders of a shop-window dummy, in one material."""
    x, y, z = head.translation_mm
    neck = turned(0, -8, at_mm=(x, y + 130, z + 30))
    trunk = turned(at_mm=(x, y + 350, z + 55))
    return [
        Ellipsoid(neck, (47, 115, 48), material, gloss),
        Ellipsoid(trunk, (195, 180, 95), material, gloss),
    ]


def holding_hand(person: Person, grip: Pose, side: int, seed: int) -> list[Shape]:
    """A hand that holds a thing at its edge: the thumb in front, the palm, the forearm.

    Args:
        person: person whose hand.
        grip: x out of the held thing (to the side), y down, z away from the camera.
        side: -1 = at the image's left, 1 = right.
        seed: chooses the sleeve.
    """
    rng = generator(seed, 12)
    material = skin_of(person)
    cloth = cloth_of(generator(seed, 11))

    def part(
        x: float,
        y: float,
        z: float,
        semi: tuple[float, float, float],
        roll: float,
        colour: Material = material,
    ) -> Ellipsoid:
        place = grip @ turned(0, 0, side * roll, (side * x, y, z))
        return Ellipsoid(place, semi, colour, 0.05, softness=0.3 if colour is material else 0.0)

    tilt = float(rng.uniform(-10, 25))
    return [
        part(-9, -8, -10, (10, 27, 9), -58 + tilt),  # thumb
        part(18, 14, 4, (27, 36, 17), -20 + tilt),  # palm
        part(52, 105, 30, (30, 110, 30), -28, material if rng.random() < 0.3 else cloth),
    ]


@lru_cache(maxsize=1)
def _chin_shadow() -> Array:
    """The neck is darker under the chin: factors on the albedo, 2 mm a texel."""
    y = (np.arange(128, dtype=np.float32) - 64) * 2
    rows = 1 - 0.6 * np.clip((75 - y) / 75, 0, 1)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None], (128, 128)), np.float32)


@lru_cache(maxsize=8)
def _weave(kind: int) -> Array:
    """Folds and, on some clothes, stripes: factors on the albedo."""
    rng = generator(kind, 13)
    folds = 1 + 0.10 * smooth_noise(rng, (256, 256), 5, octaves=3)
    if kind % 3 == 0:
        stripes = np.sin(np.arange(256, dtype=np.float32) * (2 * np.pi / 32))
        folds *= 1 + 0.35 * np.sign(stripes)[:, None] * float(rng.uniform(0.3, 1))
    return np.asarray(np.clip(folds, 0.4, 1.6), np.float32)


@lru_cache(maxsize=1)
def _strands() -> Array:
    rng = generator(14)
    columns = np.repeat(rng.standard_normal((1, 256), dtype=np.float32), 256, axis=0)
    return np.asarray(np.clip(1 + 0.3 * columns, 0.4, 1.8), np.float32)
