"""Plots: what a report's numbers look like, as small PNG files."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes
from numpy.typing import NDArray
from scipy.special import ndtri

from rise_edge.pad_metrics import error_curve
from train.datasets.crops import CropDataset
from train.evaluation.scoring import Outputs

_BONA_FIDE = "#1b6ca8"
_ATTACKS = (
    "#d1495b",
    "#edae49",
    "#00798c",
    "#8d6a9f",
    "#5c946e",
    "#b5651d",
    "#7a7a7a",
    "#e07a9a",
    "#3d405b",
    "#a3b18a",
    "#f4a261",
    "#2a9d8f",
    "#c9ada7",
    "#6d597a",
)
COLOURS = (_BONA_FIDE, *_ATTACKS)
_TICKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)


def png(figure: Figure) -> bytes:
    """A figure as a PNG file's content, without a date in it."""
    file = BytesIO()
    figure.savefig(file, format="png", dpi=90, metadata={"Software": None})
    return file.getvalue()


def norm_histogram(found: NDArray[np.float32], dataset: CropDataset, radius: float) -> Figure:
    """Norms of bona fide presentations and of each attack species, with the radius."""
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    axes = figure.subplots()
    low, high = np.quantile(np.append(found, radius), (0.0, 0.995))
    edges = np.linspace(low - 0.05 * (high - low), high, 61)
    clipped, bins = np.clip(found, edges[0], edges[-1]), edges.tolist()
    live = dataset.bona_fide
    species = [str(name) for name in np.unique(dataset.species[~live])]
    axes.hist(
        [clipped[~live & (dataset.species == name)] for name in species],
        bins,
        stacked=True,
        color=[_ATTACKS[i % len(_ATTACKS)] for i in range(len(species))],
        label=[_words(name) for name in species],
    )
    axes.hist(clipped[live], bins, color=_BONA_FIDE, alpha=0.75, label="bona fide")
    axes.axvline(radius, color="black", linewidth=1.2)
    axes.annotate(
        f"radius {radius:.2f}",
        (radius, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(4, -12),
        textcoords="offset points",
        fontsize=8,
    )
    axes.set_xlabel("norm of the embedding: inside the radius is classified as live")
    axes.set_ylabel("crops")
    _finish(figure, axes)
    return figure


def det_curve(scores_of: dict[str, NDArray[np.float32]], dataset: CropDataset) -> Figure:
    """APCER against BPCER on normal-deviate axes (ISO/IEC 30107-3), one line a modality set."""
    figure = Figure(figsize=(5.4, 4.2), layout="constrained")
    axes = figure.subplots()
    low = _TICKS[0] / 2
    for colour, (name, found) in zip(COLOURS, scores_of.items(), strict=False):
        curve = error_curve(found, dataset.bona_fide)
        x, y = (ndtri(np.clip(rate, low, 0.9)) for rate in (curve.apcer, curve.bpcer))
        axes.plot(x, y, color=colour, linewidth=1.6, label=name.replace("+", " + "))
    ticks = ndtri(_TICKS)
    words = [f"{100 * tick:g}%" for tick in _TICKS]
    axes.set_xticks(ticks, words)
    axes.set_yticks(ticks, words)
    axes.set_xlim(ndtri(low), ndtri(0.9))
    axes.set_ylim(ndtri(low), ndtri(0.9))
    axes.set_xlabel("APCER, all attack species together")
    axes.set_ylabel("BPCER")
    axes.grid(color="#dddddd", linewidth=0.6)
    _finish(figure, axes)
    return figure


def polar_picture(made: Outputs, dataset: CropDataset, radius: float) -> Figure:
    """Norm as distance from the centre, direction as angle; as RiSe's Figure 3 has it.

    The angle is that of the direction's two principal components, so that domains that point
    elsewhere stand elsewhere. The circle is the radius.
    """
    lengths = np.linalg.norm(made.embedding, axis=1, keepdims=True)
    unit = made.embedding / np.maximum(lengths, 1e-12)
    centred = unit - unit.mean(0)
    plane = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    angle = np.arctan2(plane[:, 1], plane[:, 0])
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.add_subplot(projection="polar")
    assert isinstance(axes, PolarAxes)
    for colour, domain in zip(COLOURS, dataset.domains, strict=False):
        for live, marker, name in ((True, "o", "bona fide"), (False, "x", "attack")):
            rows = (dataset.domain == domain) & (dataset.bona_fide == live)
            axes.scatter(
                angle[rows],
                lengths[rows, 0],
                s=10 if live else 12,
                c=colour,
                marker=marker,
                linewidths=0.8,
                alpha=0.6,
                label=f"{domain}, {name}",
            )
    around = np.linspace(0, 2 * np.pi, 200)
    axes.plot(around, np.full(200, radius), color="black", linewidth=1.2)
    axes.set_rmax(float(np.quantile(lengths, 0.995)))
    axes.set_xticklabels([])
    axes.tick_params(labelsize=7)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def errors_by_species(found: NDArray[np.float32], dataset: CropDataset, threshold: float) -> Figure:
    """Error rate of each species, bona fide ones too, in each domain, as a table of colours."""
    species = sorted(
        {str(name) for name in dataset.species},
        key=lambda name: (not dataset.bona_fide[dataset.species == name].any(), name),
    )
    rates = np.full((len(species), len(dataset.domains)), np.nan)
    for row, name in enumerate(species):
        for column, domain in enumerate(dataset.domains):
            here = (dataset.species == name) & (dataset.domain == domain)
            if here.any():
                wrong = (found[here] <= threshold) != dataset.bona_fide[here]
                rates[row, column] = 100 * wrong.mean()
    figure = Figure(
        figsize=(2.6 + 0.9 * len(dataset.domains), 0.8 + 0.3 * len(species)), layout="constrained"
    )
    axes = figure.subplots()
    axes.imshow(rates, cmap="OrRd", vmin=0, vmax=50, aspect="auto")
    for (row, column), rate in np.ndenumerate(rates):
        if np.isfinite(rate):
            colour = "white" if rate > 35 else "black"
            axes.text(
                column, row, f"{rate:.0f}", ha="center", va="center", color=colour, fontsize=8
            )
    axes.set_xticks(range(len(dataset.domains)), dataset.domains, fontsize=8)
    axes.set_yticks(range(len(species)), [_words(name) for name in species], fontsize=8)
    axes.set_title("errors in % at this radius", fontsize=9)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def _finish(figure: Figure, axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)


def _words(name: str) -> str:
    return name.replace("_", " ")
