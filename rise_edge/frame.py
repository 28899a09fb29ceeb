"""Frame: colour, depth and infrared of one instant, and where each was seen from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Modality(str, Enum):
    """The three kinds of picture. Their order here is the order of the model's `present` input."""

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
    "color": "colour", "rgb": "colour", "ir": "infrared", "nir": "infrared",
    **{m.value: m.value for m in Modality},
}  # fmt: skip
"""What people call a modality: a subfolder may have any of these names."""


def modality_set(present: Iterable[Modality]) -> str:
    """Name a set of modalities the way manifests and events do.

    >>> modality_set({Modality.INFRARED, Modality.COLOUR})
    'colour+infrared'
    """
    wanted = frozenset(present)
    return "+".join(m.value for m in Modality if m in wanted)


def parse_modality_set(name: str) -> frozenset[Modality]:
    """The inverse of `modality_set`; the order of the words does not matter.

    Raises:
        ValueError: a word is no modality, or there is none.
    """
    try:
        return frozenset(Modality(word.strip()) for word in name.replace(",", "+").split("+"))
    except ValueError:
        words = ", ".join(m.value for m in Modality)
        meant = [ALSO_CALLED.get(w.strip().lower(), "") for w in re.split(r"[+,]", name)]
        hint = f"; did you mean {'+'.join(meant)}?" if all(meant) else ""
        raise ValueError(f"expected modalities among {words}, got {name!r}{hint}") from None


@dataclass(frozen=True)
class Intrinsics:
    """Pinhole model of one image: focal lengths and principal point, in pixels of that image."""

    fx: float
    fy: float
    cx: float
    cy: float


@dataclass(frozen=True, eq=False)
class Viewpoint:
    """A pinhole camera, placed relative to the frame's depth camera.

    A point p in the depth camera's coordinates (millimetres; x right, y down, z forward) is
    `rotation @ p + translation_mm` here. The defaults are the depth camera's own viewpoint.
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
    """

    pixels: NDArray[Any]
    viewpoint: Viewpoint
    frame_number: int
    timestamp_ms: float


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


@dataclass(frozen=True, eq=False)
class Frame:
    """Colour, depth and infrared of one instant; None where a modality is absent.

    Images keep their native pixels. Registration to one viewpoint is done for the face region
    alone, by `rise_edge.face.crop_face`, from the viewpoints given here. `truth` is what is known
    of a simulated one, `arrival` how a live one came.

    Raises:
        ValueError: an image has the wrong dtype or number of axes, or all three are None.
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
