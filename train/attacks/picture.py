"""Picture: a relief in millimetres, with a scale bar."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

_SIDE_MM = 210.0  # of a crop, on an adult: see `rise_edge.face.face_square`
_BAR_MM = 50.0


def relief_picture(height_mm: NDArray[np.float32], title: str) -> Figure:
    """Draw a relief (S, S) over the crop; red is nearer to the camera, blue farther."""
    figure = Figure(figsize=(4.6, 3.8), layout="constrained")
    axes = figure.subplots()
    most = max(float(np.abs(height_mm).max()), 1e-6)
    half = _SIDE_MM / 2
    image = axes.imshow(
        height_mm, cmap="RdBu", vmin=-most, vmax=most, extent=(-half, half, half, -half)
    )
    levels = axes.contour(
        height_mm,
        levels=np.linspace(-most, most, 11),
        colors="black",
        linewidths=0.4,
        extent=(-half, half, -half, half),
    )
    levels.set_alpha(0.5)
    axes.plot([-half + 8, -half + 8 + _BAR_MM], [half - 8] * 2, color="black", linewidth=3)
    axes.text(-half + 8, half - 12, f"{_BAR_MM:g} mm", fontsize=8)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(title, fontsize=9)
    figure.colorbar(image, ax=axes, label="mm, positive is farther from the camera")
    return figure
