"""Species: everything that may stand in front of the camera, live people and attack instruments."""

from rise_edge.simulator.species.catalogue import SPECIES, Species, species_named
from rise_edge.simulator.species.staging import Cast, Moment, Staging

__all__ = ["SPECIES", "Cast", "Moment", "Species", "Staging", "species_named"]
