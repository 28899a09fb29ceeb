"""Casting: who plays in a sample, and under what light it is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rise_edge.simulator.backdrop import Room, room_of
from rise_edge.simulator.domains import Domain, domain_named, draw_condition, draw_lighting
from rise_edge.simulator.people import SCENE, Atlas, person_of
from rise_edge.simulator.rendering import Lighting
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.sensors import SensorCondition
from rise_edge.simulator.species import Cast, Species, Staging, species_named

_ROOMS = 64
_MAKES = 2  # instruments of one kind with one subject's face
# Attackers and dear instruments are few, as in real collections: each block of so many subjects
# has its own. Their numbers lie above every subject's.
_BLOCK = 50
_ATTACKERS = 1_000_000_000
_MASKS, _MASKS_IN_BLOCK = 1_500_000_000, 4


@dataclass(frozen=True, eq=False)
class Setting:
    """All of a sample but the moment: domain, species, cast, light, room and sensor settings."""

    domain: Domain
    species: Species
    subject: str
    staging: Staging
    lighting: Lighting
    room: Room
    condition: SensorCondition
    rng: np.random.Generator


def setting_of(
    seed: int,
    *,
    domain: str,
    species: str,
    subject: int,
    difficulty: float,
    synergy: float = 0.0,
    atlas: Atlas = SCENE,
) -> Setting:
    """Draw a setting; the same arguments give the same one.

    The atlas sets the detail of heads and portraits and changes nothing else.

    Raises:
        ValueError: an unknown name, or a knob outside its range.
    """
    for name, value, least in (("difficulty", difficulty, 0), ("synergy", synergy, -1)):
        if not least <= value <= 1:
            raise ValueError(f"expected {name} from {least} to 1, got {value}")
    place, kind = domain_named(domain), species_named(species)
    rng = generator(seed, place.key, kind.key, subject)
    cast = _cast(rng, place, kind, subject, difficulty, atlas)
    return Setting(
        domain=place,
        species=kind,
        subject=cast.shown.name,
        staging=kind.stage(cast),
        lighting=draw_lighting(place, rng),
        room=room_of(place.room, int(rng.integers(_ROOMS))),
        condition=draw_condition(place, rng, kind.bona_fide, synergy),
        rng=rng,
    )


def _cast(
    rng: np.random.Generator,
    place: Domain,
    kind: Species,
    subject: int,
    difficulty: float,
    atlas: Atlas,
) -> Cast:
    """Who shows whom. A mask or dummy shows a face of its own, shared by a block of subjects."""
    block, make = subject // _BLOCK, int(rng.integers(_MAKES))
    number = subject
    if kind.shared:
        mask = int(rng.integers(_MASKS_IN_BLOCK))
        number, make = _MASKS + _MASKS_IN_BLOCK * block + mask, mask % _MAKES
    shown = presenter = person_of(number, place.population)
    if not kind.bona_fide:
        presenter = person_of(_ATTACKERS + _MAKES * block + make, place.population)
    quality = float(np.clip(difficulty + place.attack_quality, 0.0, 1.0))
    light = sum(place.light.level) / 2
    return Cast(shown, presenter, int(rng.integers(2**31)), make, quality, light, atlas)
