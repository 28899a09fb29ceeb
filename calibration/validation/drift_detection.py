"""Prove the drift watch: `python calibration/validation/drift_detection.py ...`.

Sessions that were really simulated, through the kiosk's pipeline, are drawn again and again. An
unchanged site must stay silent over 10,000 sessions; after each fault it must speak within 50.
The sessions that make the reference and those that are drawn later are different ones.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from calibration.output_file import expect_writable
from calibration.site.conformal import rank
from calibration.site.site_reference import site_reference
from calibration.site.site_session import SessionsFileError, SiteSession, read_sessions
from rise_edge.command_line.run_command import run_command
from rise_edge.site.drift_detector import DriftConfig, DriftWatch
from rise_edge.site.session_signals import SessionSignals

console = Console(stderr=True)


@dataclass(frozen=True)
class DriftProofConfig:
    """Let unchanged and changed sites pass in front of the watch.

    Attributes:
        usual: files of bona fide sessions of the site as it should be.
        lamp_failure: files of the same site with that fault, by `collect_sessions.py --fault`.
        lens_smear: the same.
        sensor_swap: the same.
        modalities: which set of theirs.
        calibration: how many of the usual sessions make the reference, the first ones.
        runs: how often each site is drawn again.
        sessions: sessions of an unchanged site in each run.
        before: usual sessions before a fault.
        within: sessions in which a fault must be noticed.
        seed: seed of the draws.
        picture: a PNG to write.
    """

    usual: tuple[Path, ...]
    lamp_failure: tuple[Path, ...]
    lens_smear: tuple[Path, ...]
    sensor_swap: tuple[Path, ...]
    modalities: str = "colour+depth+infrared"
    calibration: int = 100
    runs: int = 20
    sessions: int = 10_000
    before: int = 200
    within: int = 50
    seed: int = 0
    picture: Path | None = None

    def __post_init__(self) -> None:
        for name in ("calibration", "runs", "sessions", "before", "within"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} >= 1, got {getattr(self, name)}")


class Site:
    """A simulated site and its watch.

    Args:
        usual: sessions of it, in the order in which they came.
        calibration: how many of them calibrate.
        rng: draws the others.
    """

    def __init__(self, usual: Sequence[SiteSession], calibration: int, rng: random.Random) -> None:
        mixed = list(usual)
        rng.shuffle(mixed)
        chosen, self.later = mixed[:calibration], mixed[calibration:]
        scores = sorted(session.score for session in chosen if session.responds())
        try:
            self.radius = scores[rank(len(scores), 0.05, 0.95) - 1]
        except ValueError as error:
            raise SessionsFileError(f"--calibration: {error}") from None
        self._reference = site_reference(chosen, self.radius, {})
        self._rng = rng

    def watch(self, seed: int) -> DriftWatch:
        """A new one."""
        return DriftWatch(self._reference, DriftConfig(seed=seed))

    def show(self, watch: DriftWatch, sessions: Sequence[SiteSession]) -> None:
        """Let one session pass, drawn from these, and smoothed so that none comes twice."""
        drawn = self._rng.choice(sessions)
        signals = _smoothed(drawn.signals, self._rng)
        watch.add(watch.measure(drawn.score <= self.radius, signals))


def _smoothed(signals: SessionSignals | None, rng: random.Random) -> SessionSignals | None:
    if signals is None:
        return None
    vector = np.array(signals.direction) * [1 + 0.01 * rng.gauss(0, 1) for _ in signals.direction]
    coverage = signals.depth_coverage

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * (1 + 0.02 * rng.gauss(0, 1))

    return SessionSignals(
        norm=signals.norm * (1 + 0.02 * rng.gauss(0, 1)),
        direction=tuple((vector / np.linalg.norm(vector)).tolist()),
        depth_coverage=None if coverage is None else coverage + 0.002 * rng.gauss(0, 1),
        depth_noise_mm=scaled(signals.depth_noise_mm),
        infrared_level=scaled(signals.infrared_level),
        sharpness=scaled(signals.sharpness),
    )


def main(config: DriftProofConfig) -> None:
    """Draw, watch, print, plot.

    Raises:
        RiseEdgeError: a file is no file of sessions, or there are too few.
    """
    expect_writable(config.picture)
    usual = _sessions(config.usual, config.modalities, 2 * config.calibration)
    faults = {
        name: _sessions(getattr(config, name), config.modalities, 20)
        for name in ("lamp_failure", "lens_smear", "sensor_swap")
    }
    rng = random.Random(config.seed)
    curves: dict[str, list[float]] = {}
    alarms, delays = [], {name: list[float]() for name in faults}
    signals = {name: Counter[str]() for name in faults}
    for run in range(config.runs):
        site = Site(usual, config.calibration, rng)
        watch = site.watch(run)
        for _ in range(config.sessions):
            site.show(watch, site.later)
        alarms.append(len(watch.drifts))
        for name, changed in faults.items():
            watch, curve = site.watch(run), []
            while watch.sessions < config.before + 4 * config.within and not watch.drifts:
                after = watch.sessions >= config.before
                site.show(watch, changed if after else site.later)
                curve.append(max(watch.evidence.values()))
            found = watch.sessions - config.before if watch.drifts else np.inf
            delays[name].append(float(found))
            signals[name].update(drift.signal for drift in watch.drifts)
            curves.setdefault(name, curve)
    _print(config, alarms, delays, signals)
    if config.picture:
        _plot(config, curves, delays)


def _sessions(files: Sequence[Path], modalities: str, least: int) -> list[SiteSession]:
    found = [s for path in files for name, s in read_sessions(path)[1] if name == modalities]
    if len(found) < least:
        raise SessionsFileError(
            f"expected {least} sessions of {modalities} or more in {', '.join(map(str, files))}, "
            f"got {len(found)}; collect more"
        )
    return found


def _print(
    config: DriftProofConfig,
    alarms: list[int],
    delays: dict[str, list[float]],
    signals: dict[str, Counter[str]],
) -> None:
    table = Table(title=f"{config.runs} sites, each calibrated with {config.calibration} sessions")
    for column in ("site", "what", "found"):
        table.add_column(column)
    table.add_row(
        "unchanged",
        f"false alarms in {config.sessions} sessions",
        f"{sum(alarms)} in {config.runs} runs, most in one: {max(alarms)}",
    )
    for name, found in delays.items():
        inside = sum(0 < delay <= config.within for delay in found)
        early = sum(delay <= 0 for delay in found)
        table.add_row(
            name,
            f"noticed within {config.within}",
            f"{inside} of {config.runs} ({early} before it), median {np.median(found):.0f}, "
            f"most {max(found):.0f}; by {', '.join(f'{k} {v}' for k, v in signals[name].items())}",
        )
    Console().print(table)


def _plot(
    config: DriftProofConfig, curves: dict[str, list[float]], delays: dict[str, list[float]]
) -> None:
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, curve in curves.items():
        left.semilogy(np.arange(1, len(curve) + 1) - config.before, curve, label=name)
    left.axhline(1, color="black", linewidth=0.8, linestyle="--")
    left.axvline(0, color="black", linewidth=0.8, linestyle=":")
    left.set_xlim(-config.before / 2, config.within)
    left.set_xlabel("sessions since the fault")
    left.set_ylabel("strongest evidence (dashed: told)")
    left.legend(loc="upper left")
    for name, found in delays.items():
        right.step(
            np.sort(found), np.arange(1, len(found) + 1) / len(found), where="post", label=name
        )
    right.axvline(config.within, color="black", linewidth=0.8, linestyle="--")
    right.set_xlabel(f"sessions to the warning (dashed: {config.within})")
    right.set_ylabel("share of runs")
    right.set_ylim(0, 1.02)
    right.set_xlim(0, 1.2 * config.within)
    assert config.picture is not None
    figure.savefig(config.picture, dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(DriftProofConfig)))
