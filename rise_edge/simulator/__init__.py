"""A world in colour, depth and infrared where the truth is known: people, attacks and sensors.

>>> from rise_edge.simulator import render_crop
>>> sample = render_crop(7, domain="office", species="flat_print", subject=3)
>>> sample.crop.size, sample.truth.bona_fide
(112, False)
"""

from rise_edge.simulator.domains import DOMAINS, Domain
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.samples.presentation import Presentation, presentations
from rise_edge.simulator.samples.sample import Sample, render_crop
from rise_edge.simulator.samples.truth import SampleTruth
from rise_edge.simulator.species import SPECIES, Species

__all__ = [
    "DOMAINS",
    "SPECIES",
    "Domain",
    "Presentation",
    "Radiance",
    "Sample",
    "SampleTruth",
    "Species",
    "presentations",
    "render_crop",
]
