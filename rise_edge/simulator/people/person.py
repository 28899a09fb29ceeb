"""Person: the traits of one subject, all drawn from the subject's number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rise_edge.simulator.seeds import generator


@dataclass(frozen=True)
class Population:
    """From whom the subjects of a domain come.

    Attributes:
        key: seeds the population's subjects; two populations share nobody.
        melanin: range of skin melanin, 0 = palest, 1 = darkest.
        age: range in years.
        long_hair: share of people with long hair.
        beard: share of men with a beard.
    """

    key: int
    melanin: tuple[float, float] = (0.0, 1.0)
    age: tuple[float, float] = (18.0, 70.0)
    long_hair: float = 0.45
    beard: float = 0.5


POPULATIONS: dict[str, Population] = {
    "mixed": Population(1),
    "northern": Population(2, melanin=(0.0, 0.4), beard=0.55),
    "southern": Population(3, melanin=(0.35, 1.0)),
    "eastern": Population(4, melanin=(0.1, 0.5), beard=0.2),
    "young": Population(5, melanin=(0.0, 0.8), age=(18.0, 30.0), long_hair=0.55, beard=0.3),
    "coastal": Population(7, melanin=(0.15, 0.85), beard=0.4),
    "urban": Population(8, melanin=(0.0, 0.9), age=(18.0, 60.0), long_hair=0.5, beard=0.4),
    "elderly": Population(6, melanin=(0.0, 0.9), age=(55.0, 85.0), long_hair=0.25),
}


@dataclass(frozen=True)
class Hair:
    """The hair of the head.

    Attributes:
        style: "short", "long", "receding" or "bald".
        colour: linear.
        infrared: reflectance at 850 nm: see `_hair`.
        volume_mm: how far it lies out from the head.
        fringe_mm: how far it falls over the forehead.
        curtain_mm: how far long hair hangs in beside the face; 0 = behind the ears.
    """

    style: str
    colour: tuple[float, float, float]
    infrared: float
    volume_mm: float
    fringe_mm: float
    curtain_mm: float


@dataclass(frozen=True)
class Person:
    """One subject. Lengths in millimetres on an upright head, seen from the front.

    Widths, heights and distances vary about the means that Farkas (Anthropometry of the Head and
    Face, 1994) gives for adults: bizygomatic width 130-137, face height nasion to chin 112-121,
    distance of the pupils 60-65, nose height 49-53 and width 31-35, mouth width 50-53.

    Attributes:
        name: unique among all populations.
        seed: for textures that belong to the person.
        melanin, haemoglobin: 0 to 1.
        scale, width, jaw_width, face_length: factors on the mean head.
        relief: how strongly the features stand out, about 1.
        iris: linear colour.
        beard, freckles: 0 = none to 1.
    """

    name: str
    seed: int
    melanin: float
    haemoglobin: float
    age: float
    scale: float
    width: float
    jaw_width: float
    face_length: float
    relief: float
    brow_ridge_mm: float
    eye_distance_mm: float
    eye_width_mm: float
    eye_opening_mm: float
    eye_slant: float
    brow_height_mm: float
    brow_thickness_mm: float
    brow_arch_mm: float
    nose_length_mm: float
    nose_protrusion_mm: float
    nose_width_mm: float
    nose_bump_mm: float
    mouth_width_mm: float
    lip_fullness: float
    lip_colour: float
    cheekbones: float
    fullness_mm: float
    chin_mm: float
    ears_mm: float
    iris: tuple[float, float, float]
    hair: Hair
    beard: float
    freckles: float


_IRISES = ((0.05, 0.03, 0.02), (0.09, 0.05, 0.025), (0.16, 0.11, 0.05), (0.13, 0.19, 0.26))


@lru_cache(maxsize=4096)
def person_of(subject: int, population: str) -> Person:
    """The person behind a subject's number; always the same one."""
    cohort = POPULATIONS[population]
    rng = generator(cohort.key, subject, 101)
    low, high = cohort.melanin
    melanin = float(low + (high - low) * rng.beta(1.1, 1.5))
    age = float(cohort.age[0] + (cohort.age[1] - cohort.age[0]) * rng.beta(1.3, 1.8))
    woman = rng.random() < 0.5
    w = 1.0 if woman else 0.0
    return Person(
        name=f"{population}-{subject}",
        seed=int(rng.integers(2**31)),
        melanin=melanin,
        haemoglobin=float(rng.uniform(0.2, 0.9)),
        age=age,
        scale=_about(rng, 1.015 - 0.04 * w, 0.03),
        width=_about(rng, 1.03, 0.05),
        jaw_width=_about(rng, 1.03 - 0.06 * w, 0.07),
        face_length=_about(rng, 1.0, 0.045),
        relief=_about(rng, 1.0, 0.12),
        brow_ridge_mm=_about(rng, 5.5 - 3.0 * w, 1.2),
        eye_distance_mm=_about(rng, 64.5 - 1.5 * w, 2.8),
        eye_width_mm=_about(rng, 29.5, 1.5),
        eye_opening_mm=_about(rng, 10.6 + 1.2 * w - 0.02 * (age - 40), 1.2),
        eye_slant=_about(rng, 0.05, 0.06),
        brow_height_mm=_about(rng, 18.0 + 2.0 * w, 1.8),
        brow_thickness_mm=_about(rng, 7.0 - 2.8 * w, 1.2),
        brow_arch_mm=_about(rng, 4.0 + 2.5 * w, 2.0),
        nose_length_mm=_about(rng, 47.0 - 2.0 * w, 3.4),
        nose_protrusion_mm=_about(rng, 26.5 - 1.5 * w, 2.8),
        nose_width_mm=_about(rng, 34.0 - 2.0 * w + 4 * melanin, 2.8),
        nose_bump_mm=_about(rng, 0.5 - 0.7 * w, 1.1),
        mouth_width_mm=_about(rng, 51.0, 3.4),
        lip_fullness=_about(rng, 0.82 + 0.22 * w + 0.35 * melanin, 0.18),
        lip_colour=_about(rng, 1.05 + 0.5 * w, 0.3),
        cheekbones=_about(rng, 1.0, 0.6),
        fullness_mm=_about(rng, 2.0, 2.0),
        chin_mm=_about(rng, 8.5 - 2.5 * w, 2.5),
        ears_mm=_about(rng, 15.0, 3.0),
        iris=_iris(rng, melanin),
        hair=_hair(rng, cohort, melanin, age, woman),
        beard=float(rng.uniform(0.35, 1.0)) if not woman and rng.random() < cohort.beard else 0.0,
        freckles=float(max(0.0, rng.normal(0.1, 0.3)) * (1 - melanin)),
    )


