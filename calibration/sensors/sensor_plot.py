"""A picture of a calibration: where corners were seen, and what the fit leaves unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calibration.sensors.camera_trio import Calibrated
from calibration.sensors.view_collector import SIGHT, BoardView
from rise_edge.frame import Modality

_COLOURS = {Modality.COLOUR: "#1b6ca8", Modality.INFRARED: "#d1495b"}


def coverage_picture(views: Sequence[BoardView], calibrated: Calibrated) -> bytes:
    """A PNG of the corners of all views in both pictures, with the nine parts asked for."""
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    for axes, modality in zip(figure.subplots(1, 2), SIGHT, strict=True):
        sensor = calibrated.calibration.sensors[modality]
        width, height = sensor.width, sensor.height
        for view in views:
            if modality in view.corners:
                axes.plot(*view.corners[modality].at_px.T, ".", markersize=3)
        for share in (1 / 3, 2 / 3):
            axes.axvline(width * share, color="#999999", linewidth=0.8)
            axes.axhline(height * share, color="#999999", linewidth=0.8)
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.set_aspect("equal")
        axes.set_title(f"{modality}: corners of each view")
    return _png(figure)


def residual_picture(calibrated: Calibrated) -> bytes:
    """A PNG of the corners' offsets in both pictures, and of depth about the board's planes."""
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    residuals = calibrated.calibration.residuals
    assert residuals is not None
    rms = {Modality.COLOUR: residuals.colour_px, Modality.INFRARED: residuals.infrared_px}
    for modality in reversed(SIGHT):
        offsets = np.concatenate(list(calibrated.offsets_px[modality].values()))
        label = f"{modality}, rms {rms[modality]:.2f} px"
        left.plot(*offsets.T, ".", color=_COLOURS[modality], markersize=3, label=label)
    left.set_aspect("equal", "datalim")
    left.set_xlabel("px right of where it should be")
    left.set_ylabel("px below")
    left.legend(loc="upper right")
    _plot_depth(right, calibrated)
    return _png(figure)


def _plot_depth(axes: Axes, calibrated: Calibrated) -> None:
    fit = calibrated.depth
    if fit is None:
        axes.set_axis_off()
        return
    scale = fit.scale
    before_mm = fit.readings - fit.plane_mm
    after_mm = scale.step_mm * fit.readings + scale.offset_mm - fit.plane_mm
    axes.plot(fit.plane_mm, before_mm, ".", color="#bbbbbb", markersize=2, label="as read")
    axes.plot(fit.plane_mm, after_mm, ".", color="#2a9d5c", markersize=2, label="calibrated")
    reach = 4 * max(fit.scatter_mm, 1.0) + float(np.abs(np.median(before_mm)))
    axes.set_ylim(-max(reach, 20), max(reach, 20))
    axes.set_xlabel("mm from the camera to the board's plane")
    axes.set_ylabel("mm of depth behind the plane")
    axes.legend(loc="upper left")


def _png(figure: Figure) -> bytes:
    file = BytesIO()
    figure.savefig(file, format="png", dpi=90, metadata={"Software": None})
    return file.getvalue()
