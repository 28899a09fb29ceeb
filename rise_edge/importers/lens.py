"""Where the pictures of an import were taken from, when one lens sees them all."""

from __future__ import annotations

from collections.abc import Mapping

from rise_edge.cameras.folder.description import Sensor
from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics, Modality, Viewpoint

_FULL_FRAME_DIAGONAL_MM = 43.27  # of 36 x 24 mm


def sensors_behind(
    lens: Intrinsics, sizes: Mapping[Modality, tuple[int, int]], subject: str
) -> dict[Modality, Sensor]:
    """Sensors that see through one lens, registered to each other, whatever their resolutions.

    Args:
        lens: lens of the first of the pictures, in its pixels.
        sizes: width and height of each modality's pictures; the lens is that of the first.
        subject: name of the source, for errors.

    Raises:
        CameraError: the pictures have different shapes, so that they are not registered.
    """
    first_width, first_height = next(iter(sizes.values()))
    sensors = {}
    for modality, (width, height) in sizes.items():
        across, down = width / first_width, height / first_height
        if abs(across / down - 1) > 0.01:
            raise CameraError(
                f"{subject}: expected {modality} of the shape of {first_width}x{first_height}, "
                f"got {width}x{height}; register it to colour first"
            )
        scaled = Intrinsics(
            lens.fx * across,
            lens.fy * down,
            (lens.cx + 0.5) * across - 0.5,
            (lens.cy + 0.5) * down - 0.5,
        )
        sensors[modality] = Sensor(width, height, Viewpoint(scaled))
    return sensors


def lens_of_equivalent(focal_mm: float, width: int, height: int) -> Intrinsics:
    """A lens from its focal length "in 35 mm film" (EXIF tag 41989).

    The equivalent lens sees the same angle along the diagonal (CIPA DCG-001). On the one phone
    where the maker's own calibration could be compared (iPhone 14, front), this is 1.6% shorter.

    Args:
        focal_mm: equivalent focal length in millimetres.
        width: width of the picture, in pixels.
        height: height of the picture, in pixels.

    >>> round(lens_of_equivalent(30, 2316, 3088).fx)
    2676
    """
    focal = focal_mm / _FULL_FRAME_DIAGONAL_MM * float((width**2 + height**2) ** 0.5)
    return Intrinsics(focal, focal, (width - 1) / 2, (height - 1) / 2)
