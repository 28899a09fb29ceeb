"""HEIC: a photograph of a phone with its depth, as a `Recording` of one frame."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.folder.image_header import MOST_PIXELS
from rise_edge.errors import CameraError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.extra import missing_extra
from rise_edge.importers.heic.apple_depth import AppleDepth, read_apple_depth
from rise_edge.importers.lens import lens_of_equivalent, sensors_behind
from rise_edge.importers.recording import ImportedImage, Recording, choose_modalities

try:
    import pillow_heif
    from PIL import Image as Pillow
except ModuleNotFoundError as error:
    raise missing_extra("a HEIC picture", "pillow-heif") from error

_MAX_BYTES = 256 * 1024 * 1024
_FPS = 30.0  # one picture has no rate
_UNIFORM_DISPARITY = 1  # heif_depth_representation_type of libheif
# What pillow-heif raises on damage.
_DAMAGE = (EOFError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError, ValueError)
_EXIF_IFD, _FOCAL_35_MM = 0x8769, 0xA405


@dataclass(frozen=True)
class DisparityRange:
    """What the numbers of a disparity picture mean: 0 is `low`, the largest one `high`.

    Attributes:
        low: disparity in 1/m.
        high: disparity in 1/m.

    Raises:
        ValueError: they are not positive, finite and in this order.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < 1000:
            raise ValueError(
                f"expected disparities above 0 and below 1000 1/m, got {self.low} to {self.high}"
            )

    def millimetres(self, numbers: NDArray[Any]) -> NDArray[np.uint16]:
        """Depth u16 (H, W): 1000 / (low + number / largest * (high - low)), rounded.

        Args:
            numbers: u8 or u16 (H, W).

        >>> DisparityRange(0.5, 2.5).millimetres(np.array([[0, 255]], np.uint8)).tolist()
        [[2000, 400]]
        """
        share = numbers / float(np.iinfo(numbers.dtype).max)
        mm = np.rint(1000 / (self.low + share * (self.high - self.low)))
        return np.where(mm < 65535, mm, 0).astype(np.uint16)


def disparity_range(says: Mapping[str, Any], apple: AppleDepth) -> DisparityRange:
    """What the numbers of a depth picture mean.

    Args:
        says: what the container says of it, as libheif names it.
        apple: what an iPhone says of it.

    Raises:
        ValueError: they are no distances, or there is no range.
    """
    kind = says.get("representation_type", _UNIFORM_DISPARITY)
    if kind != _UNIFORM_DISPARITY or apple.kind not in (None, "disparity"):
        raise ValueError(
            f"expected depth as disparity, got type {kind} ({apple.kind or 'no name'}); "
            "import --modalities colour"
        )
    if apple.accuracy == "relative":
        raise ValueError(
            "expected depth that is a distance, got relative depth of two lenses; "
            "import --modalities colour, or take the picture with the front camera"
        )
    return DisparityRange(float(says.get("d_min") or 0), float(says.get("d_max") or 0))


def open_heic(
    path: Path,
    wanted: frozenset[Modality] | None = None,
    *,
    lens: Intrinsics | None = None,
) -> Recording:
    """The picture as it is seen, and its depth in millimetres.

    Picture and depth are turned by the container's own rotation (`irot`, `imir`), which libheif
    applies; the orientation in EXIF repeats it and is not applied again (ISO/IEC 23008-12).

    The lens is the phone's own calibration, or else that of the focal length in EXIF.

    Args:
        path: the file.
        wanted: modalities to import, None for all that are in it.
        lens: lens of the picture, instead of what the file says.

    Raises:
        CameraError: it is damaged, or its depth is no distance.
        MissingExtraError: pillow-heif is not installed.
    """
    picture, apple = _decode(path)
    depths = picture.info.get("depth_images") or []
    there = frozenset({Modality.COLOUR} | ({Modality.DEPTH} if depths else set()))
    modalities = choose_modalities(there, wanted, str(path))
    pixels: dict[Modality, NDArray[Any]] = {}
    try:
        if Modality.COLOUR in modalities:
            pixels[Modality.COLOUR] = _colour(picture)
        if Modality.DEPTH in modalities:
            pixels[Modality.DEPTH] = _depth(depths[0], apple)
    except ValueError as error:
        raise CameraError(f"{path}: {error}") from error
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    width, height = picture.size
    found = apple.lens_for(width, height)
    source = "the phone's calibration"
    if found is None and (focal_mm := _focal_35_mm(picture.info.get("exif"))):
        found, source = lens_of_equivalent(focal_mm, width, height), f"EXIF ({focal_mm:g} mm)"
    if lens is not None:
        found, source = lens, "--intrinsics"
    sizes = {Modality.COLOUR: (width, height)}
    sizes |= {m: (p.shape[1], p.shape[0]) for m, p in pixels.items()}
    sensors = sensors_behind(found, sizes, str(path)) if found else {}
    return Recording(
        name=path.name,
        modalities=modalities,
        fps=_FPS,
        images=lambda: _images(pixels),
        count=len(pixels),
        sensors={m: sensors[m] for m in modalities if m in sensors},
        notes=(f"lens from {source}" if found else "the file does not say which lens",),
    )


def _decode(path: Path) -> tuple[Any, AppleDepth]:
    try:
        content = read_plain_file(path, _MAX_BYTES)
        file = pillow_heif.open_heif(content, convert_hdr_to_8bit=True)
        picture = file[file.primary_index]
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise CameraError(
            f"{path}: expected at most {MOST_PIXELS} pixels, got {width}x{height}; make it smaller"
        )
    return picture, read_apple_depth(content)


def _damaged(path: Path, error: Exception) -> CameraError:
    reason = " ".join(str(error).split())[:100]
    return CameraError(
        f"{path}: expected a HEIC picture, got one that cannot be read ({reason}); copy it again"
    )


def _colour(picture: Any) -> NDArray[np.uint8]:
    return np.asarray(picture.to_pillow().convert("RGB"))


def _depth(depth: Any, apple: AppleDepth) -> NDArray[np.uint16]:
    limits = disparity_range(depth.info.get("metadata") or {}, apple)
    numbers = np.asarray(depth)
    return limits.millimetres(numbers[..., 0] if numbers.ndim == 3 else numbers)


def _focal_35_mm(block: bytes | None) -> float | None:
    if not block:
        return None
    exif = Pillow.Exif()
    try:
        with warnings.catch_warnings():  # of damage
            warnings.simplefilter("ignore")
            exif.load(block)
            focal_mm = float(exif.get_ifd(_EXIF_IFD).get(_FOCAL_35_MM) or 0)
    except (OSError, ValueError, TypeError, SyntaxError, LookupError, OverflowError):
        return None  # damaged EXIF says nothing
    return focal_mm if 5 <= focal_mm <= 1000 else None


def _images(pixels: Mapping[Modality, NDArray[Any]]) -> Iterator[ImportedImage]:
    for modality, image in pixels.items():
        yield ImportedImage(modality, 1, image, 0, 0.0)
