"""Domains: where and with what a data set would have been recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from rise_edge.simulator.backdrop import RoomKind
from rise_edge.simulator.rendering import Lighting
from rise_edge.simulator.samples.synergy import correlated_pair
from rise_edge.simulator.sensors import SENSORS, Sensor, SensorCondition

Range = tuple[float, float]


@dataclass(frozen=True)
class LightKind:
    """Ranges from which a domain's light is drawn.

    Attributes:
        level: level of all visible light together; cameras expose for faces, so 1 is usual.
        key_share: key share of the directional light in it.
        warmth: log ratio of red to blue; 0.3 = incandescent, -0.15 = shade.
        side, height: side of the directional light: x and -y of its direction.
        frontal: -z of that direction, against side and height.
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
    frontal: float = 0.65
    infrared_share: Range = (0.01, 0.04)
    illuminator: Range = (0.85, 1.15)


@dataclass(frozen=True)
class ConditionKind:
    """Ranges from which a sensor's settings are drawn; see `SensorCondition`."""

    exposure: Range = (0.62, 1.75)
    colour_gain: float = 1.0
    balance: Range = (-0.06, 0.06)
    infrared_gain: Range = (0.55, 1.7)
    blur_px: Range = (0.4, 0.9)
    jpeg_quality: tuple[int, int] | None = (75, 95)
    shift_px: float = 1.0
    projector_dots: float = 1.0
    sharpening: Range = (0.0, 0.0)


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
        attack_quality: how much better instruments are here than `difficulty` says.
        use: `training` and leave-one-out; `tuning`, where choices are made that have to hold in
            domains not seen; `held_back`, where no model that this project ships or tunes learns
            or is chosen.
        synergy_sign: see `synergy.py`.
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
    attack_quality: float = 0.0
    use: Literal["training", "tuning", "held_back"] = "training"

    @property
    def synergy_sign(self) -> int:
        """Direction of the spurious correlation here."""
        return 1 if self.use == "training" else -1

    @property
    def device(self) -> Sensor:
        """The sensor."""
        return SENSORS[self.sensor]


# Where the projector or flood light sits beside the imager that gives the infrared picture, in
# millimetres. Time-of-flight modules keep it close; stereo and structured light need a baseline.
_ILLUMINATORS: dict[str, tuple[float, float]] = {
    "active_stereo": (30.0, 0.0),
    "structured_light": (-26.0, 0.0),
    "time_of_flight": (9.0, 4.0),
    "kinect_v2": (-70.0, 0.0),
    "d435": (30.0, 0.0),
    "astra": (-40.0, 0.0),
    "truedepth": (12.0, 0.0),
}


def draw_lighting(domain: Domain, rng: np.random.Generator) -> Lighting:
    """One light of a domain."""
    kind = domain.light
    level, share = rng.uniform(*kind.level), rng.uniform(*kind.key_share)
    warmth = rng.uniform(*kind.warmth)
    tint = np.exp(np.array([warmth / 2, 0.0, -warmth / 2]))
    direction = np.array([rng.uniform(*kind.side), -rng.uniform(*kind.height), -kind.frontal])
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
        illuminator_mm=_ILLUMINATORS[domain.sensor],
    )


def draw_condition(
    domain: Domain, rng: np.random.Generator, bona_fide: bool, synergy: float
) -> SensorCondition:
    """One setting of a domain's sensor."""
    kind = domain.condition
    shifts = rng.uniform(-kind.shift_px, kind.shift_px, 4)
    balance = np.exp(rng.uniform(*kind.balance, 2))
    quality = kind.jpeg_quality
    sign = domain.synergy_sign * (-1 if bona_fide else 1)
    bright, bright_infrared = correlated_pair(rng, synergy * sign)
    return SensorCondition(
        exposure=_between(kind.exposure, bright),
        colour_gain=kind.colour_gain,
        red_gain=float(balance[0]),
        blue_gain=float(balance[1]),
        infrared_gain=_between(kind.infrared_gain, bright_infrared),
        blur_px=float(rng.uniform(*kind.blur_px)),
        jpeg_quality=None if quality is None else int(rng.integers(quality[0], quality[1] + 1)),
        colour_shift_px=(float(shifts[0]), float(shifts[1])),
        infrared_shift_px=(float(shifts[2]), float(shifts[3])),
        projector_dots=bool(rng.random() < kind.projector_dots),
        sharpening=float(rng.uniform(*kind.sharpening)),
    )


def _between(limits: Range, share: float) -> float:
    """A share of the way from one limit to the other, in equal ratios."""
    low, high = limits
    return float(low * (high / low) ** share)


