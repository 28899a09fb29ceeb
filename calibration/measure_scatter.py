"""Calibrate a bundle's decision over time: `python calibration/measure_scatter.py BUNDLE`.

Measures how the margins of one presentation scatter, in a domain that no report measures, writes
that into the bundle, and checks in other domains how presentations end and how fast. The bundle
gets `session.json` and `session.png`; its model and its radii stay what they were.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table

from calibration.decision.operating_curve import (
    Ending,
    Share,
    play,
    share,
    shifted,
    verdict_times_ms,
)
from calibration.decision.presentations import Watched, watch
from calibration.decision.scatter import FEWEST, measure_scatter
from calibration.decision.session_plot import operating_picture
from rise_edge import Bundle, Checker, EvidenceConfig, Outcome, SessionConfig, open_bundle
from rise_edge.bundle.bundle import amend_bundle, expect_bundle_place, expect_unsigned
from rise_edge.command_line.run_command import run_command
from rise_edge.decision.sequential_test import MarginScatter
from rise_edge.frame import ALL_MODALITIES, Modality, modality_set, parse_modality_set
from rise_edge.simulator.domains import domain_named

SETS = ("colour", "colour+depth", "colour+infrared", "colour+depth+infrared")
MEANS = (-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4)
_INTERVAL_MS = 1000 / 30

console = Console(stderr=True)


@dataclass(frozen=True)
class CalibrateConfig:
    """Measure a bundle's scatter and write it into the bundle.

    Attributes:
        bundle: folder of the bundle.
        domain: domain of the simulator, to measure in.
        check: domains to check in.
        presentations: presentations to watch in each domain.
        seed: seed of the presentations; each domain has its own people.
    """

    bundle: Annotated[Path, tyro.conf.Positional]
    domain: str = "depot"
    check: tuple[str, ...] = ("office", "night", "backlit")
    presentations: int = 160
    seed: int = 0

    def __post_init__(self) -> None:
        if self.presentations < FEWEST:
            raise ValueError(
                f"expected presentations >= {FEWEST}, of which a scatter can be measured, got "
                f"{self.presentations}"
            )
        for name in (self.domain, *self.check):
            domain_named(name)


def main(config: CalibrateConfig) -> None:
    """Measure, check, write.

    Raises:
        BundleError: the bundle does not open, is signed, cannot be written, or was replaced by
            another one meanwhile.
    """
    bundle = open_bundle(config.bundle)
    expect_unsigned(bundle)
    expect_bundle_place(bundle.path.resolve())
    checkers = {name: _checker(bundle, name) for name in SETS}
    seen = _watch(checkers, config.domain, config)
    scatter = _scatter(seen)
    every = modality_set(ALL_MODALITIES)
    used = scatter.get(every, MarginScatter())
    full = {every: checkers[every]}
    played = {config.domain: seen[every]}
    played |= {domain: _watch(full, domain, config)[every] for domain in config.check}
    report = {
        "command": "python calibration/measure_scatter.py " + " ".join(sys.argv[1:]),
        "data": f"simulated presentations, {config.presentations} a domain, seed {config.seed}",
        "measured_in": config.domain,
        "scatter": {name: asdict(found) for name, found in scatter.items()},
        "asked": asdict(SessionConfig()),
        "domains": {name: _ends(watched, used) for name, watched in played.items()},
        "shifted": [_shifted_ends(seen[every], used, mean) for mean in MEANS],
    }
    files = {
        "session.json": (json.dumps(report, indent=2) + "\n").encode(),
        "session.png": operating_picture(report),
    }
    amend_bundle(bundle, files, margin_scatter=scatter)
    _print(report)


def _checker(bundle: Bundle, name: str) -> Checker:
    required = frozenset[Modality](parse_modality_set(name))
    evidence = EvidenceConfig(required=required, accept_colour_alone=True)
    return Checker(bundle, evidence=evidence)


def _watch(
    checkers: dict[str, Checker], domain: str, config: CalibrateConfig
) -> dict[str, list[Watched]]:
    seen: dict[str, list[Watched]] = {name: [] for name in checkers}
    shown = watch(checkers, domain, config.presentations, config.seed)
    for each in track(shown, f"{domain:<12}", total=config.presentations, console=console):
        for name, watched in each.items():
            seen[name].append(watched)
    return seen


def _scatter(seen: dict[str, list[Watched]]) -> dict[str, MarginScatter]:
    """Of each set of modalities that can be measured; another one is left to the defaults."""
    measured = {name: _measured(name, watched) for name, watched in seen.items()}
    return {name: found for name, found in measured.items() if found}


def _measured(name: str, watched: list[Watched]) -> MarginScatter | None:
    try:
        return measure_scatter([each.margins for each in watched], _INTERVAL_MS)
    except ValueError as error:
        console.print(f"{name} keeps the defaults: {error}", style="yellow", markup=False)
        return None


def _ends(watched: list[Watched], scatter: MarginScatter) -> dict[str, Any]:
    """How the presentations of one domain ended, as they are."""
    ended = [(w, ending) for w in watched if (ending := play(w, scatter))]
    live = [ending for w, ending in ended if w.bona_fide]
    attacks = [ending for w, ending in ended if not w.bona_fide]
    times_ms = verdict_times_ms(live)
    return {
        "bona_fide": _counts(live),
        "attacks": _counts(attacks),
        "attacks_live": dict(
            Counter(w.species for w, e in ended if not w.bona_fide and e.outcome is Outcome.LIVE)
        ),
        "verdict_ms": {
            "median": _rounded(np.median(times_ms)) if times_ms.size else None,
            "p95": _rounded(np.percentile(times_ms, 95)) if times_ms.size else None,
            "all": [_rounded(ms) for ms in np.sort(times_ms)],
        },
    }


def _shifted_ends(watched: list[Watched], scatter: MarginScatter, mean: float) -> dict[str, Any]:
    moved = [m for w in watched if (m := shifted(w, mean))]
    return {"mean": mean, **_counts([e for m in moved if (e := play(m, scatter))])}


def _counts(endings: list[Ending]) -> dict[str, int]:
    found = {outcome.value: share(endings, outcome).count for outcome in Outcome}
    return {"presentations": len(endings), **found}


def _rounded(ms: float) -> float:
    return round(float(ms), 1)


def _print(report: dict[str, Any]) -> None:
    output = Console()
    table = Table(title=f"scatter of the margin, measured in {report['measured_in']}")
    for name in ("modalities", "std", "correlation ms"):
        table.add_column(name, justify="left" if name == "modalities" else "right")
    for name, found in report["scatter"].items():
        table.add_row(name, f"{found['std']:.3f}", f"{found['correlation_ms']:.0f}")
    output.print(table)
    table = Table(title="presentations, all modalities")
    for name in ("domain", "bona fide LIVE", "bona fide SPOOF", "attacks LIVE", "median", "p95"):
        table.add_column(name, justify="left" if name == "domain" else "right")
    for domain, ends in report["domains"].items():
        live, attacks, times = ends["bona_fide"], ends["attacks"], ends["verdict_ms"]
        table.add_row(
            domain,
            str(Share(live["LIVE"], live["presentations"])),
            str(Share(live["SPOOF"], live["presentations"])),
            str(Share(attacks["LIVE"], attacks["presentations"])),
            *(f"{times[k]:.0f} ms" if times[k] is not None else "-" for k in ("median", "p95")),
        )
    output.print(table)


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(CalibrateConfig)), "stopped; the bundle is as it was")
