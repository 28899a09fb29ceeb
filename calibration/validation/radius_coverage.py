"""Prove by simulation what a radius promises: `python calibration/validation/radius_coverage.py`.

A calibration is drawn a thousand times, the radius chosen each time as
`calibration/choose_radius.py` does, and the BPCER that it then has is looked up: how often is it
the asked one or less? Once with scores drawn from a smooth distribution that was fitted to real
sessions' scores, whose BPCER at each radius is known exactly; once with the sessions themselves,
split into those that calibrate and the others, on which the BPCER is counted.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import tyro
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.special import ndtr

from calibration.output_file import expect_writable
from calibration.site.conformal import held, least_sessions, marginal_rank, rank
from calibration.site.site_session import SessionsFileError, read_sessions
from rise_edge.command_line.run_command import run_command
from rise_edge.pad_metrics import clopper_pearson

console = Console(stderr=True)


@dataclass(frozen=True)
class CoverageConfig:
    """Draw calibrations and count how often their promise holds.

    Attributes:
        sessions: files of bona fide sessions, by `calibration/collect_sessions.py`.
        modalities: which set of theirs.
        bpcer: BPCER that is asked.
        confidence: with which it is to hold.
        draws: how many calibrations.
        seed: seed of the draws.
        picture: a PNG to write.
    """

    sessions: Annotated[tuple[Path, ...], tyro.conf.Positional]
    modalities: str = "colour+depth+infrared"
    bpcer: float = 0.05
    confidence: float = 0.95
    draws: int = 1000
    seed: int = 0
    picture: Path | None = None

    def __post_init__(self) -> None:
        for name in ("bpcer", "confidence"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"expected {name} between 0 and 1, got {getattr(self, name)}")
        if self.draws < 1:
            raise ValueError(f"expected draws >= 1, got {self.draws}")


class FittedScores:
    """A smooth distribution of scores: a normal kernel around the logarithm of each real one.

    Args:
        scores: real ones, finite and positive.
    """

    def __init__(self, scores: NDArray[np.float64]) -> None:
        self._logs = np.log(scores)
        self._width = 1.06 * float(self._logs.std()) * len(scores) ** -0.2  # Silverman's rule

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Some scores."""
        logs = rng.choice(self._logs, n) + self._width * rng.standard_normal(n)
        return np.asarray(np.exp(logs))

    def beyond(self, radius: float) -> float:
        """The share of scores beyond a radius, exactly."""
        return float(ndtr((self._logs - np.log(radius)) / self._width).mean())


def drawn_bpcer(
    fitted: FittedScores, n: int, k: int, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The true BPCER after each of some calibrations with n sessions at rank k."""
    return np.array([fitted.beyond(np.sort(fitted.draw(n, rng))[k - 1]) for _ in range(draws)])


def split_bpcer(
    scores: NDArray[np.float64], n: int, k: int, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The BPCER counted on the sessions that did not calibrate, for each of some splits."""
    shares = []
    for _ in range(draws):
        mixed = rng.permutation(scores)
        shares.append(float(np.mean(mixed[n:] > np.sort(mixed[:n])[k - 1])))
    return np.array(shares)


def main(config: CoverageConfig) -> None:
    """Draw, count, print, plot.

    Raises:
        RiseEdgeError: a file is no file of sessions, or there are too few of them.
    """
    expect_writable(config.picture)
    scores = _scores(config)
    fitted, rng = FittedScores(scores[np.isfinite(scores)]), np.random.default_rng(config.seed)
    least = least_sessions(config.bpcer, config.confidence)
    table = Table(
        title=f"{config.draws} calibrations, asked: BPCER <= {config.bpcer:.1%} in "
        f"{config.confidence:.0%} of them ({len(scores)} real sessions)"
    )
    for column in ("scores", "rank", "n", "held in", "theory", "mean BPCER"):
        table.add_column(column, justify="left" if column in ("scores", "rank") else "right")
    found = {}
    for n in (least, *(size for size in (100, 200, 400) if size > least)):
        k = rank(n, config.bpcer, config.confidence)
        found[n, k] = drawn_bpcer(fitted, n, k, config.draws, rng)
        theory = held(n, k, config.bpcer)
        table.add_row("fitted", f"chosen, {k}", f"{n}", *_row(found[n, k], config, theory))
    n = max(100, least)
    k = marginal_rank(n, config.bpcer)
    mean_only = drawn_bpcer(fitted, n, k, config.draws, rng)
    theory = held(n, k, config.bpcer)
    table.add_row("fitted", f"for the mean, {k}", f"{n}", *_row(mean_only, config, theory))
    n, k = least, rank(least, config.bpcer, config.confidence)
    others = len(scores) - n
    counted = split_bpcer(scores, n, k, config.draws, rng)
    theory = _theory_of_counts(others, n, k, config.bpcer)
    table.add_row(f"real, {others} others", f"chosen, {k}", f"{n}", *_row(counted, config, theory))
    Console().print(table)
    if config.picture:
        _plot(found, config)


def _scores(config: CoverageConfig) -> NDArray[np.float64]:
    read = [session for path in config.sessions for session in read_sessions(path)[1]]
    scores = [s.score for name, s in read if name == config.modalities and s.responds()]
    needed = 2 * least_sessions(config.bpcer, config.confidence)
    if len(scores) < needed:
        raise SessionsFileError(
            f"expected {needed} sessions or more of {config.modalities}, got {len(scores)}; "
            "collect more"
        )
    return np.array(scores)


def _theory_of_counts(others: int, n: int, k: int, bpcer: float) -> float:
    """With which probability a BPCER that is counted on some other sessions is the asked one."""
    from scipy.stats import betabinom  # takes a second to import

    return float(betabinom.cdf(np.floor(bpcer * others), others, n + 1 - k, k))


def _row(bpcer: NDArray[np.float64], config: CoverageConfig, theory: float) -> tuple[str, ...]:
    count = int(np.sum(bpcer <= config.bpcer))
    low, high = clopper_pearson(count, len(bpcer))
    share = count / len(bpcer)
    return f"{share:.1%} ({low:.1%} to {high:.1%})", f"{theory:.1%}", f"{bpcer.mean():.2%}"


def _plot(found: dict[tuple[int, int], NDArray[np.float64]], config: CoverageConfig) -> None:
    from scipy.stats import beta

    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    edges = np.linspace(0, 2.5 * config.bpcer, 51)
    x = np.linspace(1e-5, edges[-1], 400)
    for i, ((n, k), bpcer) in enumerate(found.items()):
        colour = f"C{i}"
        left.hist(bpcer, edges, density=True, histtype="step", color=colour, label=f"n = {n}")
        left.plot(x, beta.pdf(x, n + 1 - k, k), color=colour, linewidth=0.8, linestyle=":")
        right.plot(np.sort(bpcer), np.arange(1, len(bpcer) + 1) / len(bpcer), color=colour)
    for axes in (left, right):
        axes.axvline(config.bpcer, color="black", linewidth=0.8, linestyle="--")
        axes.set_xlim(0, edges[-1])
        axes.set_xlabel("true BPCER after a calibration (dashed: asked)")
    right.axhline(config.confidence, color="black", linewidth=0.8, linestyle="--")
    left.set_ylabel("density (dotted: theory)")
    left.set_ylim(0, 90)
    right.set_ylabel("share of calibrations up to there")
    left.legend()
    assert config.picture is not None
    figure.savefig(config.picture, dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(CoverageConfig)))
