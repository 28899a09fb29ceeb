"""Domains: where and with what a data set would have been recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rise_edge.simulator.backdrop import RoomKind
from rise_edge.simulator.rendering import Lighting
from rise_edge.simulator.sensors import SENSORS, Sensor, SensorCondition

Range = tuple[float, float]


@dataclass(frozen=True)
class LightKind:
    """Ranges from which a domain's light is drawn.

    Attributes:
        level: of all visible light together; cameras expose for faces, so 1 is usual.
        key_share: of the directional light in it.
        warmth: log ratio of red to blue; 0.3 = incandescent, -0.15 = shade.
        side, height: of the directional light: x and -y of its direction.
        infrared_share: near infrared against visible light: below 0.02 from white diodes, 0.5 and
            more from the sun and incandescent lamps (ASTM G173-03 has 0.7 of the 550 nm
            irradiance at 850 nm).
        illuminator: power of the camera's infrared light.
    """

    level: Range = (0.8, 1.15)
    key_share: Range = (0.3, 0.6)
    warmth: Range = (-0.1, 0.2)
    side: Range = (-0.8, 0.8)
    height: Range = (0.2, 0.8)
    infrared_share: Range = (0.01, 0.04)
    illuminator: Range = (0.85, 1.15)


@dataclass(frozen=True)
class ConditionKind:
    """Ranges from which a sensor's settings are drawn; see `SensorCondition`."""

    exposure: Range = (0.85, 1.2)
    balance: Range = (-0.06, 0.06)
    infrared_gain: Range = (0.85, 1.2)
    blur_px: Range = (0.4, 0.9)
    jpeg_quality: tuple[int, int] | None = (75, 95)
    shift_px: float = 1.0
    projector_dots: float = 1.0


@dataclass(frozen=True)
class Domain:
    """A sensor, a light, distances, a population, backgrounds and an attack mix.

    Attributes:
        name: as in `DOMAINS`.
        key: seeds it; never reused.
        sensor: name in `SENSORS`.
        population: name in `POPULATIONS`.
        distance_mm: range of the face's distance.
        yaw_deg, pitch_deg, roll_deg: standard deviations of the head's pose.
        light, condition, room: see there.
        species: attack species with their weights.
    """

    name: str
    key: int
    sensor: str
    population: str
    species: tuple[tuple[str, float], ...]
    distance_mm: Range = (350.0, 700.0)
    yaw_deg: float = 9.0
    pitch_deg: float = 6.0
    roll_deg: float = 4.0
    light: LightKind = field(default_factory=LightKind)
    condition: ConditionKind = field(default_factory=ConditionKind)
    room: RoomKind = field(default_factory=RoomKind)

    @property
    def device(self) -> Sensor:
        """The sensor."""
        return SENSORS[self.sensor]


def draw_lighting(kind: LightKind, rng: np.random.Generator) -> Lighting:
    """One light of a kind."""
    level, share = rng.uniform(*kind.level), rng.uniform(*kind.key_share)
    warmth = rng.uniform(*kind.warmth)
    tint = np.exp(np.array([warmth / 2, 0.0, -warmth / 2]))
    direction = np.array([rng.uniform(*kind.side), -rng.uniform(*kind.height), -0.65])
    direction /= np.linalg.norm(direction)
    ambient, key = level * (1 - share) * tint, 1.25 * level * share * tint
    infrared = rng.uniform(*kind.infrared_share)
    return Lighting(
        ambient=(float(ambient[0]), float(ambient[1]), float(ambient[2])),
        overhead=float(rng.uniform(0.2, 0.6)),
        key=(float(key[0]), float(key[1]), float(key[2])),
        key_direction=(float(direction[0]), float(direction[1]), float(direction[2])),
        ambient_infrared=float(infrared * level * (1 - share)),
        key_infrared=float(infrared * level * share * 1.25),
        illuminator=float(rng.uniform(*kind.illuminator)),
    )


def draw_condition(kind: ConditionKind, rng: np.random.Generator) -> SensorCondition:
    """One setting of a kind."""
    shifts = rng.uniform(-kind.shift_px, kind.shift_px, 4)
    balance = np.exp(rng.uniform(*kind.balance, 2))
    quality = kind.jpeg_quality
    return SensorCondition(
        exposure=float(rng.uniform(*kind.exposure)),
        red_gain=float(balance[0]),
        blue_gain=float(balance[1]),
        infrared_gain=float(rng.uniform(*kind.infrared_gain)),
        blur_px=float(rng.uniform(*kind.blur_px)),
        jpeg_quality=None if quality is None else int(rng.integers(quality[0], quality[1] + 1)),
        colour_shift_px=(float(shifts[0]), float(shifts[1])),
        infrared_shift_px=(float(shifts[2]), float(shifts[3])),
        projector_dots=bool(rng.random() < kind.projector_dots),
    )


_EVEN = (("flat_print", 1.0), ("replay_lcd", 1.0), ("rigid_mask", 1.0))

DOMAINS: dict[str, Domain] = {
    domain.name: domain for domain in (Domain("office", 1, "active_stereo", "mixed", _EVEN),)
}


def domain_named(name: str) -> Domain:
    """The domain of a name.

    Raises:
        ValueError: there is none.
    """
    if name not in DOMAINS:
        raise ValueError(f"expected a domain among {', '.join(DOMAINS)}, got {name!r}")
    return DOMAINS[name]
