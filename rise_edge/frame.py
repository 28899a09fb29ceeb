"""Frame: colour, depth and infrared of one instant, and where each was seen from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Modality(str, Enum):
    """The three kinds of picture. Their order here is the order of the model's `present` input.

    Example:
        >>> Modality("depth"), str(Modality.DEPTH)
        (<Modality.DEPTH: 'depth'>, 'depth')
    """

    COLOUR = "colour"
    DEPTH = "depth"
    INFRARED = "infrared"

    def __str__(self) -> str:
        return self.value


ALL_MODALITIES = frozenset(Modality)
COLOUR_ALONE = frozenset({Modality.COLOUR})

SATURATED_DEPTH = 65535
"""The largest number of a 16-bit depth picture: no reading, wherever it comes from."""

ALSO_CALLED = {
    "color": "colour",
    "rgb": "colour",
    "ir": "infrared",
    "nir": "infrared",
    **{m.value: m.value for m in Modality},
}
"""What people call a modality: a subfolder may have any of these names."""


def modality_set(present: Iterable[Modality]) -> str:
    """Name a set of modalities the way manifests and events do.

    >>> modality_set({Modality.INFRARED, Modality.COLOUR})
    'colour+infrared'
    """
    wanted = frozenset(present)
    return "+".join(m.value for m in Modality if m in wanted)


def parse_modality_set(name: str | Iterable[Modality | str]) -> frozenset[Modality]:
    """The inverse of `modality_set`; the order of the words does not matter.

    Args:
        name: words joined by "+" or ",", or the words one by one.

    Raises:
        ValueError: a word is no modality, or there is none.

    >>> parse_modality_set("infrared+colour") == parse_modality_set(["colour", "infrared"])
    True
    """
    if not isinstance(name, str):
        name = "+".join(map(str, name))
    try:
        return frozenset(Modality(word.strip()) for word in name.replace(",", "+").split("+"))
    except ValueError:
        words = ", ".join(m.value for m in Modality)
        meant = [ALSO_CALLED.get(w.strip().lower(), "") for w in re.split(r"[+,]", name)]
        hint = f"; did you mean {'+'.join(meant)}?" if all(meant) else ""
        raise ValueError(f"expected modalities among {words}, got {name!r}{hint}") from None


@dataclass(frozen=True)
class Intrinsics:
    """Pinhole model of one image: focal lengths and principal point, in pixels of that image.

    Example:
        >>> Intrinsics(fx=600.0, fy=600.0, cx=319.5, cy=239.5).fx
        600.0
    """

    fx: float
    fy: float
    cx: float
    cy: float


ASSUMED_VIEW_DEGREES = 60.0
"""What a camera of which nothing is known sees across the longer side of its images."""

_ASPECT_TOLERANCE = 0.01


def assumed_intrinsics(width: int, height: int) -> Intrinsics:
    """Pinhole model of a camera of which nothing but the size of its images is known.

    It sees 60 degrees across the longer side: a camera that is held upright keeps its lens. Webcams
    see 50 to 70 degrees across it, the front cameras of phones 55 to 75.

    Args:
        width: width of the images in pixels.
        height: height of the images in pixels.

    Example:
        >>> assumed_intrinsics(640, 480).fx
        554.2562584220408
    """
    focal = max(width, height) / 2 / math.tan(math.radians(ASSUMED_VIEW_DEGREES / 2))
    return Intrinsics(focal, focal, (width - 1) / 2, (height - 1) / 2)


def of_one_shape(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two images, each (width, height), may be of one field of view at two scales.

    >>> of_one_shape((1280, 720), (640, 360)), of_one_shape((1280, 720), (640, 480))
    (True, False)
    """
    return abs(a[0] / a[1] * b[1] / b[0] - 1) <= _ASPECT_TOLERANCE


@dataclass(frozen=True, eq=False)
class Viewpoint:
    """A pinhole camera, placed relative to the frame's depth camera.

    A point p in the depth camera's coordinates (millimetres; x right, y down, z forward) is
    `rotation @ p + translation_mm` here. The defaults are the depth camera's own viewpoint.

    Example:
        >>> depth = Viewpoint(Intrinsics(600.0, 600.0, 319.5, 239.5))
        >>> beside = Viewpoint(depth.intrinsics, translation_mm=np.array([15.0, 0.0, 0.0]))
        >>> beside.shares_rays_with(depth)
        False
    """

    intrinsics: Intrinsics
    rotation: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
    translation_mm: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))

    def shares_rays_with(self, other: Viewpoint) -> bool:
        """Whether both see along the same rays, so that no parallax lies between them."""
        return bool(
            np.allclose(self.rotation, other.rotation, atol=1e-5)
            and np.allclose(self.translation_mm, other.translation_mm, atol=1e-2)
        )


