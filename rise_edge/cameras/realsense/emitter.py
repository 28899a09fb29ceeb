"""EmitterPairs: one frame out of two, when the projector is lit in every other picture."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from rise_edge.cameras.realsense.pipeline import RealSensePipeline
from rise_edge.errors import CameraError
from rise_edge.frame import Frame, Image, Modality

_STRIDE = 8
_DARKER = 0.8
_MOST_CONTRADICTIONS = 30


class EmitterPairs:
    """Depth of a lit picture with infrared and colour of the unlit one after it.

    The pictures are told apart by what each one's metadata say of the projector, never by turns: a
    frame that was dropped would swap them. Some hosts give the metadata inverted: pairs whose lit
    picture is clearly darker than the unlit one are dropped.

    Args:
        pipeline: pipeline of a device whose projector alternates.
        subject: what to call the device in errors.
    """

    def __init__(self, pipeline: RealSensePipeline, subject: str) -> None:
        self._pipeline = pipeline
        self._subject = subject
        self._depth: Image | None = None
        self._lit_level = 0.0
        self._contradictions = 0

    def read(self, timeout_ms: int) -> Frame | None:
        """The next pair as one frame, None when none came within `timeout_ms`.

        Raises:
            CameraError: the device broke, or its metadata do not say which pictures are lit.
        """
        deadline_s = monotonic() + timeout_ms / 1000
        while (left_s := deadline_s - monotonic()) > 0:
            labelled = self._pipeline.read_labelled(max(1, round(left_s * 1000)))
            if labelled is None:
                return None
            frame, lit = labelled
            if unlabelled := [m for m in (Modality.DEPTH, Modality.INFRARED) if m not in lit]:
                raise CameraError(
                    f"{self._subject}: expected metadata that say which {unlabelled[0]} pictures "
                    "the projector lit, this host gives none; use --emitter on"
                )
            if (pair := self._pair(frame, lit)) is not None:
                return pair
        return None

    def _pair(self, frame: Frame, lit: dict[Modality, bool]) -> Frame | None:
        if lit[Modality.DEPTH]:
            self._depth = frame.depth
        if frame.infrared is None:
            return None
        level = float(frame.infrared.pixels[::_STRIDE, ::_STRIDE].mean())
        if lit[Modality.INFRARED]:
            self._lit_level = level
            return None
        depth, self._depth = self._depth, None
        if depth is None or self._contradicts(level):
            return None
        return replace(frame, depth=depth)

    def _contradicts(self, unlit_level: float) -> bool:
        if self._lit_level >= _DARKER * unlit_level:
            self._contradictions = 0
            return False
        self._contradictions += 1
        if self._contradictions >= _MOST_CONTRADICTIONS:
            raise CameraError(
                f"{self._subject}: expected lit pictures brighter than unlit ones, got "
                f"{self._lit_level:.0f} against {unlit_level:.0f}; this host's metadata are wrong, "
                "use --emitter on"
            )
        return True
