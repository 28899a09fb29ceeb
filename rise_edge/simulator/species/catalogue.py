"""The catalogue of species."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rise_edge.simulator.species.bona_fide import (
    BonaFide,
    BonaFideGlasses,
    BonaFideMedicalMask,
)
from rise_edge.simulator.species.mannequin import Mannequin
from rise_edge.simulator.species.prints import BentPrint, CutPrint, FlatPrint
from rise_edge.simulator.species.screens import ReplayLcd, ReplayOled
from rise_edge.simulator.species.staging import Cast, Staging
from rise_edge.simulator.species.worn_mask import RigidMask, SiliconeMask
from rise_edge.simulator.species.worn_paper import PaperMask, PartialGlasses, PartialPrint


@dataclass(frozen=True)
class Species:
    """A kind of presentation.

    Attributes:
        name: snake_case, as in truth and reports.
        bona_fide: whether it is a live person who shows their own face.
        key: seeds it; never reused.
        stage: puts it in front of the camera.
        shared: whether a few instruments serve for many subjects, since they are dear to make;
            the face is then the instrument's own.
    """

    name: str
    bona_fide: bool
    key: int
    stage: Callable[[Cast], Staging]
    shared: bool = False


SPECIES: tuple[Species, ...] = (
    Species("bona_fide", True, 1, BonaFide),
    Species("bona_fide_glasses", True, 2, BonaFideGlasses),
    Species("bona_fide_medical_mask", True, 3, BonaFideMedicalMask),
    Species("flat_print", False, 4, FlatPrint),
    Species("bent_print", False, 5, BentPrint),
    Species("cut_print", False, 6, CutPrint),
    Species("paper_mask", False, 7, PaperMask),
    Species("replay_lcd", False, 8, ReplayLcd),
    Species("replay_oled", False, 9, ReplayOled),
    Species("rigid_mask", False, 10, RigidMask, shared=True),
    Species("silicone_mask", False, 11, SiliconeMask, shared=True),
    Species("mannequin", False, 12, Mannequin, shared=True),
    Species("partial_glasses", False, 13, PartialGlasses),
    Species("partial_print", False, 14, PartialPrint),
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
