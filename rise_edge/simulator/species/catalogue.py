"""The catalogue of species."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rise_edge.simulator.species.bona_fide import BonaFide
from rise_edge.simulator.species.flat_media import FlatPrint, ReplayLcd
from rise_edge.simulator.species.staging import Cast, Staging
from rise_edge.simulator.species.worn_mask import RigidMask


@dataclass(frozen=True)
class Species:
    """A kind of presentation.

    Attributes:
        name: snake_case, as in truth and reports.
        bona_fide: whether it is a live person who shows their own face.
        key: seeds it; never reused.
        stage: puts it before the camera.
    """

    name: str
    bona_fide: bool
    key: int
    stage: Callable[[Cast], Staging]


SPECIES: tuple[Species, ...] = (
    Species("bona_fide", True, 1, BonaFide),
    Species("flat_print", False, 4, FlatPrint),
    Species("replay_lcd", False, 8, ReplayLcd),
    Species("rigid_mask", False, 10, RigidMask),
)


def species_named(name: str) -> Species:
    """The species of a name.

    Raises:
        ValueError: there is none.
    """
    for species in SPECIES:
        if species.name == name:
            return species
    names = ", ".join(species.name for species in SPECIES)
    raise ValueError(f"expected a species among {names}, got {name!r}")
