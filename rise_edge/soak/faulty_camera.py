"""FaultyCamera: any camera, with faults on schedule.

What breaks in the field breaks here on purpose, at a known frame: each frame's truth says which
faults touched it, so that whoever knows the truth can tell what was evidence.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from time import sleep
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.camera import Camera
from rise_edge.errors import CameraError
from rise_edge.frame import Frame, Image, Modality, Truth
from rise_edge.soak.faults import (
    JUMP_MS,
    LAG_MS,
    SLOW_MS,
    STREAM_FAULTS,
    Fault,
    FaultKind,
)

_KEPT = 16  # pictures of each stream, enough for LAG_MS at 60 frames a second


@dataclass(frozen=True, eq=False)
class FaultyTruth(Truth):
    """Truth of a frame, with the faults that touched its pictures. No decision may read it."""

    faults: tuple[FaultKind, ...] = ()


class FaultyCamera(Camera):
    """A camera with faults on schedule.

    The same source, schedule and seed give the same frames. Truth of a frame that has one becomes
    `FaultyTruth`. Where a source starts again when it is opened again, the schedule goes on.

    Args:
        source: the camera that is spoilt.
        faults: the schedule.
        seed: seed of the timestamps of `BAD_CLOCK`.

    Attributes:
        injected: how often each kind of fault began.
        opened: how often the source was opened.
    """

    def __init__(self, source: Camera, faults: Iterable[Fault], *, seed: int = 0) -> None:
        self.live = source.live
        self.name, self.serial = source.name, source.serial
        self.opened = 0
        self._source = source
        in_turn = sorted(faults, key=lambda fault: fault.start_frame)
        absent = [fault for fault in in_turn if fault.kind is FaultKind.ABSENT]
        self.injected = Counter(fault.kind for fault in absent)
        self._refusals = sum(fault.frames for fault in absent)
        self._waiting = deque(fault for fault in in_turn if fault not in absent)
        self._active: list[Fault] = []
        self._position = 0
        self._ended = False
        self._rng = np.random.default_rng(seed)
        self._taken: dict[Modality, deque[Image]] = {m: deque(maxlen=_KEPT) for m in Modality}
        self._given: dict[Modality, deque[Image]] = {m: deque(maxlen=2) for m in Modality}

    @property
    def virtual(self) -> str | None:
        """No frame of it is evidence at a door."""
        return "its faults are made on schedule"

    def open(self) -> None:
        """Open the source, if the schedule lets it be there.

        Raises:
            CameraError: it does not, or the source cannot be opened.
        """
        if self._refusals:
            self._refusals -= 1
            raise CameraError(f"{self.name}: it is not connected (a fault on schedule)")
        self._source.open()
        self.name, self.serial = self._source.name, self._source.serial
        self.opened += 1
        self._ended = False

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame, with what the schedule does to it.

        Raises:
            CameraError: it was unplugged, or the source failed.
            RuntimeError: the schedule has a driver raise it.
        """
        self._begin_due()
        if self._ended:
            return None
        frame = self._source.read(timeout_ms)
        if frame is None:
            return None
        self._active = [fault for fault in self._active if fault.touches(self._position)]
        self._position += 1
        if any(fault.kind is FaultKind.SLOW for fault in self._active):
            sleep(SLOW_MS / 1000)
        return self._spoil(frame)

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def reset(self) -> None:
        """Reset the source."""
        self._source.reset()

    def _begin_due(self) -> None:
        """Begin the faults whose frame has come."""
        while self._waiting and self._waiting[0].start_frame <= self._position:
            fault = self._waiting.popleft()
            self.injected[fault.kind] += 1
            if fault.kind is FaultKind.UNPLUG:
                self._refusals = fault.frames
                raise CameraError(f"{self.name}: it was unplugged (a fault on schedule)")
            if fault.kind is FaultKind.BREAK:
                raise RuntimeError("a driver's error (a fault on schedule)")
            if fault.kind is FaultKind.END:
                self._ended = True
                return
            self._active.append(fault)

    def _spoil(self, frame: Frame) -> Frame:
        images: dict[str, Any] = {}
        touched: set[FaultKind] = set()
        for modality in sorted(frame.present):
            image = frame.image(modality)
            assert image is not None
            self._taken[modality].append(image)
            kinds = [
                fault.kind
                for fault in self._active
                if fault.kind in STREAM_FAULTS and fault.modality in (None, modality)
            ]
            given = self._spoil_image(modality, image, kinds)
            if given is not None:
                self._given[modality].append(given)
            images[modality.value] = given
            touched.update(kinds)
        truth = _with_faults(frame.truth, tuple(sorted(touched)))
        return replace(frame, **images, truth=truth)

    def _spoil_image(
        self, modality: Modality, image: Image, kinds: list[FaultKind]
    ) -> Image | None:
        if FaultKind.MISSING in kinds:
            return None
        for kind in kinds:
            image = self._spoil_once(modality, image, kind)
        return image

    def _spoil_once(self, modality: Modality, image: Image, kind: FaultKind) -> Image:
        given = self._given[modality]
        pixels = image.pixels
        if kind is FaultKind.STALL:
            return given[-1] if given else image
        if kind is FaultKind.FREEZE:
            return replace(image, pixels=given[-1].pixels if given else pixels)
        if kind is FaultKind.ALTERNATE:
            return replace(image, pixels=given[0].pixels if given else pixels)
        if kind is FaultKind.BLACK:
            return replace(image, pixels=np.zeros_like(pixels))
        if kind is FaultKind.WHITE:
            return replace(image, pixels=np.full_like(pixels, np.iinfo(pixels.dtype).max))
        if kind is FaultKind.RESIZE:
            return replace(image, pixels=_half(pixels))
        if kind is FaultKind.LAG:
            return self._lagging(modality, image)
        if kind is FaultKind.JUMP_BACK:
            return replace(image, timestamp_ms=image.timestamp_ms - JUMP_MS)
        assert kind is FaultKind.BAD_CLOCK, kind
        return replace(image, timestamp_ms=self._bad_time(image.timestamp_ms))

    def _lagging(self, modality: Modality, image: Image) -> Image:
        due_ms = image.timestamp_ms - LAG_MS + 1e-3  # timestamps are rounded
        old = [taken for taken in self._taken[modality] if taken.timestamp_ms <= due_ms]
        return old[-1] if old else self._taken[modality][0]

    def _bad_time(self, timestamp_ms: float) -> float:
        astray = timestamp_ms + float(self._rng.uniform(-1e6, 1e6))
        bad = (float("nan"), float("inf"), float("-inf"), -1.0, astray)
        return bad[int(self._rng.integers(len(bad)))]


def _half(pixels: NDArray[Any]) -> NDArray[Any]:
    height, width = pixels.shape[:2]
    size = (max(1, width // 2), max(1, height // 2))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST))


def _with_faults(truth: Truth | None, faults: tuple[FaultKind, ...]) -> Truth | None:
    if truth is None:
        return None
    known = {field.name: getattr(truth, field.name) for field in fields(Truth)}
    return FaultyTruth(**known, faults=faults)