def _about(rng: np.random.Generator, mean: float, deviation: float) -> float:
    """A normal draw cut at two deviations: nobody is a monster."""
    return float(mean + deviation * np.clip(rng.normal(), -2.0, 2.0))


def _iris(rng: np.random.Generator, melanin: float) -> tuple[float, float, float]:
    lightest = len(_IRISES) if melanin < 0.35 else 2
    return _IRISES[int(rng.integers(lightest))]


def _hair(
    rng: np.random.Generator, cohort: Population, melanin: float, age: float, woman: bool
) -> Hair:
    """Grey with age, blond and red only with little melanin.

    Near-infrared reflectance falls with eumelanin. A head of hair is rough and traps light, so
    it lies below a single strand's. The values are ours, set by eye to recordings in which black
    hair is nearly black under the 860 nm light of a Kinect v2.
    """
    style = "short"
    draw = rng.random()
    if draw < cohort.long_hair * (1.7 if woman else 0.3):
        style = "long"
    elif not woman and draw > 0.94 - 0.4 * max(0.0, (age - 35) / 50):
        style = "bald" if rng.random() < 0.5 else "receding"
    darkness = float(np.clip(rng.beta(1.2, 1.2) + 1.6 * melanin, 0.0, 1.0))
    grey = float(np.clip((age - 55) / 25 + rng.normal(0, 0.2), 0.0, 0.95))
    red = float(rng.uniform(0.7, 1.3))
    light = np.array([0.36, 0.24 / red, 0.11 / red])
    dark = np.array([0.022, 0.016, 0.013])
    colour = light ** (1 - darkness) * dark**darkness
    colour = (1 - grey) * colour + grey * np.array([0.38, 0.37, 0.36])
    return Hair(
        style=style,
        colour=(float(colour[0]), float(colour[1]), float(colour[2])),
        infrared=float(0.28 - 0.21 * darkness * (1 - grey) + rng.uniform(-0.02, 0.02)),
        volume_mm=float(rng.uniform(8, 24) + (6 if style == "long" else 0)),
        fringe_mm=float(rng.uniform(8, 34)) if rng.random() < 0.45 else 0.0,
        curtain_mm=float(rng.uniform(6, 22)) if style == "long" and rng.random() < 0.6 else 0.0,
    )
