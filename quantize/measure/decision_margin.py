"""Margin: what quantisation does to decisions, from norms before and after it.

A face is classified as live iff norm <= radius. With z' = z + eps, | ||z'|| - ||z|| | <= ||eps||: a
decision survives wherever the margin 1 - norm / radius is farther from 0 than the radial error in
radii. The identity is elementary; reporting a quantised model by it is this project's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from train.datasets.crops import CropDataset
from train.evaluation.plots import COLOURS

QUANTILES = (0.5, 0.9, 0.99, 1.0)

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Norms:
    """Norms of the same crops before and after quantisation, each with its own radius.

    Attributes:
        before: f32 (N,), in full precision.
        after: f32 (N,), of the quantised model on a runtime.
        radius_before: radius before of the full-precision model, > 0.
        radius_after: radius after of the quantised model on that runtime, > 0.

    Raises:
        ValueError: the arrays differ in shape, are empty or not finite, or a radius is not
            positive.
    """

    before: Floats
    after: Floats
    radius_before: float
    radius_after: float

    def __post_init__(self) -> None:
        if self.before.ndim != 1 or self.before.shape != self.after.shape or not self.before.size:
            raise ValueError(
                "expected as many norms before as after and at least one, got shapes "
                f"{self.before.shape} and {self.after.shape}"
            )
        for name, norms in (("before", self.before), ("after", self.after)):
            wrong = int((~np.isfinite(norms)).sum())
            if wrong:
                raise ValueError(
                    f"expected finite norms {name} quantisation, {wrong} of "
                    f"{norms.size} are not; the model is broken"
                )
        for name in ("radius_before", "radius_after"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")

    @property
    def margin_before(self) -> Floats:
        """1 - norm / radius: the signed distance to the sphere in radii, positive inside."""
        return (1 - self.before / self.radius_before).astype(np.float32)

    @property
    def margin_after(self) -> Floats:
        """The same after quantisation."""
        return (1 - self.after / self.radius_after).astype(np.float32)

    @property
    def radial_error(self) -> Floats:
        """Difference of norms, each in units of its own radius: what moves a decision."""
        return np.asarray(np.abs(self.margin_after - self.margin_before))

    def select(self, rows: NDArray[np.bool_]) -> Norms:
        """Some of the crops."""
        return Norms(self.before[rows], self.after[rows], self.radius_before, self.radius_after)


@dataclass(frozen=True)
class MarginReport:
    """What quantisation did to some crops. Shares are in [0, 1], errors in units of the radius.

    Attributes:
        crops: how many.
        flips: how many decisions changed.
        flip_rate: their share.
        radial_error: quantile -> radial error.
        retention: margin that is left, after / before; the margin is the mean of the signed
            distance to the side where the crop belongs, positive when the decision is right.
            None where it was not positive before, so that nothing could be kept.
        safe: share of decisions whose margin before exceeds `largest_error`.
    """

    crops: int
    flips: int
    flip_rate: float
    radial_error: dict[str, float]
    retention: float | None
    safe: float


def flipped(norms: Norms) -> NDArray[np.bool_]:
    """Which decisions changed, bool (N,)."""
    before, after = norms.before <= norms.radius_before, norms.after <= norms.radius_after
    return np.asarray(before != after)


def measure_margin(
    norms: Norms, bona_fide: NDArray[np.bool_], largest_error: float
) -> MarginReport:
    """Flip rate, radial errors, margin retention and the share of safe decisions.

    Args:
        norms: norms of N crops.
        bona_fide: bool (N,).
        largest_error: radial error that no calibration crop exceeded; see `largest_radial_error`.

    Raises:
        ValueError: the labels are not as many as the norms, or the error is negative or NaN.
    """
    if bona_fide.shape != norms.before.shape:
        raise ValueError(f"expected labels {norms.before.shape}, got {bona_fide.shape}")
    if not largest_error >= 0:
        raise ValueError(f"expected largest_error >= 0, got {largest_error}")
    side = np.where(bona_fide, 1.0, -1.0)
    before, after = (
        float(np.mean(side * margin)) for margin in (norms.margin_before, norms.margin_after)
    )
    flips = int(flipped(norms).sum())
    errors = np.quantile(norms.radial_error, QUANTILES)
    return MarginReport(
        crops=norms.before.size,
        flips=flips,
        flip_rate=flips / norms.before.size,
        radial_error={f"{q:g}": float(e) for q, e in zip(QUANTILES, errors, strict=True)},
        retention=after / before if before > 0 else None,
        safe=float(np.mean(np.abs(norms.margin_before) > largest_error)),
    )


def largest_radial_error(norms: Norms) -> float:
    """Largest radial error on calibration crops, in units of the radius."""
    return float(norms.radial_error.max())


def margin_tables(norms: Norms, dataset: CropDataset, largest_error: float) -> dict[str, Any]:
    """`measure_margin` of a whole data set, of each domain and of each species, as JSON has it.

    Raises:
        ValueError: the data set has another length than the norms.
    """

    def measured(rows: NDArray[np.bool_]) -> dict[str, Any]:
        part = measure_margin(norms.select(rows), dataset.bona_fide[rows], largest_error)
        return asdict(part)

    whole = asdict(measure_margin(norms, dataset.bona_fide, largest_error))
    return {
        "largest_error": largest_error,
        "all": whole,
        "domain": {name: measured(rows) for name, rows in _groups(dataset.domain)},
        "species": {name: measured(rows) for name, rows in _groups(dataset.species)},
    }


def margin_picture(norms: Norms, dataset: CropDataset, largest_error: float) -> Figure:
    """Signed margins before against after: the sphere as lines, flips marked.

    Between the dotted lines lies what calibration does not call safe.
    """
    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    axes = figure.subplots()
    before, after, flips = norms.margin_before, norms.margin_after, flipped(norms)
    for colour, live, label in ((COLOURS[1], False, "attack"), (COLOURS[0], True, "bona fide")):
        rows = dataset.bona_fide == live
        axes.scatter(before[rows], after[rows], s=6, c=colour, alpha=0.5, linewidths=0, label=label)
    axes.scatter(
        before[flips],
        after[flips],
        s=46,
        facecolors="none",
        edgecolors="black",
        linewidths=1.0,
        label=f"flips: {flips.sum()} of {flips.size}",
    )
    axes.axhline(0, color="black", linewidth=1.0)
    axes.axvline(0, color="black", linewidth=1.0)
    for edge in (-largest_error, largest_error):
        axes.axvline(edge, color="#777777", linewidth=0.8, linestyle=":")
    low = float(np.quantile(np.append(before, after), 0.01)) - 0.05
    axes.set_xlim(low, 1.0)
    axes.set_ylim(low, 1.0)
    axes.axline((0, 0), slope=1, color="#bbbbbb", linewidth=0.8, zorder=0)
    axes.set_xlabel("margin in full precision, in radii: alive right of the line")
    axes.set_ylabel("margin after quantisation: alive above the line")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def _groups(names: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    return ((str(name), names == name) for name in np.unique(names))
