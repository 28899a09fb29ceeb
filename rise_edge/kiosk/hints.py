"""Hints: what is probably wrong with a folder's images, told once. No verdict depends on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from rise_edge.capture.events import Event
from rise_edge.capture.hint import Hint
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.decision.verdict import Reason
from rise_edge.face import face_square

FRAMES = 8
"""Frames with a face after which a hint is given; a shorter session gives it at its end."""

_FACTOR = 2.0  # more than what usual lenses and adults' faces differ by
_FILLS = 0.8  # side of the face's square to the longer side of its image


@dataclass(frozen=True)
class _View:
    """A face in one frame.

    Attributes:
        size_mm: how far it is by its size in colour.
        depth_mm: how far it is by depth; None without readings.
        fills: side of its square to the longer side of the colour image.
        refused: whether the view was too near or cut off.
    """

    size_mm: float
    depth_mm: float | None
    fills: float
    refused: bool


class FolderHints(Listener):
    """Hears the frames of a folder and tells a listener what is probably wrong with its images.

    Args:
        listener: is told.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._views: list[_View] = []
        self._told = False

    def step(self, step: Step) -> None:
        """Measure the face of a frame."""
        if not self._told and (view := _view(step)):
            self._views.append(view)
            if len(self._views) == FRAMES:
                self._tell()

    def event(self, event: Event) -> None:
        """A session has ended: what was seen until now has to do."""
        if not self._told and self._views:
            self._tell()

    def _tell(self) -> None:
        self._told = True
        for hint in filter(None, (_depth_hint(self._views), _cut_out_hint(self._views))):
            self._listener.hinted(hint)


def _view(step: Step) -> _View | None:
    seen, colour = step.observation, step.frame.colour
    if seen.face is None or seen.crop is None or colour is None:
        return None
    square = face_square(seen.face.keypoints)
    return _View(
        size_mm=square.distance_mm(colour.viewpoint.intrinsics.fx),
        depth_mm=seen.crop.distance_mm,
        fills=square.side / max(colour.pixels.shape[:2]),
        refused=seen.verdict.reason in (Reason.TOO_NEAR, Reason.OUT_OF_FRAME),
    )


def _depth_hint(views: Iterable[_View]) -> Hint | None:
    pairs = [(v.depth_mm, v.size_mm) for v in views if v.depth_mm]
    if not pairs:
        return None
    factor = median(depth / size for depth, size in pairs)
    if 1 / _FACTOR < factor < _FACTOR:
        return None
    depth_mm, size_mm = (median(values) for values in zip(*pairs, strict=True))
    return Hint(
        "depth_scale",
        f"by depth the face is {depth_mm:.0f} mm away, by its size in colour {size_mm:.0f} mm: if "
        'depth is not in millimetres, put its unit into camera.json ("depth_scale", millimetres: '
        "0.2 for TUM's 1/5000 m, 0.1 for 1/10000 m); if it is, register the sensors with "
        "`python calibration/register_sensors.py`",
    )


def _cut_out_hint(views: list[_View]) -> Hint | None:
    if not all(view.refused and view.fills >= _FILLS for view in views):
        return None
    return Hint(
        "faces_cut_out",
        f"the face fills the image in all of {len(views)} frames: whole images of a camera are "
        "needed, not faces that were cut out of them; the check cuts for itself",
    )
