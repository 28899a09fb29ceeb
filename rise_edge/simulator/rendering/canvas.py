"""Canvas: the picture while shapes are being drawn into it, nearest surface wins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering.hits import Hits, Shape
from rise_edge.simulator.rendering.lighting import Lighting
from rise_edge.simulator.rendering.lookup import look_up_nearest
from rise_edge.simulator.rendering.shading import shade
from rise_edge.simulator.rendering.view import View, Window

_BLOCK = 4  # pixels; shadows have soft edges


class Canvas:
    """Colour, infrared and depth of one view, changed in place by `draw`."""

    def __init__(self, view: View, lighting: Lighting, background: Radiance) -> None:
        self.view = view
        self.lighting = lighting.turned(view.pose.rotation)
        self.colour = background.colour.copy()
        self.infrared = background.infrared.copy()
        self.return_signal = background.return_signal.copy()
        self.gloss = background.gloss.copy()
        self.depth_mm = background.depth_mm.copy()

    def draw(self, shape: Shape) -> None:
        """Draw a shape wherever it is nearer than what is there.

        Drawing the nearest shapes first saves lighting what will be hidden.
        """
        bounds = shape.bounds(self.view)
        if bounds is None:
            return
        window = self._not_hidden(*bounds)
        if window is None:
            return
        hits = shape.hits(self.view, window, self.lighting.key_direction)
        behind = self.depth_mm[hits.window]
        nearer = hits.hit & ((hits.depth_mm < behind) | (behind == 0))
        inner = _bounds(nearer)
        if inner is None:
            return
        top, bottom, left, right = inner
        if (bottom - top) * (right - left) < 0.8 * nearer.size:
            s = hits.stride
            part = slice(top // s * s, bottom), slice(left // s * s, right)
            hits, nearer = _narrowed(hits, part), nearer[part]
        self._light(hits, np.ascontiguousarray(nearer).view(np.uint8))

    def _not_hidden(self, window: Window, nearest_mm: float) -> Window | None:
        """The part of a window where something at that depth could be seen."""
        drawn = self.depth_mm[window]
        inner = _bounds((drawn == 0) | (drawn > nearest_mm))
        if inner is None:
            return None
        top, bottom, left, right = inner
        rows, columns = window
        return (
            slice(rows.start + top, rows.start + bottom),
            slice(columns.start + left, columns.start + right),
        )

    def _light(self, hits: Hits, mask: NDArray[np.uint8]) -> None:
        colour, infrared, returned = shade(hits, self.lighting, self.view)
        at = hits.window
        cv2.copyTo(colour, mask, self.colour[at])
        cv2.copyTo(infrared, mask, self.infrared[at])
        cv2.copyTo(returned, mask, self.return_signal[at])
        cv2.copyTo(np.ascontiguousarray(hits.depth_mm), mask, self.depth_mm[at])
        if isinstance(hits.gloss, float):
            np.copyto(self.gloss[at], np.float32(hits.gloss), where=mask.view(np.bool_))
        else:
            cv2.copyTo(np.ascontiguousarray(hits.gloss), mask, self.gloss[at])

    def radiance(self) -> Radiance:
        """What reaches the sensors."""
        self._cast_shadow()
        return Radiance(
            self.colour,
            self.infrared,
            self.return_signal,
            self.gloss,
            self.depth_mm,
            self.view.intrinsics,
        )

    def _cast_shadow(self) -> None:
        """Take the illuminator's light from what the nearest things hide from it.

        The illuminator sits beside the lens, so it sees past a near edge to another part of the
        background than the lens does: a band as wide as the disparity between the two.
        """
        z = np.ascontiguousarray(self.depth_mm[_BLOCK // 2 :: _BLOCK, _BLOCK // 2 :: _BLOCK])
        near = float(np.min(z, where=z > 0, initial=np.inf))
        if not np.isfinite(near):
            return
        near += 100.0  # from the tip of a nose to the outline of its head
        k, (x_mm, y_mm) = self.view.intrinsics, self.lighting.illuminator_mm
        gap = np.maximum(np.float32(1 / near) - 1 / np.maximum(z, 1), 0) / np.float32(_BLOCK)
        rows, columns = np.indices(z.shape, np.float32)
        hidden_by = look_up_nearest(z, columns + gap * (x_mm * k.fx), rows + gap * (y_mm * k.fy))
        dark = ((hidden_by > 0) & (hidden_by < z - 120)).astype(np.float32)
        if not dark.any():
            return
        size = self.depth_mm.shape[::-1]
        share = cv2.resize(cv2.blur(dark, (3, 3)), size, interpolation=cv2.INTER_LINEAR)
        taken = self.return_signal * share
        self.infrared -= taken
        self.return_signal -= taken


def _bounds(mask: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """Top, bottom, left and right of the smallest window that holds all that is true."""
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8))
    return None if w == 0 else (y, y + h, x, x + w)


def _narrowed(hits: Hits, window: Window) -> Hits:
    """Hits of a part of their window, which starts at a multiple of their stride."""
    rows, columns = window
    s = hits.stride
    coarse = (
        slice(rows.start // s, -(-rows.stop // s)),
        slice(columns.start // s, -(-columns.stop // s)),
    )

    def part(value: Any, at: Window) -> Any:
        return value[at] if isinstance(value, np.ndarray) else value

    top, left = hits.window[0].start, hits.window[1].start
    return replace(
        hits,
        window=(
            slice(top + rows.start, top + rows.stop),
            slice(left + columns.start, left + columns.stop),
        ),
        hit=hits.hit[window],
        depth_mm=hits.depth_mm[window],
        normal=tuple(part(n, coarse) for n in hits.normal),
        albedo=part(hits.albedo, window),
        infrared_albedo=part(hits.infrared_albedo, window),
        gloss=part(hits.gloss, window),
        openness=part(hits.openness, coarse),
        lit=part(hits.lit, coarse),
        emission=part(hits.emission, window),
    )
