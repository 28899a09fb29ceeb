"""What a radius from some people does to others: `python calibration/leave_people_out.py SET...`.

From labelled pictures, as `rise-edge evaluate` reads them, the radius is chosen on some of the
people, at which the required share of their frames lies outside, each person counting alike. Then
it is compared with the frames of all others, and against the attacks that show those. This is done
for every choice of so many people. Nothing is written: a site's radius, with its guarantee, comes
from sessions, by `calibration/choose_radius.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb
from typing import Annotated

import numpy as np
import tyro
from numpy.typing import NDArray
from rich.console import Console

from rise_edge import open_bundle
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.command_line.run_command import run_command
from rise_edge.command_line.text_table import TextTable
from rise_edge.errors import RiseEdgeError
from rise_edge.evaluation import measure_sets, read_labelled_sets
from rise_edge.evaluation.measure import Norms, joined
from rise_edge.runtimes import open_runtime

MOST_SPLITS = 10_000


class TooFewPeopleError(RiseEdgeError):
    """Nobody is left to hold the radius against."""

    exit_code = 2


@dataclass(frozen=True)
class LeaveOutConfig:
    """Choose a radius on some people, and hold it against the others.

    Attributes:
        sets: folders of labelled sets.
        pictures: where the sets' paths begin, if not in their own folders.
        bundle: its folder; by default the demonstration bundle.
        runtime: what runs its model.
        people: how many of them choose the radius.
        bpcer: share of their frames that may lie outside.
        every_frame: take frames that are not frontal too, where landmarks say which these are.
    """

    sets: Annotated[tuple[Path, ...], tyro.conf.Positional]
    pictures: Path | None = None
    bundle: Path | None = None
    runtime: str = "onnx"
    people: int = 4
    bpcer: float = 0.05
    every_frame: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.bpcer < 1:
            raise ValueError(f"expected bpcer between 0 and 1, got {self.bpcer}")
        if self.people < 1:
            raise ValueError(f"expected people >= 1, got {self.people}")


@dataclass(frozen=True)
class Held:
    """A radius that some people chose, compared with the others.

    Attributes:
        radius: radius that was chosen.
        bpcer: share of the others' frames outside of it.
        apcer: species -> share of the attacks that show the others inside of it.
    """

    radius: float
    bpcer: float
    apcer: dict[str, float]


def main(config: LeaveOutConfig) -> dict[str, list[Held]]:
    """Read the pictures, choose, hold, print; returns what was found for each modality set.

    Raises:
        RiseEdgeError: the bundle or a set cannot be used, or there are too few people.
    """
    bundle = open_bundle(config.bundle or default_bundle_path())
    model = open_runtime(bundle, config.runtime)
    radii = bundle.manifest.radii[config.runtime]
    measured = measure_sets(
        read_labelled_sets(config.sets, config.pictures),
        lambda crops: [embedding.norm for embedding in model.embed(crops)],
        radii,
        bundle.manifest.crop_size,
    )
    found = {}
    for name, radius in radii.items():
        parts = [each.norms[name] for each in measured if name in each.norms]
        if parts:
            norms = _chosen_frames(joined(parts), config.every_frame)
            found[name] = list(leave_out(norms, config.people, config.bpcer))
            _print(name, norms, radius, found[name], config)
    return found


def leave_out(norms: Norms, people: int, bpcer: float) -> Iterator[Held]:
    """Hold the radius of every choice of so many people against the others.

    Args:
        norms: norms of one modality set.
        people: who choose, a number.
        bpcer: share of their frames that may lie outside.

    Raises:
        TooFewPeopleError: nobody would be left.
    """
    living = np.unique(norms.subject[norms.bona_fide])
    if len(living) <= people:
        raise TooFewPeopleError(
            f"expected more than {people} people, of whom {people} choose the radius, got "
            f"{len(living)}; lower --people or add a set"
        )
    for chosen in islice(combinations(living, people), MOST_SPLITS):
        own = np.isin(norms.subject, chosen)
        radius = radius_of(norms.select(own & norms.bona_fide), bpcer)
        others = norms.select(~own)
        species = np.unique(others.species[~others.bona_fide]).tolist()
        yield Held(
            radius,
            float((others.norm[others.bona_fide] > radius).mean()),
            {
                name: float((others.norm[others.species == name] <= radius).mean())
                for name in species
            },
        )


def radius_of(norms: Norms, bpcer: float) -> float:
    """The smallest norm with at most this share of frames above it, each person counting alike."""
    _, member, frames = np.unique(norms.subject, return_inverse=True, return_counts=True)
    weight: NDArray[np.float64] = 1.0 / (frames[member] * len(frames))
    order = np.argsort(norms.norm, kind="stable")
    inside = np.cumsum(weight[order])
    return float(norms.norm[order][np.searchsorted(inside, 1 - bpcer - 1e-12)])


def _chosen_frames(norms: Norms, every_frame: bool) -> Norms:
    return norms if every_frame or not norms.frontal.any() else norms.select(norms.frontal)


def _print(
    name: str, norms: Norms, radius: float, held: list[Held], config: LeaveOutConfig
) -> None:
    live = norms.bona_fide
    rows = [("radius", f"{radius:.3f}", *_spread([h.radius for h in held], "{:.3f}"))]
    before = float((norms.norm[live] > radius).mean())
    rows.append(("BPCER", f"{before:.1%}", *_spread([h.bpcer for h in held], "{:.1%}")))
    for species in held[0].apcer:
        accepted = float((norms.norm[norms.species == species] <= radius).mean())
        rates = [h.apcer[species] for h in held if species in h.apcer]
        rows.append((f"APCER, {species}", f"{accepted:.1%}", *_spread(rates, "{:.1%}")))
    count = len(np.unique(norms.subject[live]))
    total = comb(count, config.people)
    splits = f"{len(held)} of {total} choices" if len(held) < total else f"all {total} choices"
    console = Console()
    console.print(
        f"\n{name}: chosen on {config.people} of {count} people with {config.bpcer:.0%} outside, "
        f"compared with the others, {splits}",
        highlight=False,
    )
    console.print(TextTable(("", "at the bundle's radius", "mean", "least", "most"), rows))


def _spread(values: list[float], form: str) -> tuple[str, str, str]:
    mean, least, most = float(np.mean(values)), min(values), max(values)
    return form.format(mean), form.format(least), form.format(most)


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(LeaveOutConfig)))
