"""Drift: whether a site still is what it was when it was calibrated. It warns and changes nothing.

Each signal of an accepted session is ranked among the site's reference and all sessions since: a
conformal p-value, ties broken by chance. While sessions stay exchangeable with the reference these
are independent and uniform, whatever the signals' distribution is and however short the reference
(V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World, 2005). A bet f on them
whose mean is 1 then pays nothing on average, and the Shiryaev-Roberts sum of bets that begin at
each session, R <- (1 + R) f(p), grows by 1 a session: it reaches a limit L after L sessions on
average at the earliest (Ville's inequality in its form for a change at any time: J. Shin,
A. Ramdas, A. Rinaldo, E-detectors, 2022; for conformal bets V. Vovk et al., Retrain or not retrain,
2021). If the site changes, low or high ranks come in a row and the sum grows exponentially.

The bets are e p^(e-1) and e (1-p)^(e-1) for several e: that something rose or fell, by much or
little. One more signal is the share of sessions that are not LIVE, which a failure may raise so far
that none is accepted; there the bet is the likelihood ratio against the largest share that the site
allows for, whose mean is at most 1 for any smaller share.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, mode

import numpy as np

from rise_edge.pad_metrics import clopper_pearson
from rise_edge.site.session_signals import SessionSignals
from rise_edge.site.site_file import SiteReference

_POWERS = (0.2, 0.4, 0.6, 0.8)
_STEPS = (0.25, 0.5, 0.75)  # of the way from the allowed share of denied sessions to all of them
_RECENT = 5  # values that a warning tells the median of: more would still be those of before
_RECENT_DENIED = 20
_MOST = 20_000  # values that are remembered; beyond it ranks are as good as exact
_FEWEST = 20  # a shorter reference could not tell a rise from chance in time
_UNITS = {
    "norm": ("norm", "{:.3f}"),
    "depth_coverage": ("depth coverage", "{:.0%}"),
    "depth_noise_mm": ("depth noise", "{:.2f} mm"),
    "infrared_level": ("infrared level", "{:.0f}"),
    "sharpness": ("sharpness", "{:.2f}"),
    "angle_deg": ("angle to the site's direction", "{:.0f} deg"),
}
SIGNALS = (*_UNITS, "denied")
"""Everything that is watched."""


@dataclass(frozen=True)
class DriftConfig:
    """When drift is told.

    Attributes:
        run_length: sessions, on average and at least, to the first false alarm of an unchanged
            site, all signals together.
        allowance: share of attacks and passers-by that a site may have on top of the denied
            sessions of its calibration.
        seed: seed of what breaks ties.

    Raises:
        ValueError: a field is out of its range.
    """

    run_length: float = 1_000_000.0
    allowance: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.run_length >= 1:
            raise ValueError(f"expected run_length >= 1, got {self.run_length}")
        if not 0 <= self.allowance < 1:
            raise ValueError(f"expected allowance in [0, 1), got {self.allowance}")


@dataclass(frozen=True)
class Drift:
    """A signal that left the site's calibration.

    Attributes:
        signal: norm, depth_coverage, depth_noise_mm, infrared_level, sharpness, angle_deg or
            denied.
        session: sessions that the watch had taken when it was noticed.
        text: what changed, in words and numbers.
    """

    signal: str
    session: int
    text: str


@dataclass(frozen=True)
class WatchedSession:
    """What of one finished session is compared with the site: a few numbers, no embedding.

    Attributes:
        live: whether it was accepted. Of one that was not, nothing else counts.
        norm: see `SessionSignals`; None where it was not measured, as in the others.
        depth_coverage: the same.
        depth_noise_mm: the same.
        infrared_level: the same.
        sharpness: the same.
        angle_deg: between its direction and the site's.
        nearest: domain that its direction is nearest to, of those that the model learned from.
    """

    live: bool
    norm: float | None = None
    depth_coverage: float | None = None
    depth_noise_mm: float | None = None
    infrared_level: float | None = None
    sharpness: float | None = None
    angle_deg: float | None = None
    nearest: str | None = None


class _Ranks:
    """Conformal p-values of values, one after another."""

    def __init__(self, reference: Sequence[float], rng: np.random.Generator) -> None:
        self._sorted = array("d", sorted(reference))
        self._rng = rng

    def add(self, value: float) -> float:
        below, upto = bisect_left(self._sorted, value), bisect_right(self._sorted, value)
        p = (below + self._rng.random() * (upto - below + 1)) / (len(self._sorted) + 1)
        if len(self._sorted) < _MOST:
            insort(self._sorted, value)
        return min(max(p, 1e-12), 1 - 1e-12)


class _Sums:
    """The mean of Shiryaev-Roberts sums, one a bet."""

    def __init__(self, bets: int) -> None:
        self._sums = np.zeros(bets)

    def add(self, bets: Sequence[float]) -> float:
        # Beyond any limit it need not grow on: infinity times a lost bet would be no number.
        self._sums = np.minimum((1 + self._sums) * np.asarray(bets), 1e100)
        return float(self._sums.mean())


class DriftWatch:
    """Watches the finished sessions of one kiosk. A signal that was told stays told.

    Args:
        reference: reference of the site.
        config: when drift is told.

    Attributes:
        evidence: signal -> its sum as a share of the limit, 0 to 1 and more; told from 1 on.
        drifts: what was told, the first first.
    """

    def __init__(self, reference: SiteReference, config: DriftConfig | None = None) -> None:
        self.config = config or DriftConfig()
        rng = np.random.default_rng(self.config.seed)
        self._reference = reference
        known = {name: getattr(reference, name) for name in _UNITS}
        self._ranks = {n: _Ranks(v, rng) for n, v in known.items() if len(v) >= _FEWEST}
        self._sums = {name: _Sums(2 * len(_POWERS)) for name in self._ranks}
        self._recent = {name: deque[float](maxlen=_RECENT) for name in self._ranks}
        self._nearest = deque[str](maxlen=_RECENT)
        denied = reference.sessions - reference.live
        upper = clopper_pearson(denied, reference.sessions, 0.99)[1] if reference.sessions else 1.0
        self._allowed = min(upper + self.config.allowance, 1.0)
        self._denied = deque[bool](maxlen=_RECENT_DENIED)
        if self._allowed < 1:
            self._sums["denied"] = _Sums(len(_STEPS))
        self.evidence = dict.fromkeys(self._sums, 0.0)
        self.drifts: list[Drift] = []
        self._sessions = 0

    @property
    def sessions(self) -> int:
        """Finished sessions so far."""
        return self._sessions

    def measure(self, live: bool, signals: SessionSignals | None) -> WatchedSession:
        """What `add` takes of one finished session.

        Args:
            live: whether it was accepted.
            signals: signals of it; None where it had too few readings.
        """
        if not live or signals is None:
            return WatchedSession(live)
        directions = self._reference.directions
        site = directions.get("site")
        values = {
            "norm": signals.norm,
            "depth_coverage": signals.depth_coverage,
            "depth_noise_mm": signals.depth_noise_mm,
            "infrared_level": signals.infrared_level,
            "sharpness": signals.sharpness,
            "angle_deg": None if site is None else _angle_deg(signals.direction, site),
        }
        angles = {
            name: _angle_deg(signals.direction, direction)
            for name, direction in directions.items()
            if name != "site"
        }
        nearest = min(angles, key=angles.__getitem__, default=None)
        return WatchedSession(live, **{k: _finite(v) for k, v in values.items()}, nearest=nearest)

    def add(self, session: WatchedSession) -> list[Drift]:
        """Take one finished session; what it gives reason to tell, mostly nothing."""
        self._sessions += 1
        self._denied.append(not session.live)
        told = []
        if "denied" in self._sums:
            told.append(self._grow("denied", _share_bets(not session.live, self._allowed)))
        if session.nearest is not None:
            self._nearest.append(session.nearest)
        for name, ranks in self._ranks.items():
            value = getattr(session, name)
            if value is not None:
                self._recent[name].append(value)
                told.append(self._grow(name, _rank_bets(ranks.add(value))))
        return [drift for drift in told if drift]

    def _grow(self, name: str, bets: Sequence[float]) -> Drift | None:
        limit = self.config.run_length * len(self._sums)
        self.evidence[name] = self._sums[name].add(bets) / limit
        if self.evidence[name] < 1 or any(drift.signal == name for drift in self.drifts):
            return None
        self.drifts.append(Drift(name, self._sessions, self._text(name)))
        return self.drifts[-1]

    def _text(self, name: str) -> str:
        if name == "denied":
            return (
                f"{sum(self._denied)} of the last {len(self._denied)} sessions were not LIVE; "
                f"{self._reference.sessions - self._reference.live} of {self._reference.sessions} "
                "when the site was calibrated"
            )
        words, form = _UNITS[name]
        now, then = median(self._recent[name]), median(getattr(self._reference, name))
        text = f"{words} is {form.format(now)}, it was {form.format(then)} when the site was"
        return f"{text} calibrated{self._moved() if name == 'angle_deg' else ''}"

    def _moved(self) -> str:
        """Which domain that the model knows most of the last sessions point to."""
        if not self._nearest:
            return ""
        nearest = mode(self._nearest)
        usual = max(self._reference.shares, key=self._reference.shares.__getitem__, default="none")
        return f"; the nearest domain is {nearest}, it was mostly {usual}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _rank_bets(p: float) -> list[float]:
    return [e * q ** (e - 1) for q in (p, 1 - p) for e in _POWERS]


def _share_bets(denied: bool, allowed: float) -> list[float]:
    others = [allowed + (1 - allowed) * step for step in _STEPS]
    return [o / allowed if denied else (1 - o) / (1 - allowed) for o in others]


def _angle_deg(one: Sequence[float], other: Sequence[float]) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    cosine = float(np.dot(one, other)) / length if length else 0.0
    return math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))
