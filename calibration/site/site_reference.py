"""Site reference: what a site looked like when it was calibrated, for drift to be compared with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from calibration.site.site_session import SiteSession
from rise_edge import Checker
from rise_edge.errors import SiteError
from rise_edge.face import Crop
from rise_edge.frame import Modality
from rise_edge.simulator import DOMAINS, render_crop
from rise_edge.site.session_signals import SessionSignals
from rise_edge.site.site_file import SiteReference

Direction = tuple[float, ...]

_CENTRE_EVERY = 2  # of the accepted sessions give the site's direction, the others are held to it
_CROPS = 40
_SUBJECTS = 700_000  # simulated people whom nobody else looks at


def site_reference(
    sessions: Sequence[SiteSession], radius: float, domains: dict[str, Direction]
) -> SiteReference:
    """The reference of one modality set.

    Given the radius, the sessions strictly below it are as good as drawn again from the site's
    accepted ones (the one that lies on it is not, so it is left out). The sessions that give the
    site's direction are not measured against it: they would lie too near.

    Args:
        sessions: all that were watched.
        radius: radius that was chosen: the score of one of them.
        domains: name -> direction of each domain that the model knows.

    Raises:
        SiteError: no session lies below the radius.
    """
    live = [session for session in sessions if session.score <= radius]
    below = [s.signals for s in live if s.signals and s.score < radius]
    if not below:
        raise SiteError(
            f"expected a bona fide session or more below the radius {radius:.3f}, to compare the "
            f"site with later, got none of {len(sessions)}; collect more"
        )
    centre = mean_direction(signals.direction for signals in below[::_CENTRE_EVERY])
    held = [signals for i, signals in enumerate(below) if i % _CENTRE_EVERY]
    nearest = Counter(_nearest(signals, domains) for signals in below) if domains else {}
    return SiteReference(
        sessions=len(sessions),
        live=len(live),
        norm=_sorted(s.norm for s in below),
        depth_coverage=_sorted(s.depth_coverage for s in below),
        depth_noise_mm=_sorted(s.depth_noise_mm for s in below),
        infrared_level=_sorted(s.infrared_level for s in below),
        sharpness=_sorted(s.sharpness for s in below),
        angle_deg=_sorted(_angle_deg(s.direction, centre) for s in held),
        directions={"site": centre, **domains},
        shares={name: count / len(below) for name, count in sorted(nearest.items())},
    )


def domain_directions(checker: Checker, names: Iterable[str]) -> dict[str, Direction]:
    """The mean direction of simulated bona fide crops of each domain."""
    return {name: _domain_direction(checker, name) for name in names if name in DOMAINS}


def _domain_direction(checker: Checker, domain: str) -> Direction:
    wanted = checker.evidence.required
    size = checker.bundle.manifest.crop_size
    crops = (
        render_crop(i, domain=domain, species="bona_fide", subject=_SUBJECTS + i).crop
        for i in range(_CROPS)
    )
    readings = checker.read_batch([_only(crop, wanted) for crop in crops if crop.size == size])
    return mean_direction(
        (reading.embedding.vector / reading.norm).tolist() for reading in readings
    )


def _only(crop: Crop, wanted: frozenset[Modality]) -> Crop:
    names = {Modality.COLOUR: "colour", Modality.DEPTH: "depth_mm", Modality.INFRARED: "infrared"}
    absent = {
        name: np.zeros_like(getattr(crop, name)) for m, name in names.items() if m not in wanted
    }
    return replace(crop, present=wanted, **absent)


def mean_direction(vectors: Iterable[Sequence[float]]) -> Direction:
    """The mean of unit vectors, brought to length 1."""
    mean = np.mean(list(vectors), axis=0)
    return tuple(np.round(mean / np.linalg.norm(mean), 6).tolist())


def _angle_deg(one: Sequence[float], other: Sequence[float]) -> float:
    return math.degrees(math.acos(float(np.clip(np.dot(one, other), -1, 1))))


def _nearest(signals: SessionSignals, domains: dict[str, Direction]) -> str:
    return min(domains, key=lambda name: _angle_deg(signals.direction, domains[name]))


def _sorted(values: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(sorted(round(value, 6) for value in values if value is not None))
