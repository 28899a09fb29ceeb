"""Casting: who plays in a sample, and under what light it is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rise_edge.simulator.backdrop import Room, room_of
from rise_edge.simulator.domains import Domain, domain_named, draw_condition, draw_lighting
from rise_edge.simulator.people import person_of
from rise_edge.simulator.rendering import Lighting
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.sensors import SensorCondition
from rise_edge.simulator.species import Cast, Species, Staging, species_named

_PRESENTERS = 1_000_000_000  # numbers above are attackers: nobody's subject number reaches there
_ROOMS = 64
_MAKES = 2
_BLOCK = 50  # as many neighbouring subjects share their attackers, as in a real collection


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
    seed: int, *, domain: str, species: str, subject: int, difficulty: float, synergy: float = 0.0
) -> Setting:
    """Draw a setting; the same arguments give the same one.

    Raises:
        ValueError: an unknown name, or a knob outside [0, 1].
    """
    for name, value in (("difficulty", difficulty), ("synergy", synergy)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"expected {name} from 0 to 1, got {value}")
    place, kind = domain_named(domain), species_named(species)
    rng = generator(seed, place.key, kind.key, subject)
    shown = person_of(subject, place.population)
    make = int(rng.integers(_MAKES))
    presenter = shown
    if not kind.bona_fide:
        attacker = _PRESENTERS + _MAKES * (subject // _BLOCK) + make
        presenter = person_of(attacker, place.population)
    cast = Cast(shown, presenter, int(rng.integers(2**31)), make, difficulty)
    return Setting(
        domain=place,
        species=kind,
        subject=shown.name,
        staging=kind.stage(cast),
        lighting=draw_lighting(place, rng),
        room=room_of(place.room, int(rng.integers(_ROOMS))),
        condition=draw_condition(place, rng, kind.bona_fide, synergy),
        rng=rng,
    )
