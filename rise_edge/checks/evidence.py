"""Evidence: what a frame and a crop must be before a model may judge them.

Every check answers with an UNDECIDED verdict or None. None of them can make a verdict LIVE.
"""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass

import numpy as np

from rise_edge.decision.verdict import Reason, Verdict, undecided
from rise_edge.face import Crop, Face
from rise_edge.frame import ALL_MODALITIES, Frame, Image, Modality, modality_set

_FINGERPRINT_STRIDE = 7
_REMEMBERED = 1800  # pictures of each stream: a minute, longer than any session

SATURATION_REASONS = {
    Modality.COLOUR: Reason.TOO_BRIGHT,
    Modality.INFRARED: Reason.INFRARED_SATURATED,
}


@dataclass(frozen=True)
class EvidenceConfig:
    """Limits of what counts as evidence.

    Attributes:
        required: the modalities without which nothing is decided; colour, in which faces are
            found, is always among them.
        accept_colour_alone: whether colour decides where nothing else is required. Otherwise such
            a frame is UNDECIDED, `colour_alone`; see `rise_edge.checks.colour_alone` for what it is
            worth.
        max_skew_ms: largest distance between the timestamps of one frame's images.
        min_face_px: smallest side of the face's square, in pixels of the image it is cut from.
        min_depth_coverage: smallest share of readings in the middle of the crop's depth.
        max_outside: largest share of the face's square that may lie outside the image.
        dark_level: an 8-bit image whose brightest pixels (99th percentile) stay below this shows
            nothing.
        bright_level: an 8-bit pixel from here on is saturated.
        max_saturated: largest share of saturated pixels in the middle of a crop.
        rival_face: a second face at least this large, relative to the first, is a rival.

    Example:
        >>> limits = EvidenceConfig(required=frozenset({Modality.COLOUR, Modality.DEPTH}))
        >>> limits.min_face_px
        80.0
    """

    required: frozenset[Modality] = ALL_MODALITIES
    accept_colour_alone: bool = False
    max_skew_ms: float = 25.0
    min_face_px: float = 80.0
    min_depth_coverage: float = 0.25
    max_outside: float = 0.25
    dark_level: int = 6
    bright_level: int = 250
    max_saturated: float = 0.6
    rival_face: float = 0.6

    def __post_init__(self) -> None:
        if Modality.COLOUR not in self.required:
            got = modality_set(self.required) or "none"
            raise ValueError(f"expected colour among the required modalities, got {got}")


@dataclass(frozen=True)
class _Seen:
    frame_number: int
    timestamp_ms: float

    def before(self, image: Image) -> bool:
        """Whether an image came later, by its counter and by its clock; not if that is NaN."""
        return self.frame_number < image.frame_number and self.timestamp_ms < image.timestamp_ms


class _Pictures:
    """The latest pictures of one stream, as fingerprints."""

    def __init__(self) -> None:
        self._order: deque[bytes] = deque()
        self._known: set[bytes] = set()

    def repeat(self, image: Image) -> bool:
        """Whether this picture came before; it is remembered from now on."""
        sparse = np.ascontiguousarray(image.pixels[::_FINGERPRINT_STRIDE, ::_FINGERPRINT_STRIDE])
        fingerprint = hashlib.blake2b(sparse.tobytes(), digest_size=8).digest()
        if fingerprint in self._known:
            return True
        if len(self._order) >= _REMEMBERED:
            self._known.discard(self._order.popleft())
        self._order.append(fingerprint)
        self._known.add(fingerprint)
        return False


class StreamGate:
    """Watches every stream of one camera from frame to frame.

    A stalled sensor keeps delivering its last picture beside the others' fresh ones, so each
    stream's own counter, clock and pixels must move. No picture may come twice within a minute:
    a driver may hand out two old buffers in turn. And a stream keeps the size that it had when its
    camera was opened: its viewpoint holds for that size alone.
    """

    def __init__(self, config: EvidenceConfig | None = None) -> None:
        self._config = config or EvidenceConfig()
        self._last: dict[Modality, _Seen] = {}
        self._sizes: dict[Modality, tuple[int, ...]] = {}
        self._pictures = {modality: _Pictures() for modality in Modality}

    def reopened(self) -> None:
        """The camera was opened again: its counters, clocks and sizes start again.

        Its pictures do not: a driver may come back with the buffers that it had.
        """
        self._last.clear()
        self._sizes.clear()

    def examine(self, frame: Frame) -> Verdict | None:
        """What is wrong with this frame's streams, None if nothing is."""
        images = {m: i for m in self._config.required if (i := frame.image(m)) is not None}
        repeated = {m for m, image in images.items() if self._pictures[m].repeat(image)}
        fault = (
            self._examine_presence(frame)
            or self._examine_sizes(images)
            or self._examine_motion(images, repeated)
            or self._examine_skew(images)
        )
        self._last.update({m: _Seen(i.frame_number, i.timestamp_ms) for m, i in images.items()})
        return fault

    def _examine_presence(self, frame: Frame) -> Verdict | None:
        missing = self._config.required - frame.present
        if missing:
            return undecided(Reason.MISSING_MODALITY, f"no {modality_set(missing)} in this frame")
        return None

    def _examine_sizes(self, images: dict[Modality, Image]) -> Verdict | None:
        for modality, image in sorted(images.items()):
            size = image.pixels.shape[1::-1]
            first = self._sizes.setdefault(modality, size)
            if size != first:
                return undecided(
                    Reason.RESIZED_STREAM,
                    f"{modality} is {size[0]}x{size[1]}, and was {first[0]}x{first[1]} when its "
                    "camera was opened",
                )
        return None

    def _examine_motion(
        self, images: dict[Modality, Image], repeated: set[Modality]
    ) -> Verdict | None:
        for modality, image in sorted(images.items()):
            last = self._last.get(modality)
            if last and not last.before(image):
                return undecided(
                    Reason.STALE_STREAM,
                    f"{modality} stands at frame {image.frame_number}, {image.timestamp_ms:.1f} ms "
                    f"(before: {last.frame_number}, {last.timestamp_ms:.1f} ms)",
                )
            if modality in repeated:
                return undecided(Reason.FROZEN_STREAM, f"{modality} repeats the same pixels")
        return None

    def _examine_skew(self, images: dict[Modality, Image]) -> Verdict | None:
        times = {modality: image.timestamp_ms for modality, image in images.items()}
        first, last = min(times, key=times.__getitem__), max(times, key=times.__getitem__)
        skew = times[last] - times[first]
        if not (np.isfinite([*times.values()]).all() and skew <= self._config.max_skew_ms):
            return undecided(
                Reason.OUT_OF_STEP,
                f"{last} is {skew:.1f} ms after {first} (max {self._config.max_skew_ms:g} ms)",
            )
        return None


