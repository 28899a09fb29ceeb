"""Frames of random pixels: nothing but the right bits can look right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rise_edge.frame import Frame, Image, Intrinsics, Modality, Viewpoint

DEPTH_VIEW = Viewpoint(Intrinsics(62.5, 62.75, 40.25, 29.75))


def rotation(about_x: float, about_z: float) -> np.ndarray:
    (cx, sx), (cz, sz) = ((np.cos(a), np.sin(a)) for a in (about_x, about_z))
    around_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return around_z @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])


COLOUR_VIEW = Viewpoint(
    Intrinsics(91.5, 92.25, 63.5, 36.5), rotation(0.02, 0.3), np.array([15.0, -2.5, 4.0])
)


def random_frames(
    n: int,
    *,
    depth_size: tuple[int, int] = (80, 60),
    colour_size: tuple[int, int] = (128, 72),
    colour_view: Viewpoint = COLOUR_VIEW,
    depth_view: Viewpoint = DEPTH_VIEW,
    max_depth_mm: int = 65534,
    seed: int = 0,
) -> Iterator[Frame]:
    """Frames at 30 a second; each sensor counts from a number of its own."""
    rng = np.random.default_rng(seed)
    shape = depth_size[::-1]
    for k in range(n):
        time_ms = 1000 + k * 33.25
        depth = rng.integers(0, max_depth_mm, shape, np.uint16, endpoint=True)
        infrared = rng.integers(0, 256, shape, np.uint8)
        colour = rng.integers(0, 256, (*colour_size[::-1], 3), np.uint8)
        yield Frame(
            colour=Image(colour, colour_view, 500 + k, time_ms + 3.5),
            depth=Image(depth, depth_view, 100 + k, time_ms),
            infrared=Image(infrared, depth_view, 300 + k, time_ms + 0.125),
        )


def assert_same(got: Frame, sent: Frame) -> None:
    """Pixels, frame numbers and timestamps are the same to the bit, in every modality."""
    assert got.present == sent.present
    for modality in Modality:
        a, b = got.image(modality), sent.image(modality)
        if a is not None and b is not None:
            np.testing.assert_array_equal(a.pixels, b.pixels, err_msg=str(modality))
            assert a.pixels.dtype == b.pixels.dtype
            assert (a.frame_number, a.timestamp_ms) == (b.frame_number, b.timestamp_ms), modality
