"""Presentations as a kiosk sees them: simulated people and attacks, each frame judged by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rise_edge import Checker, Observation, SessionConfig
from rise_edge.frame_pipeline import Observer
from rise_edge.simulator import Presentation, presentations

# Nobody else looks at these: models learn from low numbers, the simulated camera shows others.
_SUBJECTS = (300_000, 400_000)


@dataclass(frozen=True, eq=False)
class Watched:
    """One presentation.

    Attributes:
        species: what was presented.
        bona_fide: whether that is a living person.
        times_ms: durations of each frame.
        observations: observations of each frame, without its crop.
    """

    species: str
    bona_fide: bool
    times_ms: NDArray[np.float64]
    observations: tuple[Observation, ...]

    @property
    def margins(self) -> NDArray[np.float64]:
        """The margin of each frame, NaN where there is no reading that counts."""
        verdicts = [observation.verdict for observation in self.observations]
        readings = [None if verdict.reason else verdict.reading for verdict in verdicts]
        return np.array([r.margin if r else np.nan for r in readings])


def watch(
    checkers: Mapping[str, Checker], domain: str, count: int, seed: int
) -> Iterator[dict[str, Watched]]:
    """Show each checker the same presentations.

    Args:
        checkers: any name -> checker.
        domain: domain of the simulator.
        count: how many presentations, about half of them bona fide.
        seed: the same seed gives the same presentations.

    Yields:
        For each presentation, name -> what that checker saw.
    """
    for presentation in islice(presentations(seed, domain=domain, subjects=_SUBJECTS), count):
        yield _watch(checkers, presentation)


def _watch(checkers: Mapping[str, Checker], presentation: Presentation) -> dict[str, Watched]:
    absent_ms = SessionConfig().absent_ms
    observers = {name: Observer(checker, absent_ms) for name, checker in checkers.items()}
    seen: dict[str, list[Observation]] = {name: [] for name in checkers}
    times_ms = []
    for frame in presentation.frames():
        assert frame.colour is not None
        times_ms.append(frame.colour.timestamp_ms)
        for name, observer in observers.items():
            observation = observer.observe(frame, times_ms[-1])
            seen[name].append(replace(observation, crop=None))
    species = presentation.setting.species
    return {
        name: Watched(species.name, species.bona_fide, np.array(times_ms), tuple(seen[name]))
        for name in checkers
    }