@dataclass(frozen=True, eq=False)
class Image:
    """One picture of one sensor.

    Attributes:
        pixels: colour u8 (H, W, 3) RGB; depth u16 (H, W) in millimetres, 0 or 65535 = no reading;
            infrared u8 (H, W).
        viewpoint: where it was taken from.
        frame_number: the sensor's own counter.
        timestamp_ms: the sensor's own clock, in milliseconds.

    Example:
        >>> view = Viewpoint(Intrinsics(600.0, 600.0, 319.5, 239.5))
        >>> Image(np.zeros((480, 640), np.uint8), view, frame_number=7, timestamp_ms=233.3)
        Image(640x480 uint8, number 7, 233.3 ms)
    """

    pixels: NDArray[Any]
    viewpoint: Viewpoint
    frame_number: int
    timestamp_ms: float

    def __repr__(self) -> str:
        size = "x".join(map(str, (*self.pixels.shape[1::-1], *self.pixels.shape[2:])))
        return (
            f"Image({size} {self.pixels.dtype}, number {self.frame_number}, "
            f"{self.timestamp_ms:.15g} ms)"
        )


@dataclass(frozen=True)
class Arrival:
    """How a live frame reached this machine.

    Attributes:
        host_ms: this machine's monotonic clock when the frame came.
        fps: frames a second that each modality's stream was started with.
        host_stamped: modalities whose timestamp is this machine's, because the sensor's own did
            not come with them.
    """

    host_ms: float
    fps: Mapping[Modality, float]
    host_stamped: frozenset[Modality] = frozenset()


@dataclass(frozen=True, eq=False)
class Truth:
    """What is known of a simulated or labelled presentation.

    It travels beside the data into events and reports. No decision may read it.
    """

    species: str
    bona_fide: bool
    subject: str
    domain: str
    presentation: int | None = None


_LAYOUT: dict[Modality, tuple[type, int]] = {
    Modality.COLOUR: (np.uint8, 3),
    Modality.DEPTH: (np.uint16, 2),
    Modality.INFRARED: (np.uint8, 2),
}
_FORMS = {
    Modality.COLOUR: "colour as uint8 (height, width, 3), red first",
    Modality.DEPTH: "depth_mm as uint16 (height, width), in millimetres",
    Modality.INFRARED: "infrared as uint8 (height, width)",
}


