"""Canvas: the picture while shapes are being drawn into it, nearest surface wins."""

from __future__ import annotations

import numpy as np

from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering.hits import Hits, Shape
from rise_edge.simulator.rendering.lighting import Lighting
from rise_edge.simulator.rendering.shading import shade
from rise_edge.simulator.rendering.view import View


class Canvas:
    """Colour, infrared and depth of one view, changed in place by `draw`."""

    def __init__(self, view: View, lighting: Lighting, background: Radiance) -> None:
        self.view = view
        self.lighting = lighting.turned(view.pose.rotation)
        self.colour = background.colour
        self.infrared = background.infrared
        self.return_signal = background.return_signal
        self.gloss = background.gloss
        self.depth_mm = background.depth_mm

    def draw(self, shape: Shape) -> None:
        """Draw a shape wherever it is nearer than what is there."""
        hits = shape.hits(self.view)
        if hits is not None:
            self.draw_hits(hits)

    def draw_hits(self, hits: Hits) -> None:
        """Light what was met and keep what is nearest."""
        behind = self.depth_mm[hits.window]
        nearer = hits.hit & ((hits.depth_mm < behind) | (behind == 0))
        colour, infrared, returned = shade(hits, self.lighting, self.view)
        np.copyto(self.colour[hits.window], colour, where=nearer[..., None])
        np.copyto(self.infrared[hits.window], infrared, where=nearer)
        np.copyto(self.return_signal[hits.window], returned, where=nearer)
        np.copyto(self.gloss[hits.window], np.float32(hits.gloss), where=nearer)
        np.copyto(behind, hits.depth_mm, where=nearer)

    def radiance(self) -> Radiance:
        """What reaches the sensors."""
        return Radiance(
            self.colour, self.infrared, self.return_signal, self.gloss, self.depth_mm,
            self.view.intrinsics,
        )  # fmt: skip