_OFFICE = (
    ("flat_print", 1.0),
    ("bent_print", 1.0),
    ("replay_lcd", 1.0),
    ("paper_mask", 1.0),
    ("rigid_mask", 1.0),
    ("partial_glasses", 0.5),
    ("mannequin", 0.5),
)
_LOBBY = (
    ("flat_print", 1.0),
    ("cut_print", 1.0),
    ("replay_oled", 1.0),
    ("rigid_mask", 1.0),
    ("silicone_mask", 0.7),
    ("partial_print", 0.5),
    ("mannequin", 0.5),
)
_CLINIC = (
    ("bent_print", 1.0),
    ("cut_print", 1.0),
    ("replay_lcd", 1.0),
    ("replay_oled", 0.7),
    ("silicone_mask", 1.0),
    ("paper_mask", 0.7),
    ("partial_glasses", 0.5),
)
_STREET = (
    ("flat_print", 1.0),
    ("bent_print", 0.7),
    ("replay_oled", 1.0),
    ("rigid_mask", 1.0),
    ("mannequin", 0.7),
    ("partial_print", 0.7),
    ("silicone_mask", 0.7),
)
_ALL = tuple(
    (name, 1.0)
    for name in (
        "flat_print",
        "bent_print",
        "cut_print",
        "paper_mask",
        "replay_lcd",
        "replay_oled",
        "rigid_mask",
        "silicone_mask",
        "mannequin",
        "partial_glasses",
        "partial_print",
    )
)

