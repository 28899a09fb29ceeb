"""Operating characteristic of the decision over time: how presentations end, and how fast.

Real readings are played through real sessions. To see what happens at a given distance from the
sphere, where few presentations lie by themselves, their margins are shifted as a whole, so that
their mean lies there and their scatter stays what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calibration.decision.presentations import Watched
from rise_edge import Observation, Outcome, Reading, SessionConfig, Sessions
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.sequential_test import EXTREME, MarginScatter
from rise_edge.decision.verdict import Reason, decide
from rise_edge.pad_metrics import clopper_pearson


@dataclass(frozen=True)
class Ending:
    """How one presentation ended: by its first session that is not undecided, else by its last.

    Attributes:
        outcome: LIVE, SPOOF or UNDECIDED.
        reason: why it is UNDECIDED, None otherwise.
        verdict_ms: time from the first frame of a good view to that verdict; None if undecided.
        log_ratio: at that verdict.
    """

    outcome: Outcome
    reason: Reason | None
    verdict_ms: float | None
    log_ratio: float


def play(
    watched: Watched, scatter: MarginScatter, config: SessionConfig | None = None
) -> Ending | None:
    """Play one presentation through sessions; None where no session opened."""
    sessions = Sessions(config, scatter)
    first_ms: float | None = None
    last: Ending | None = None
    for now_ms, observation in zip(watched.times_ms, watched.observations, strict=True):
        if first_ms is None and observation.verdict.reading:
            first_ms = float(now_ms)
        result = sessions.update(observation, float(now_ms))
        if result is None:
            continue
        verdict = result.verdict
        decided = verdict.outcome is not Outcome.UNDECIDED
        took_ms = float(now_ms) - first_ms if decided and first_ms is not None else None
        last = Ending(verdict.outcome, verdict.reason, took_ms, result.log_ratio)
        if decided:
            return last
    ended = sessions.end(Reason.ENDED, float(watched.times_ms[-1]))
    if ended:
        return Ending(Outcome.UNDECIDED, ended.verdict.reason, None, ended.log_ratio)
    return last


def shifted(watched: Watched, mean: float) -> Watched | None:
    """The same presentation with its mean margin moved to `mean`.

    None where it is not near the sphere or has no reading: there, margins are limited, and their
    scatter is not that of a presentation near it.
    """
    margins = np.clip(watched.margins, -EXTREME, EXTREME)
    if not np.isfinite(margins).any() or abs(np.nanmean(margins)) > 0.9 * EXTREME:
        return None
    moved = margins - np.nanmean(margins) + mean
    observations = tuple(
        _at(observation, margin)
        for observation, margin in zip(watched.observations, moved, strict=True)
    )
    return replace(watched, observations=observations)


def _at(observation: Observation, margin: float) -> Observation:
    reading = observation.verdict.reading
    if reading is None or np.isnan(margin):
        return observation
    norm = float((1 - margin) * reading.radius)
    embedding = Embedding(np.array([norm], np.float32), norm, reading.embedding.present)
    moved = Reading(embedding, reading.radius)
    return replace(observation, verdict=decide(moved, accept_colour_alone=True))


@dataclass(frozen=True)
class Share:
    """A share of presentations."""

    count: int
    of: int

    def interval(self) -> tuple[float, float]:
        """The exact one of 95% (Clopper and Pearson)."""
        return clopper_pearson(self.count, self.of)

    def __str__(self) -> str:
        if not self.of:
            return "none"
        low, high = self.interval()
        return f"{self.count} of {self.of} ({low:.1%} to {high:.1%})"


def share(endings: Sequence[Ending], outcome: Outcome) -> Share:
    """The share that ended so."""
    return Share(sum(ending.outcome is outcome for ending in endings), len(endings))


def verdict_times_ms(endings: Sequence[Ending]) -> NDArray[np.float64]:
    """Of those that were decided."""
    return np.array([e.verdict_ms for e in endings if e.verdict_ms is not None])