@dataclass(frozen=True, eq=False)
class Frame:
    """Colour, depth and infrared of one instant; None where a modality is absent.

    Images keep their native pixels. Registration to one viewpoint is done for the face region
    alone, by `rise_edge.face.crop_face`, from the viewpoints given here. `truth` is what is known
    of a simulated one, `arrival` how a live one came.

    Raises:
        ValueError: an image has the wrong dtype or number of axes, or all three are None.

    Example:
        >>> Frame.from_arrays(colour=np.zeros((480, 640, 3), np.uint8))
        Frame(colour 640x480)
    """

    colour: Image | None
    depth: Image | None
    infrared: Image | None
    truth: Truth | None = None
    arrival: Arrival | None = None

    def __post_init__(self) -> None:
        if not self.present:
            raise ValueError("expected a frame with at least one image, got none")
        for modality in self.present:
            image = self.image(modality)
            assert image is not None
            dtype, axes = _LAYOUT[modality]
            pixels = image.pixels
            if pixels.dtype != dtype or pixels.ndim != axes or pixels.size == 0:
                raise ValueError(
                    f"expected {modality} as {np.dtype(dtype)} with {axes} axes, "
                    f"got {pixels.dtype} {pixels.shape}"
                )
        if self.colour is not None and self.colour.pixels.shape[2] != 3:
            raise ValueError(f"expected colour as (H, W, 3) RGB, got {self.colour.pixels.shape}")

    @classmethod
    def from_arrays(
        cls,
        *,
        colour: NDArray[Any] | None = None,
        depth_mm: NDArray[Any] | None = None,
        infrared: NDArray[Any] | None = None,
        intrinsics: Intrinsics | None = None,
        timestamp_ms: float = 0.0,
        number: int = 0,
    ) -> Frame:
        """A frame of one's own pictures, all of them seen from one place.

        The arrays are registered to each other: a point of the scene lies at the same place in each
        of them. Pictures of cameras that stand side by side need `Image` and `Viewpoint`.

        Args:
            colour: u8 (H, W, 3) RGB; OpenCV reads BGR, which `picture[..., ::-1]` turns into RGB.
            depth_mm: u16 (H, W) in millimetres, 0 or 65535 = no reading.
            infrared: u8 (H, W).
            intrinsics: pinhole model of the arrays, which are then of one size. Without it a lens
                is assumed that sees 60 degrees across the longer side, and the arrays may be of
                different sizes of one shape.
            timestamp_ms: time of the pictures in milliseconds. In a stream it moves from frame to
                frame, as the number does: a stream that stands still is no evidence.
            number: count of the frame.

        Raises:
            ValueError: there is no array, one is of another dtype or shape, they are not of one
                shape, or the intrinsics are no pinhole's.

        Example:
            >>> import numpy as np
            >>> colour = np.zeros((480, 640, 3), np.uint8)
            >>> depth_mm = np.full((480, 640), 600, np.uint16)
            >>> frame = Frame.from_arrays(colour=colour, depth_mm=depth_mm)
            >>> frame.depth.viewpoint.intrinsics.cx
            319.5
        """
        given = dict(zip(Modality, (colour, depth_mm, infrared), strict=True))
        arrays = {m: _in_form(m, array) for m, array in given.items() if array is not None}
        if not arrays:
            raise ValueError("expected colour, depth_mm or infrared, got none of them")
        viewpoints = _one_place(arrays, intrinsics)
        images = {
            m.value: Image(array, viewpoints[m], number, timestamp_ms)
            for m, array in arrays.items()
        }
        return cls(images.get("colour"), images.get("depth"), images.get("infrared"))

    def image(self, modality: Modality) -> Image | None:
        """The image of one modality, or None."""
        image: Image | None = getattr(self, modality.value)
        return image

    @property
    def present(self) -> frozenset[Modality]:
        """The modalities that this frame holds."""
        return frozenset(m for m in Modality if self.image(m) is not None)

    def only(self, modalities: Iterable[Modality]) -> Frame:
        """The same frame without the images of any other modality.

        Raises:
            ValueError: it holds none of them.
        """
        wanted = frozenset(modalities)
        dropped: dict[str, Any] = {m.value: None for m in self.present - wanted}
        return replace(self, **dropped) if dropped else self

    def __repr__(self) -> str:
        images = ((m, image) for m in Modality if (image := self.image(m)) is not None)
        sizes = (f"{m} {image.pixels.shape[1]}x{image.pixels.shape[0]}" for m, image in images)
        return f"Frame({', '.join(sizes)})"


def _in_form(modality: Modality, given: Any) -> NDArray[Any]:
    """The array of one modality, in memory as networks and OpenCV want it."""
    array = np.asarray(given)
    dtype, axes = _LAYOUT[modality]
    channels = (3,) if axes == 3 else ()
    if array.dtype != dtype or array.ndim != axes or array.shape[2:] != channels or not array.size:
        raise ValueError(f"expected {_FORMS[modality]}; got {array.dtype} {array.shape}")
    return np.ascontiguousarray(array)


def _one_place(
    arrays: Mapping[Modality, NDArray[Any]], intrinsics: Intrinsics | None
) -> dict[Modality, Viewpoint]:
    """The viewpoint of each array, all of them at the depth camera's place."""
    sizes = {m: (array.shape[1], array.shape[0]) for m, array in arrays.items()}
    first = next(iter(sizes.values()))
    found = ", ".join(f"{m} {width}x{height}" for m, (width, height) in sizes.items())
    if not all(of_one_shape(first, size) for size in sizes.values()):
        raise ValueError(
            f"expected arrays of one shape, which lie over each other, got {found}; register them, "
            "or build `Frame(Image(...), ...)` with the `Viewpoint` of each"
        )
    if intrinsics is None:
        return {m: Viewpoint(assumed_intrinsics(*size)) for m, size in sizes.items()}
    if any(size != first for size in sizes.values()):
        raise ValueError(
            f"expected arrays of one size, which the intrinsics are of, got {found}; scale them, "
            "or build `Frame(Image(...), ...)` with the `Viewpoint` of each"
        )
    k = intrinsics
    if not (all(map(math.isfinite, (k.fx, k.fy, k.cx, k.cy))) and min(k.fx, k.fy) > 0):
        raise ValueError(f"expected intrinsics with focal lengths above 0 px, got {intrinsics}")
    return dict.fromkeys(sizes, Viewpoint(intrinsics))