def examine_faces(faces: tuple[Face, ...], config: EvidenceConfig) -> Verdict | None:
    """What is wrong with the faces that were found, None if there is one to judge.

    Args:
        faces: the largest first.
        config: the limits.
    """
    if not faces:
        return undecided(Reason.NO_FACE)
    if len(faces) > 1 and faces[1].width >= config.rival_face * faces[0].width:
        return undecided(Reason.SEVERAL_FACES, f"{len(faces)} faces of like size")
    return None


def examine_light(frame: Frame, config: EvidenceConfig) -> Verdict | None:
    """What a frame with a face in it lacks to show anything, None if nothing.

    With a face in front of the camera, a black infrared image or a depth image without one reading
    comes from a dead lamp or sensor. (An empty room may well be dark.)
    """
    for modality in sorted(config.required & frame.present):
        image = frame.image(modality)
        assert image is not None
        sparse = image.pixels[::_FINGERPRINT_STRIDE, ::_FINGERPRINT_STRIDE]
        if modality is Modality.DEPTH:
            if not sparse.any():
                return undecided(Reason.DEPTH_COVERAGE, "depth holds no reading at all")
        elif np.percentile(sparse, 99) < config.dark_level:
            return undecided(Reason.TOO_DARK, f"{modality} is black")
    return None


def crop_faults(crop: Crop, frame: Frame, config: EvidenceConfig) -> list[Verdict]:
    """Everything that is wrong with a crop; none if it can be judged.

    Args:
        crop: crop of the face.
        frame: frame that it was cut from.
        config: the limits.
    """
    faults = []
    reference = frame.depth or frame.infrared or frame.colour
    if crop.square is not None and reference is not None:
        side, outside = crop.square.side, _share_outside(crop, reference)
        if side < config.min_face_px:
            text = f"the face spans {side:.0f} px (min {config.min_face_px:g})"
            faults.append(undecided(Reason.TOO_FAR, text))
        if outside > config.max_outside:
            text = f"{outside:.0%} of the face is outside the image"
            faults.append(undecided(Reason.OUT_OF_FRAME, text))
    coverage = depth_coverage(crop)
    if coverage is not None and coverage < config.min_depth_coverage:
        text = f"depth covers {coverage:.0%} of the face (min {config.min_depth_coverage:.0%})"
        faults.append(undecided(Reason.DEPTH_COVERAGE, text))
    for modality, reason in SATURATION_REASONS.items():
        saturated = saturated_share(crop, modality, config.bright_level)
        if saturated is not None and saturated > config.max_saturated:
            faults.append(undecided(reason, f"{saturated:.0%} of {modality} is saturated"))
    return faults


def depth_coverage(crop: Crop) -> float | None:
    """Share of readings in the middle of a crop's depth, None without depth."""
    if Modality.DEPTH not in crop.present:
        return None
    return float(np.count_nonzero(crop.depth_mm[middle(crop)]) / crop.depth_mm[middle(crop)].size)


def saturated_share(crop: Crop, modality: Modality, bright_level: int) -> float | None:
    """Share of saturated values in the middle of a crop, None without that modality.

    Args:
        crop: crop of the face.
        modality: colour or infrared.
        bright_level: a value from here on is saturated.
    """
    if modality not in crop.present:
        return None
    pixels = crop.colour if modality is Modality.COLOUR else crop.infrared
    seen = pixels[middle(crop)]
    return float(np.count_nonzero(seen >= bright_level) / seen.size)


def middle(crop: Crop) -> tuple[slice, slice]:
    """The middle half of a crop, about 105 mm wide on an adult: brows to chin."""
    quarter = crop.size // 4
    inner = slice(quarter, crop.size - quarter)
    return inner, inner


def _share_outside(crop: Crop, reference: Image) -> float:
    assert crop.square is not None
    height, width = reference.pixels.shape[:2]
    half = crop.square.side / 2
    across = min(crop.square.cx + half, width) - max(crop.square.cx - half, 0)
    down = min(crop.square.cy + half, height) - max(crop.square.cy - half, 0)
    return float(1 - max(across, 0) * max(down, 0) / crop.square.side**2)
