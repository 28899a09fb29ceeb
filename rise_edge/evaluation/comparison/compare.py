"""Compare: the statistics of real faces beside those of every domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from rise_edge.command_line.text_table import TextTable
from rise_edge.errors import RiseEdgeError
from rise_edge.evaluation.comparison.classifier import realism_auc
from rise_edge.evaluation.comparison.face_statistics import STATISTICS, face_statistics
from rise_edge.evaluation.comparison.people_statistics import PeopleStatistics
from rise_edge.evaluation.labelled_crops import LabelledCrop, LabelledCutter
from rise_edge.evaluation.labelled_set import LabelledSet
from rise_edge.evaluation.landmarks import Landmarks
from rise_edge.frame import Modality
from rise_edge.simulator.domains import DOMAINS
from rise_edge.simulator.samples.sample import render_crop

_FIRST_PERSON = 500_000  # whom nobody trains on
_CROPS_OF_A_PERSON = 4
_NEEDED = frozenset({Modality.DEPTH, Modality.INFRARED})


class ComparisonError(RiseEdgeError):
    """The real faces are too few to compare with."""

    exit_code = 2


@dataclass(frozen=True, eq=False)
class Comparison:
    """Real faces and the domains beside them.

    Attributes:
        real: frontal faces.
        domains: the same of simulated ones.
        aucs: AUC of each domain, see `realism_auc`.
    """

    real: PeopleStatistics
    domains: tuple[PeopleStatistics, ...]
    aucs: tuple[float, ...]

    @property
    def limits(self) -> NDArray[np.float64]:
        """The real range, f64 (2, 8): two deviations between people around their mean."""
        spread = 2 * self.real.deviation
        return np.array([self.real.mean - spread, self.real.mean + spread])

    def within(self, domain: PeopleStatistics) -> NDArray[np.bool_]:
        """Which of a domain's means lie within the real range, bool (8,)."""
        low, high = self.limits
        return np.asarray((domain.mean >= low) & (domain.mean <= high))

    def table(self) -> TextTable:
        """A row for each statistic; domains outside the real range are bold."""
        people = len(self.real.names)
        header = (
            "statistic",
            f"{self.real.name}, {people} people",
            "real range",
            *(domain.name for domain in self.domains),
        )
        rows = []
        for i, statistic in enumerate(STATISTICS):
            unit = f", {statistic.unit}" if statistic.unit else ""
            low, high = (f"{limit:.{statistic.digits}f}" for limit in self.limits[:, i])
            cells = [_cell(self.real, i), f"{low} to {high}"]
            for domain in self.domains:
                cell = _cell(domain, i)
                cells.append(cell if self.within(domain)[i] else f"**{cell}**")
            rows.append((statistic.name + unit, *cells))
        counts = [
            f"{int(self.within(domain).sum())} of {len(STATISTICS)}" for domain in self.domains
        ]
        rows.append(("within the real range", "", "", *counts))
        rows.append(("AUC of a classifier", "", "", *(f"{value:.2f}" for value in self.aucs)))
        return TextTable(header, rows)


def compare(
    sets: Sequence[LabelledSet],
    *,
    domains: Sequence[str] = tuple(DOMAINS),
    people: int = 60,
    seed: int = 0,
) -> Comparison:
    """Compare real frontal bona fide faces in depth and infrared with simulated ones.

    Args:
        sets: sets whose frames with depth, infrared and landmarks are used.
        domains: names in `DOMAINS`.
        people: simulated ones of each domain.
        seed: seed of the simulated crops and the intervals.

    Raises:
        ComparisonError: fewer than two people have such frames.
        LabelledSetError: a picture is not of its kind.
        ValueError: an unknown domain.
    """
    found = [pair for labelled in sets for pair in _real(labelled)]
    real = PeopleStatistics.of("real", *_columns(found))
    if len(real.names) < 2:
        raise ComparisonError(
            "expected frontal faces of two people or more with depth, infrared and landmarks, "
            f"got those of {len(real.names)}"
        )
    simulated = tuple(
        PeopleStatistics.of(domain, *_columns(list(_simulated(domain, people, seed))))
        for domain in track(domains, "rendering faces", console=Console(stderr=True))
    )
    return Comparison(real, simulated, tuple(realism_auc(real, each) for each in simulated))


def _columns(
    pairs: list[tuple[NDArray[np.float64], str]],
) -> tuple[list[NDArray[np.float64]], list[str]]:
    return [row for row, _ in pairs], [person for _, person in pairs]


def _real(labelled: LabelledSet) -> Iterator[tuple[NDArray[np.float64], str]]:
    for found in LabelledCutter().cut(labelled):
        if not isinstance(found, LabelledCrop):
            continue
        crop, square = found.crop, found.crop.square
        shown = found.presentation
        if not (shown.bona_fide and found.frontal and crop.present >= _NEEDED and square):
            continue
        corner = np.array([square.cx, square.cy]) - square.side / 2
        points = (found.face.keypoints[:4] - corner + 0.5) * (crop.size / square.side) - 0.5
        yield face_statistics(crop, points), shown.subject


def _simulated(domain: str, people: int, seed: int) -> Iterator[tuple[NDArray[np.float64], str]]:
    for person in range(_FIRST_PERSON, _FIRST_PERSON + people):
        for turn in range(_CROPS_OF_A_PERSON):
            sample = render_crop(seed + turn, domain=domain, species="bona_fide", subject=person)
            points = sample.truth.keypoints
            assert points is not None
            if Landmarks(points[:4]).frontal:
                yield face_statistics(sample.crop, points), sample.truth.subject


def _cell(people: PeopleStatistics, i: int) -> str:
    digits = STATISTICS[i].digits
    low, high = people.interval()[:, i]
    return f"{people.mean[i]:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
