"""Simulated crops: rendered by `rise_edge.simulator` once, then read from its cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rise_edge.errors import CacheError
from rise_edge.simulator import DOMAINS, SPECIES
from rise_edge.simulator.samples.cache import crops
from rise_edge.simulator.samples.crop_request import CropRequest
from train.datasets.crops import CropDataset


def simulated(request: CropRequest, cache: Path, workers: int = 0) -> CropDataset:
    """The crops of a request; crops of an older simulator are rendered again.

    Args:
        request: which crops.
        cache: folder that keeps them.
        workers: processes that render; 0 means one for each processor.

    Raises:
        ValueError: there is no such domain or species.
        OutputError: the cache cannot be written.
    """
    try:
        found = crops(request, cache, workers=workers or None)
    except CacheError:
        found = crops(request, cache, workers=workers or None, regenerate=True)
    return CropDataset(
        colour=found.colour,
        depth_mm=found.depth_mm,
        infrared=found.infrared,
        rows=np.arange(len(found)),
        present=np.ones((len(found), 3), np.float32),
        bona_fide=found.bona_fide,
        species=found.species,
        domain=found.domain,
        subject=found.subject,
    )


def request_of(
    domains: tuple[str, ...], attack_species: tuple[str, ...], **knobs: Any
) -> CropRequest:
    """A request for the named domains and species.

    None named means all attack species, and all domains for training; those for tuning or held
    back show what a model makes of a place that it has not seen.
    """
    return CropRequest(
        domains=domains or tuple(d.name for d in DOMAINS.values() if d.use == "training"),
        attack_species=attack_species or tuple(s.name for s in SPECIES if not s.bona_fide),
        bona_fide_species=tuple(s.name for s in SPECIES if s.bona_fide),
        **knobs,
    )