DOMAINS: dict[str, Domain] = {
    domain.name: domain
    for domain in (
        # White diodes in a plain room, a D4xx on the desk.
        Domain(
            "office",
            1,
            "active_stereo",
            "mixed",
            _OFFICE,
        ),
        # Warm lamps, whose tungsten light is strong in near infrared; an SR300 at a counter.
        Domain(
            "lobby",
            2,
            "structured_light",
            "southern",
            _LOBBY,
            distance_mm=(320.0, 560.0),
            yaw_deg=12.0,
            light=LightKind(
                level=(0.6, 1.0),
                key_share=(0.35, 0.7),
                warmth=(0.25, 0.6),
                height=(0.4, 1.0),
                infrared_share=(0.08, 0.25),
            ),
            condition=ConditionKind(
                colour_gain=1.3,
                balance=(-0.12, 0.05),
                blur_px=(0.5, 1.2),
                jpeg_quality=(60, 90),
                shift_px=1.8,
            ),
            room=RoomKind((1600.0, 4500.0), (3, 9)),
        ),
        # Bright even tubes; a time-of-flight module in a terminal.
        Domain(
            "clinic",
            3,
            "time_of_flight",
            "elderly",
            _CLINIC,
            distance_mm=(380.0, 800.0),
            pitch_deg=8.0,
            light=LightKind(
                level=(0.9, 1.25),
                key_share=(0.1, 0.3),
                warmth=(-0.2, 0.0),
                height=(0.6, 1.2),
                infrared_share=(0.0, 0.02),
            ),
            condition=ConditionKind(
                balance=(-0.03, 0.10), blur_px=(0.3, 0.7), jpeg_quality=None, shift_px=0.7
            ),
            room=RoomKind((1300.0, 2200.0), (1, 5)),
        ),
        # A door by daylight: the sun's near infrared beside the projector's.
        Domain(
            "street",
            4,
            "active_stereo",
            "young",
            _STREET,
            distance_mm=(380.0, 800.0),
            yaw_deg=11.0,
            light=LightKind(
                level=(0.9, 1.5),
                key_share=(0.3, 0.75),
                warmth=(-0.2, 0.15),
                side=(-1.0, 1.0),
                infrared_share=(0.35, 0.7),
            ),
            condition=ConditionKind(
                exposure=(0.45, 1.3), balance=(-0.08, 0.08), jpeg_quality=(70, 95), shift_px=1.2
            ),
            room=RoomKind((2500.0, 9000.0), (2, 8)),
        ),
        # A Kinect v2 on a television, at arm's length and beyond: small faces, in their own light.
        Domain(
            "kinect_v2",
            8,
            "kinect_v2",
            "mixed",
            _ALL,
            distance_mm=(550.0, 1050.0),
            yaw_deg=11.0,
            pitch_deg=12.0,
            light=LightKind(level=(0.5, 1.1), warmth=(0.0, 0.4), infrared_share=(0.0, 0.04)),
            condition=ConditionKind(
                colour_gain=1.6,
                balance=(-0.1, 0.05),
                blur_px=(0.3, 0.6),
                jpeg_quality=(70, 95),
                shift_px=0.8,
            ),
            room=RoomKind((1400.0, 4500.0), (3, 9), close=0.7, close_mm=(1150.0, 1500.0)),
        ),
        # A D435 in a booth.
        Domain(
            "d435",
            9,
            "d435",
            "urban",
            _ALL,
            distance_mm=(350.0, 700.0),
            pitch_deg=8.0,
            light=LightKind(warmth=(-0.15, 0.3), infrared_share=(0.0, 0.06)),
            condition=ConditionKind(jpeg_quality=(70, 95)),
            room=RoomKind((850.0, 1700.0), (2, 7), window=0.15),
        ),
        # An Orbbec Astra above a turnstile or a counter.
        Domain(
            "astra",
            10,
            "astra",
            "southern",
            _ALL,
            distance_mm=(450.0, 850.0),
            yaw_deg=11.0,
            pitch_deg=11.0,
            light=LightKind(
                level=(0.6, 1.1), warmth=(-0.1, 0.5), height=(0.4, 1.1), infrared_share=(0.02, 0.2)
            ),
            condition=ConditionKind(
                colour_gain=1.4,
                balance=(-0.1, 0.05),
                blur_px=(0.5, 1.1),
                jpeg_quality=(60, 90),
                shift_px=1.5,
            ),
            room=RoomKind((1100.0, 3500.0), (2, 8), close=0.4, close_mm=(950.0, 1300.0)),
        ),
        # A phone in the hand, close to the face, anywhere: its camera sharpens what it takes.
        Domain(
            "truedepth",
            11,
            "truedepth",
            "young",
            _ALL,
            distance_mm=(230.0, 480.0),
            yaw_deg=8.0,
            pitch_deg=11.0,
            roll_deg=6.0,
            light=LightKind(
                level=(0.4, 1.3),
                key_share=(0.2, 0.7),
                warmth=(-0.2, 0.5),
                side=(-1.0, 1.0),
                infrared_share=(0.0, 0.3),
            ),
            condition=ConditionKind(
                exposure=(0.7, 1.6),
                balance=(-0.1, 0.1),
                blur_px=(0.3, 0.8),
                jpeg_quality=(80, 97),
                shift_px=0.8,
                sharpening=(0.3, 1.0),
            ),
            room=RoomKind((700.0, 3000.0), (2, 8), window=0.25),
        ),
        # Little light: gain, noise and blur in colour, the illuminator alone in infrared.
        Domain(
            "night",
            5,
            "time_of_flight",
            "northern",
            _ALL,
            distance_mm=(450.0, 850.0),
            yaw_deg=13.0,
            pitch_deg=9.0,
            light=LightKind(
                level=(0.08, 0.22),
                key_share=(0.4, 0.8),
                warmth=(0.2, 0.7),
                side=(-1.0, 1.0),
                infrared_share=(0.0, 0.1),
                illuminator=(0.7, 1.0),
            ),
            condition=ConditionKind(
                colour_gain=3.4,
                balance=(-0.15, 0.1),
                blur_px=(0.8, 1.8),
                jpeg_quality=(50, 80),
                shift_px=2.0,
            ),
            room=RoomKind((1900.0, 6000.0), (1, 6)),
            attack_quality=0.3,
            use="held_back",
        ),
        # A window behind the visitor: dark faces, bright ground, flat front light.
        Domain(
            "backlit",
            6,
            "structured_light",
            "eastern",
            _ALL,
            distance_mm=(290.0, 450.0),
            yaw_deg=12.0,
            light=LightKind(
                level=(0.35, 0.7),
                key_share=(0.2, 0.5),
                warmth=(-0.25, 0.0),
                frontal=0.15,
                infrared_share=(0.3, 0.7),
            ),
            condition=ConditionKind(
                exposure=(0.7, 2.0), balance=(-0.05, 0.12), jpeg_quality=(65, 95), shift_px=1.5
            ),
            room=RoomKind((1400.0, 3000.0), (1, 5), window=1.0),
            attack_quality=0.3,
            use="held_back",
        ),
        # A loading bay: sodium-coloured lamps high above, a lens that has seen better days.
        Domain(
            "depot",
            7,
            "active_stereo",
            "coastal",
            _ALL,
            distance_mm=(400.0, 750.0),
            yaw_deg=12.0,
            pitch_deg=8.0,
            light=LightKind(
                level=(0.45, 0.9),
                key_share=(0.45, 0.8),
                warmth=(0.35, 0.8),
                side=(-0.5, 0.5),
                height=(0.7, 1.3),
                infrared_share=(0.15, 0.45),
            ),
            condition=ConditionKind(
                exposure=(0.55, 1.5),
                colour_gain=1.8,
                balance=(-0.15, 0.05),
                blur_px=(0.7, 1.5),
                jpeg_quality=(55, 85),
                shift_px=1.8,
                projector_dots=0.5,
            ),
            room=RoomKind((2000.0, 7000.0), (3, 9)),
            attack_quality=0.15,
            use="tuning",
        ),
    )
}


def domain_named(name: str) -> Domain:
    """The domain of a name.

    Raises:
        ValueError: there is none.
    """
    if name not in DOMAINS:
        raise ValueError(f"expected a domain among {', '.join(DOMAINS)}, got {name!r}")
    return DOMAINS[name]
